"""The dictionary read out of the client library."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.whatsapp.client import ROOT
from tests.fakes.whatsapp.tokens import find_library, load_tokens, tables_of


def test_there_are_236_short_words_and_four_pages_of_256() -> None:
    tokens = load_tokens()
    assert len(tokens.single) == 236
    assert [len(page) for page in tokens.pages] == [256] * 4


def test_every_code_but_zero_has_a_word_of_its_own() -> None:
    tokens = load_tokens()
    words = [*tokens.single[1:], *(word for page in tokens.pages for word in page)]
    assert all(words)
    assert len(set(words)) == len(words)


def test_words_every_connection_needs_have_their_known_places() -> None:
    single = load_tokens().single
    assert single[:5] == ("", "xmlstreamstart", "xmlstreamend", "s.whatsapp.net", "type")


def test_a_package_without_exactly_one_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="found 0"):
        find_library(tmp_path)


def test_another_kind_of_library_is_refused(tmp_path: Path) -> None:
    library = tmp_path / "neonize-darwin.dylib"
    library.write_bytes(b"\xcf\xfa\xed\xfe" + bytes(64))
    with pytest.raises(RuntimeError, match="only Linux"):
        tables_of(library)


def test_a_library_without_the_tables_is_refused(tmp_path: Path) -> None:
    library = tmp_path / "neonize-linux-amd64.so"
    library.write_bytes(b"\x7fELF\x02" + bytes(59) + struct.pack("<4Q", 0, 0, 0, 0))
    with pytest.raises(RuntimeError, match="0 token tables"):
        tables_of(library)


def test_the_server_never_loads_the_library() -> None:
    """The library costs 30 MB and eight threads, and the server needs none of it."""
    look = "import sys, tests.fakes.whatsapp.__main__; sys.exit('neonize' in sys.modules)"
    subprocess.run([sys.executable, "-c", look], cwd=ROOT, check=True, timeout=30)
