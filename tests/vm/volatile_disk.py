"""A disk that forgets: what it was given and not told to flush may be lost with the power.

Killing a virtual machine alone is kinder than a real power cut: what the guest has written is in
the host's memory and stays. This is the data partition as a network block device (the NBD protocol,
doc/proto.md) with a cache of its own, as an SD card has one: after a cut each sector that was
written since the last flush is there or not, by chance.
"""

from __future__ import annotations

import os
import random
import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path

SECTOR = 512
INIT_MAGIC, OPTION_MAGIC, OPTION_REPLY = 0x4E42444D41474943, 0x49484156454F5054, 0x3E889045565A9
REQUEST_MAGIC, REPLY_MAGIC = 0x25609513, 0x67446698
FIXED_NEWSTYLE = 1
OPTION_ABORT, OPTION_INFO, OPTION_GO = 2, 6, 7
ACK, INFO, UNSUPPORTED = 1, 3, 0x80000001
INFO_EXPORT = 0
HAS_FLAGS, SEND_FLUSH, SEND_FUA = 1, 4, 8
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
FUA = 1


class VolatileDisk:
    """Serves ``path`` on a Unix socket, one machine after another."""

    def __init__(self, path: Path, channel: Path, seed: int) -> None:
        self._file = os.open(path, os.O_RDWR)
        self._size = os.fstat(self._file).st_size
        self._chance = random.Random(seed)
        self._cache: dict[int, bytes] = {}   # sector -> what it was last given, not on the disk yet
        self._lock = threading.Lock()
        self.flushes = self.lost = self.kept = 0
        channel.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(channel))
        self._server.listen(1)
        self.address = f"nbd+unix:///?socket={channel}"
        self._thread = threading.Thread(target=self._serve, name="volatile disk", daemon=True)
        self._thread.start()

    def lose_power(self) -> None:
        """Of what was not flushed some sectors are written and some are not; to be called when the
        machine is dead."""
        with self._lock:
            for sector, data in self._cache.items():
                if self._chance.random() < 0.5:
                    os.pwrite(self._file, data, sector * SECTOR)
                    self.kept += 1
                else:
                    self.lost += 1
            self._cache.clear()

    def close(self) -> None:
        self._server.close()
        os.close(self._file)

    # The protocol

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:  # closed
                return
            with client, suppress(ConnectionError, BrokenPipeError):
                if self._agree(client):
                    self._obey(client)

    def _agree(self, client: socket.socket) -> bool:
        """The handshake; False when the other side wants nothing more."""
        client.sendall(struct.pack(">QQH", INIT_MAGIC, OPTION_MAGIC, FIXED_NEWSTYLE))
        _take(client, 4)
        while True:
            _, option, length = struct.unpack(">QII", _take(client, 16))
            _take(client, length)
            if option == OPTION_ABORT:
                _answer(client, option, ACK)
                return False
            if option not in (OPTION_GO, OPTION_INFO):
                _answer(client, option, UNSUPPORTED)
                continue
            flags = HAS_FLAGS | SEND_FLUSH | SEND_FUA
            _answer(client, option, INFO, struct.pack(">HQH", INFO_EXPORT, self._size, flags))
            _answer(client, option, ACK)
            if option == OPTION_GO:
                return True

    def _obey(self, client: socket.socket) -> None:
        while True:
            head = struct.unpack(">IHHQQI", _take(client, 28))
            _, flags, kind, handle, offset, length = head
            data = b""
            if kind == DISCONNECT:
                return
            if kind == READ:
                data = self._read(offset, length)
            elif kind == WRITE:
                self._write(offset, _take(client, length))
                if flags & FUA:
                    self._flush(range(offset // SECTOR, (offset + length) // SECTOR))
            elif kind == FLUSH:
                self._flush(None)
            client.sendall(struct.pack(">IIQ", REPLY_MAGIC, 0, handle) + data)

    def _read(self, offset: int, length: int) -> bytes:
        with self._lock:
            data = bytearray(os.pread(self._file, length, offset))
            for sector in range(offset // SECTOR, (offset + length) // SECTOR):
                if sector in self._cache:
                    at = sector * SECTOR - offset
                    data[at : at + SECTOR] = self._cache[sector]
            return bytes(data)

    def _write(self, offset: int, data: bytes) -> None:
        with self._lock:
            for at in range(0, len(data), SECTOR):
                self._cache[(offset + at) // SECTOR] = data[at : at + SECTOR]

    def _flush(self, sectors: range | None) -> None:
        """These sectors, or all, are on the disk from now on, whatever happens."""
        with self._lock:
            wanted = list(self._cache) if sectors is None else [*sectors]
            for sector in wanted:
                if sector in self._cache:
                    os.pwrite(self._file, self._cache.pop(sector), sector * SECTOR)
            self.flushes += 1


def _answer(client: socket.socket, option: int, kind: int, data: bytes = b"") -> None:
    client.sendall(struct.pack(">QIII", OPTION_REPLY, option, kind, len(data)) + data)


def _take(client: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = client.recv(length - len(data))
        if not more:
            raise ConnectionError("the machine is gone")
        data += more
    return data
