"""Pictures of QR texts, drawn by us: nothing is fetched, nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import qrcode

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


def _modules(text: str) -> list[list[bool]]:
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
