"""Pictures of QR texts, drawn by us: nothing is fetched, nothing is stored."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

QUIET = 4
"""White modules around the code; the standard asks for four, and readers need them on a dark page."""


@lru_cache(maxsize=64)
def svg(text: str) -> str:
    """An SVG document of `text` as a QR code: one path, black on white, crisp at any size.

    Drawn by hand, as every code is sent to each open page: a path of runs is 10 kB, the library's path of modules
    23 kB. Level L: the text is long, and a screen has no dirt to correct. Finding the best mask takes some 30 ms,
    hence the small cache; a code lives for a minute at most.
    """
    modules: list[list[bool]] = _code(text, border=0).get_matrix()
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
    from qrcode.image.pure import PyPNGImage

    drawn = io.BytesIO()
    _code(text, border=QUIET, box_size=PNG_SCALE).make_image(image_factory=PyPNGImage).save(drawn)
    return drawn.getvalue()


def _code(text: str, **look: int) -> Any:
    import qrcode  # draws pictures elsewhere, and takes its time to load; most processes draw none

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, **look)
    code.add_data(text)
    code.make(fit=True)
    return code


def _runs(modules: list[list[bool]]) -> Iterator[str]:
    for y, row in enumerate(modules, QUIET):
        x = QUIET
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
