"""A copy of the neonize package that talks to us: same code, another address and another root key.

neonize has no setting for either. Both are constants in its Go library, so the overlay is a directory with a patched
copy of the library beside symbolic links to everything else. Put first on ``PYTHONPATH`` it reaches every child
process; the code under test needs no switch and no environment variable. Plain ``ws://`` also spares TLS.
"""

from importlib.metadata import version
from pathlib import Path

from tests.fakes.whatsapp.keys import ROOT
from tests.fakes.whatsapp.protos import neonize_directory
from tests.fakes.whatsapp.tokens import find_library

_ADDRESS = b"wss://web.whatsapp.com/ws/chat"
_ROOT_KEY = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")  # WhatsApp's own


class OverlayError(Exception):
    """The library does not look as expected; probably another neonize version. Nothing was written."""


def build_overlay(directory: Path, port: int) -> Path:
    """Make *directory* the overlay for a server on 127.0.0.1:*port* and return it; a finished one is kept.

    Raises OverlayError when the address or the root key is not found exactly once in the library.
    """
    mark = directory / f"neonize-{version('neonize')}-port-{port}"
    if mark.exists():
        return directory
    source = neonize_directory()
    library = find_library(source)
    patched = patch(library.read_bytes(), port)
    package = directory / "neonize"
    package.mkdir(parents=True)
    for entry in source.iterdir():
        if entry != library:
            (package / entry.name).symlink_to(entry)
    (package / library.name).write_bytes(patched)
    mark.touch()
    return directory


def patch(library: bytes, port: int) -> bytes:
    """Return the *library* with our address and root key; raises OverlayError when it has not exactly one of each."""
    return _replace(_replace(library, _ADDRESS, _address(port)), _ROOT_KEY, ROOT.public)


def _address(port: int) -> bytes:
    """Our address, stretched with slashes to the length of WhatsApp's (Go stores strings without an end mark)."""
    host, path = f"ws://127.0.0.1:{port}".encode(), b"ws/chat"
    return host + b"/" * (len(_ADDRESS) - len(host) - len(path)) + path


def _replace(data: bytes, old: bytes, new: bytes) -> bytes:
    if data.count(old) != 1:
        raise OverlayError(f"{old[:24]!r} occurs {data.count(old)} times in the library, expected once")
    return data.replace(old, new)
