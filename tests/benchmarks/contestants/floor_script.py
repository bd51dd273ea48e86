"""The floor: nobody who puts a received SMS on disk before it is passed on can be much quicker."""
import re
import sqlite3
import sys
from pathlib import Path

import serial

port, database, duty, outbox = sys.argv[1:]
tty, held = serial.Serial(port, 115200), b""
todo: list[bytes] = []
rows = sqlite3.connect(database, isolation_level=None)
rows.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row (x)")
def line() -> bytes:
    global held
    while not (found := re.match(rb"\s*(> |[^\r\n]+[\r\n])", held)):
        held += tty.read(max(1, tty.in_waiting))
    held = held[found.end():]
    return found[1].strip()
def ask(command: bytes, last: bytes = b"OK") -> list[bytes]:
    tty.write(command)
    lines = [line()]
    while lines[-1] != last:
        if lines[-1].startswith((b"+CMTI", b"+CLIP")):
            todo.append(lines.pop())
        lines.append(line())
    return lines
def send(pdu: bytes) -> None:  # SMS-SUBMIT of 23.040 after an empty service centre address
    rows.execute("INSERT INTO row VALUES (?)", (pdu,))
    ask(b"AT+CMGS=%d\r" % (len(pdu) // 2 - 1), b">")
    ask(pdu + b"\x1a")
def forwarded(pdu: bytes) -> bytes:  # SMS-DELIVER to SMS-SUBMIT: other address, no time stamp
    address = 4 + 2 * int(pdu[:2], 16)
    rest = pdu[address + 4 + 2 * ((int(pdu[address:address + 2], 16) + 1) // 2):]
    return b"000100" + duty.encode() + rest[:4] + rest[18:]
for command in (b"ATE0", b"AT+CMGF=0", b"AT+CNMI=2,1,0,0,0", b"AT+CLIP=1"):
    ask(command + b"\r")
letters = Path(outbox).read_bytes().split()
print("ready", flush=True)
while True:
    event = todo.pop(0) if todo else b"" if letters else line()
    if event.startswith(b"+CMTI"):
        slot = event.rpartition(b",")[2]
        send(forwarded(ask(b"AT+CMGR=%s\r" % slot)[-2]))
        ask(b"AT+CMGD=%s\r" % slot)
    elif event.startswith(b"+CLIP"):
        rows.execute("INSERT INTO row VALUES (?)", (event,))
        ask(b"AT+CHLD=0\r")
    elif not event:
        send(letters.pop(0))
