"""Answers go out compressed where the browser takes that: a page is a fifth of its size.

The length of a compressed answer tells how well one thing in it matches another. Where an answer
holds both a secret (the token) and what somebody else chose (an address), that can be measured
through TLS (the BREACH attack): a field of random length, which every browser skips, hides it.
"""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

LEVEL = 6  # 26 kB in half a millisecond here; more gains nothing
SMALL = 1000  # fits into one packet as it is
FILLER_MAX = 100
COMPRESSIBLE = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"}
)


def install(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSIBLE:
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.status_code != 200
        or "Content-Encoding" in response.headers
        or request.accept_encodings["gzip"] <= 0
        or request.method == "HEAD"
    ):
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SMALL:
        return response
    response.set_data(_zipped(data))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)  # RFC 9110 8.8.1: the same meaning, not the same bytes
    return response


def _zipped(data: bytes) -> bytes:
    filler = "x" * (1 + secrets.randbelow(FILLER_MAX))
    file = io.BytesIO()
    with gzip.GzipFile(filler, "wb", LEVEL, file, mtime=0) as out:
        out.write(data)
    return file.getvalue()
