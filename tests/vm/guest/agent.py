"""In the guest: runs what the host asks for over a virtio channel, one JSON line each way.

`{"run": [program, ...], "input": TEXT, "within_s": N}` is answered with
`{"code": N, "out": TEXT, "err": TEXT}`. The first line says hello, so that the host knows when the
guest is there. Only the standard library: it runs on the root file system as it is.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

CHANNEL = "/dev/virtio-ports/veilleur.agent"


def carry_out(wish: dict[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            wish["run"],
            input=wish.get("input", ""),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=wish.get("within_s", 60),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return {"code": -1, "out": "", "err": str(fault)}
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def main() -> None:
    with open(CHANNEL, "r+b", buffering=0) as channel:
        channel.write(b'{"hello": true}\n')
        left = b""
        while True:
            *lines, left = (left + channel.read(65536)).split(b"\n")
            for line in lines:
                answer = json.dumps(carry_out(json.loads(line))).encode() + b"\n"
                while answer:
                    answer = answer[channel.write(answer) :]


if __name__ == "__main__":
    main()
