"""The dictionary of the binary XML, read out of the client library itself.

Frequent words travel as one byte (236 of them) or as two (four pages of 256). The tables lie in the library as arrays
of Go strings, each a pointer and a length. The library is position independent, so the pointers are not in the data
but in the relocation table, as ``R_*_RELATIVE`` addends. Reading them here means the dictionary cannot drift from the
library under test, and no table has to be kept as data.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.fakes.whatsapp.protos import neonize_directory

_SINGLE = ("xmlstreamstart", "xmlstreamend")
_PAGES = (
    ("read-self", "active"),
    ("reject", "dirty"),
    ("64", "ptt_playback_speed_enabled"),
    ("1724", "profile_picture"),
)
_RELATIVE = (8, 1027)  # R_X86_64_RELATIVE, R_AARCH64_RELATIVE
_PT_LOAD, _SHT_RELA = 1, 4
_STRING = 16  # a Go string: pointer and length
_LONGEST = 256  # of a dictionary word; anything above is some other pointer and number


@dataclass(frozen=True)
class Tokens:
    """The words behind the codes: ``single[code]``, ``pages[page][code]``. ``single[0]`` is the empty word."""

    single: tuple[str, ...]
    pages: tuple[tuple[str, ...], ...]


class _Library:
    """Just enough of an ELF reader to follow Go strings."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:5] != b"\x7fELF\x02":
            raise RuntimeError(f"{path.name} is no 64-bit ELF library; only Linux is supported")
        self._segments = [
            (address, offset, length)
            for kind, _, offset, address, _, length in self._headers("<IIQQQQ", at=32, counts_at=54)
            if kind == _PT_LOAD
        ]
        self._strings: dict[int, str] = {
            address: self._string(address, target)
            for _, kind, _, _, offset, length in self._headers("<IIQQQQ", at=40, counts_at=58)
            if kind == _SHT_RELA
            for address, relocation, target in struct.iter_unpack("<QQq", self._data[offset : offset + length])
            if relocation in _RELATIVE
        }

    def _headers(self, shape: str, at: int, counts_at: int) -> Iterator[tuple[int, ...]]:
        """The entries of the program header table or of the section header table."""
        table = int.from_bytes(self._data[at : at + 8], "little")
        size, count = struct.unpack_from("<HH", self._data, counts_at)
        return (struct.unpack_from(shape, self._data, table + number * size) for number in range(count))

    def _read(self, address: int, length: int) -> bytes:
        for first, offset, size in self._segments:
            if first <= address < first + size:
                start = offset + address - first
                return self._data[start : start + length]
        return b""

    def _string(self, address: int, target: int) -> str:
        length = int.from_bytes(self._read(address + 8, 8), "little")
        return self._read(target, length).decode("latin-1") if length < _LONGEST else ""

    def table(self, first: str, second: str) -> int:
        """The address of the one array of strings that begins with these two words."""
        strings = self._strings
        hits = [at for at, word in strings.items() if word == first and strings.get(at + _STRING) == second]
        if len(hits) != 1:
            raise RuntimeError(f"{len(hits)} token tables begin with {first!r}; this library version is unknown")
        return hits[0]

    def words(self, address: int, count: int) -> tuple[str, ...]:
        return tuple(self._strings.get(address + number * _STRING, "") for number in range(count))


def find_library(package: Path) -> Path:
    """The Go library inside a neonize *package* directory."""
    found = sorted(package.glob("neonize-linux-*.so"))
    if len(found) != 1:
        raise RuntimeError(f"expected one neonize-linux-*.so in the package, found {len(found)}")
    return found[0]


@cache
def load_tokens() -> Tokens:
    """Return the dictionary of the installed library; a quarter of a second the first time."""
    return tables_of(find_library(neonize_directory()))


def tables_of(path: Path) -> Tokens:
    """Return the dictionary in the Go library at *path*; raises RuntimeError when it is not there."""
    library = _Library(path)
    single = library.table(*_SINGLE) - _STRING  # the array begins with an empty word
    return Tokens(
        single=library.words(single, 236),
        pages=tuple(library.words(library.table(*words), 256) for words in _PAGES),
    )
