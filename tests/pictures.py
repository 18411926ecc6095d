"""`make pictures`: what the pages look like, for the README and docs/img; taken by the pages' own tests."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "img"
TESTS = ("tests/page/test_cabinet.py",)
PICTURES = {
    "overview-1280-light": "cabinet-overview",
    "overview-375-light": "cabinet-overview-phone",
    "chat-1280": "cabinet-chat",
    "sending-1280-light": "cabinet-sending",
    "texts-1280-light": "cabinet-texts",
    "bot-1280-light": "cabinet-bot",
    "connection-1280-dark": "cabinet-connection-dark",
}
"""What a test calls a picture, and what it is called in docs/img."""
SCREEN = {1280: 900, 375: 740}
"""How much of a page a screen of this width shows."""
COLOURS = 128


def take(folder: Path) -> int:
    """Have the tests take their pictures into a folder; their exit status."""
    os.environ["SCREENSHOTS"] = str(folder)
    return int(pytest.main(["-q", "-p", "no:cacheprovider", *TESTS]))


def keep(shot: Path, name: str) -> None:
    """The part of a picture that a screen shows, in as few colours as flat pages need."""
    with Image.open(shot) as picture:
        screen = picture.crop((0, 0, picture.width, min(picture.height, SCREEN[picture.width])))
        screen.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def main() -> int:
    """Take all; none is replaced where a test fails."""
    with tempfile.TemporaryDirectory() as folder:
        if status := take(Path(folder)):
            return status
        for shot, name in PICTURES.items():
            keep(Path(folder) / f"{shot}.png", name)
            print(f"docs/img/{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
