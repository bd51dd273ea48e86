"""`python -m hw.simulator`: the simulated modem without the rest of the project."""

from __future__ import annotations

import argparse
import sys

from hw.simulator.console import add_arguments, main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m hw.simulator", description=__doc__)
    add_arguments(parser)
    sys.exit(main(parser.parse_args()))
