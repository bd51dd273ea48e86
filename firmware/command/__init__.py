"""What each `veilleur` command does; `firmware/cli.py` reads the command line and calls these."""
