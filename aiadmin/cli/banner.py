"""What a newcomer reads when everything is up."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiadmin.adapters.qr_image import modules

_ON_TERMINAL = "\033[48;5;232m\033[38;5;255m{}\033[0m"
"""White on black, whatever the terminal's own colours are: a camera wants dark on light."""
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): "\N{NO-BREAK SPACE}"}
"""Whether the upper and the lower module are white."""


def banner(title: str, steps: Sequence[tuple[str, str]], facts: Sequence[tuple[str, str]], picture: str = "") -> str:
    """The title, what to do with the address for each, and what lies where.

    >>> print(banner("It is ready", [("Open it", "http://a/")], [("stop", "Ctrl-C")]))
    <BLANKLINE>
      It is ready
    <BLANKLINE>
      Open it
      http://a/
    <BLANKLINE>
      stop  Ctrl-C
    <BLANKLINE>
    """
    blocks = [f"  {title}", *(f"  {what}\n  {address}" for what, address in steps)]
    if picture:
        blocks.append(picture)
    width = max((len(name) for name, _ in facts), default=0)
    blocks.append("\n".join(f"  {name:<{width}}  {text}" for name, text in facts))
    return "\n" + "\n\n".join(blocks) + "\n"


def is_loopback(url: str) -> bool:
    """Whether only this machine reaches it, so that no phone could follow the link.

    >>> is_loopback("http://localhost:3000"), is_loopback("http://127.0.0.1"), is_loopback("http://192.168.1.5")
    (True, True, False)
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def qr_picture(text: str, *, in_colour: bool) -> str:
    """A QR code of half blocks, two rows of modules to a line."""
    rows = modules(text, quiet=2)
    rows.append(bytes(len(rows)))  # their number is odd
    pairs = zip(rows[::2], rows[1::2], strict=True)
    lines = ["".join(_HALVES[upper > 0, lower > 0] for upper, lower in zip(*pair, strict=True)) for pair in pairs]
    return "\n".join(_ON_TERMINAL.format(line) if in_colour else line for line in lines)
