"""Pictures of QR texts, drawn by us: nothing is fetched, nothing is stored."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

QUIET = 4
"""White modules around the code; the standard asks for four, and readers need them on a dark page."""


@lru_cache(maxsize=64)
def svg(text: str) -> str:
    """An SVG document of `text` as a QR code: one path, black on white, crisp at any size.

    Level L: the text is long, and a screen has no dirt to correct. Finding the best mask takes some 30 ms, hence
    the small cache; a code lives for a minute at most.
    """
    modules = _modules(text)
    size = len(modules) + 2 * QUIET
    path = "".join(_runs(modules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


PNG_SCALE = 8
"""Pixels per module."""


@lru_cache(maxsize=16)
def png(text: str) -> bytes:
    """A PNG of `text` as a QR code, black on white, one bit per pixel."""
    dark = _modules(text)
    blank = [False] * QUIET
    wide = [[*blank, *row, *blank] for row in dark]
    empty = [[False] * len(wide[0])] * QUIET
    side = len(wide[0]) * PNG_SCALE
    lines = b"".join(_scanline(row, side) * PNG_SCALE for row in [*empty, *wide, *empty])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _scanline(row: list[bool], side: int) -> bytes:
    bits = "".join(("0" if dark else "1") * PNG_SCALE for dark in row)
    return b"\x00" + int(bits, 2).to_bytes(side // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _modules(text: str) -> list[list[bool]]:
    import qrcode  # draws pictures elsewhere, and takes its time to load; most processes draw none

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=0)
    code.add_data(text)
    code.make(fit=True)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _runs(modules: list[list[bool]]) -> Iterator[str]:
    for y, row in enumerate(modules, QUIET):
        x = QUIET
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
