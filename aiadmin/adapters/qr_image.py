"""Pictures of QR texts, drawn by us: nothing is fetched, nothing is stored."""

from __future__ import annotations

import io
import math
import re
from functools import lru_cache
from typing import Any, cast

QUIET = 4
"""White modules around the code; the standard asks for four, and readers need them on a dark page."""
PNG_SCALE = 8
"""Pixels per module."""
_DARK = re.compile(b"\x00+")


@lru_cache(maxsize=64)
def svg(text: str) -> str:
    """An SVG document of `text` as a QR code: one path, black on white, crisp at any size.

    A path of runs is 13 kB, the library's drawing of rectangles more. A code is sent to each open page, and by HTTP,
    hence the small cache; it lives for a minute at most.
    """
    rows = modules(text)
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{run.start() + QUIET} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows, QUIET)
        for run in _DARK.finditer(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


@lru_cache(maxsize=16)
def png(text: str) -> bytes:
    """A PNG of `text` as a QR code, black on white, one bit per pixel."""
    import png as pypng  # few processes draw any

    rows = modules(text, quiet=QUIET)
    size = len(rows) * PNG_SCALE
    wide = [[int(module > 0) for module in row for _ in range(PNG_SCALE)] for row in rows]
    drawn = io.BytesIO()
    pypng.Writer(size, size, greyscale=True, bitdepth=1).write(drawn, (row for row in wide for _ in range(PNG_SCALE)))
    return drawn.getvalue()


def modules(text: str, *, quiet: int = 0) -> list[bytes]:
    """The code's rows, a byte for each module: 0 is dark; with so many white ones around it.

    Level L: the text is long, and a screen has no dirt to correct. Drawn by C++ in 1 ms, where Python took 19.
    """
    import zxingcpp  # few processes draw any

    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    pixels = bytes(cast("Any", drawn.to_image(scale=1, add_quiet_zones=False)))
    size, side = math.isqrt(len(pixels)), b"\xff" * quiet
    blank = [b"\xff" * (size + 2 * quiet)] * quiet
    return [*blank, *(side + pixels[start : start + size] + side for start in range(0, size * size, size)), *blank]
