"""Pictures of QR texts, drawn by us: nothing is fetched, nothing is stored."""

from __future__ import annotations

import io
import re
from functools import lru_cache

QUIET = 4
"""White modules around the code; the standard asks for four, and readers need them on a dark page."""
PNG_SCALE = 8
"""Pixels per module."""
_MASK = 3
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

    Level L: the text is long, and a screen has no dirt to correct. The mask is chosen here, as looking for the best
    one takes four fifths of the time (13 of 16 ms), and one suits random text as well as another.
    """
    import qrcode  # few processes draw any

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=0, mask_pattern=_MASK)
    code.add_data(text)
    code.make(fit=True)
    rows, side = code.get_matrix(), b"\xff" * quiet
    blank = [b"\xff" * (len(rows) + 2 * quiet)] * quiet
    return [*blank, *(side + bytes(0 if is_dark else 0xFF for is_dark in row) + side for row in rows), *blank]
