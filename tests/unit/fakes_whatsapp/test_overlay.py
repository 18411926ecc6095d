"""The copy of the client library that talks to us."""

from pathlib import Path

import pytest

from tests.fakes.whatsapp.keys import ROOT
from tests.fakes.whatsapp.overlay import OverlayError, build_overlay, patch
from tests.fakes.whatsapp.protos import neonize_directory
from tests.fakes.whatsapp.tokens import find_library


@pytest.mark.parametrize(
    ("port", "address"),
    [(80, b"ws://127.0.0.1:80//////ws/chat"), (65535, b"ws://127.0.0.1:65535///ws/chat")],
)
def test_an_overlay_is_the_package_with_our_address_and_our_root_key(
    tmp_path: Path, port: int, address: bytes
) -> None:
    package = build_overlay(tmp_path, port) / "neonize"
    genuine = find_library(neonize_directory())
    patched = (package / genuine.name).read_bytes()
    assert len(patched) == genuine.stat().st_size
    assert patched.count(address) == patched.count(ROOT.public) == 1
    assert {entry.name for entry in package.iterdir()} == {entry.name for entry in neonize_directory().iterdir()}
    assert (package / "client.py").samefile(neonize_directory() / "client.py")


def test_a_finished_overlay_is_kept(tmp_path: Path) -> None:
    library = build_overlay(tmp_path, 5222) / "neonize" / find_library(neonize_directory()).name
    before = library.stat().st_mtime_ns
    build_overlay(tmp_path, 5222)
    assert library.stat().st_mtime_ns == before


def test_a_directory_is_never_given_to_a_second_port(tmp_path: Path) -> None:
    build_overlay(tmp_path, 5222)
    with pytest.raises(FileExistsError):
        build_overlay(tmp_path, 5223)


@pytest.mark.parametrize("data", [b"", b"wss://web.whatsapp.com/ws/chat" * 2])
def test_an_unknown_library_is_refused_loudly(data: bytes) -> None:
    with pytest.raises(OverlayError, match="expected once"):
        patch(data, 5222)
