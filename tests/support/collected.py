"""What a forked worker is to run, known by name before it has collected anything.

To collect all tests costs three seconds of processor time even where all modules are loaded, and each worker would
spend them to run a part of the tests. So it takes the names from the process that it was forked from, which has
collected the same, and makes the tests of a file when it comes to run one of them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, SupportsIndex

import pytest


@dataclass(frozen=True, kw_only=True)
class Name:
    """A test that is still to be made.

    Attributes:
        file: its path, as it begins the name.
        place: how many tests of its file come before it. The name alone does not find it: where pytest collects a
            second time in one process it escapes once more what a name has of bytes.
    """

    nodeid: str
    file: str
    place: int


NAMES: list[Name] = []
"""Those of all tests, in the order in which they run; none where they could not be collected."""


class Names:
    """A plugin of whoever collects before workers are forked: it keeps the names."""

    def __init__(self) -> None:
        self._names: dict[pytest.Item, Name] = {}
        self._counts: Counter[str] = Counter()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """What fails halfway stays among the modules, where a worker would take it for a file without tests."""
        if report.failed:
            sys.modules.pop(report.nodeid.removesuffix(".py").replace("/", "."), None)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        file = item.nodeid.partition("::")[0]
        self._names[item] = Name(nodeid=item.nodeid, file=file, place=self._counts[file])
        self._counts[file] += 1

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Unless something could not be collected: then each worker tries, and says so."""
        NAMES[:] = [] if session.testsfailed else [self._names[item] for item in session.items]


def collect_by_name(config: pytest.Config) -> None:
    """Have a worker take the names, if there are any; where single tests are asked for, pytest wants to see them."""
    if NAMES and not any("::" in argument for argument in config.args):
        config.pluginmanager.register(_ByName())


class _File(pytest.File):
    """A file of tests, none of which is made yet."""

    def collect(self) -> Iterable[pytest.Item]:
        return ()


class _ByName:
    """A plugin of a worker."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> _File:
        file: _File = _File.from_parent(parent, path=module_path)
        self._files[file.nodeid] = file
        return file

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> Iterator[None]:
        """In the end they are the same as before, and in the same order."""
        yield
        items[:] = NAMES

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        session.items = _Tests(session, self._files)


class _Tests(list[Any]):
    """The tests by their numbers; each is made, with its whole file, when it is asked for."""

    def __init__(self, session: pytest.Session, files: dict[str, _File]) -> None:
        super().__init__(NAMES)
        self._session, self._files = session, files
        self._numbers: dict[str, list[int]] = {}
        for number, name in enumerate(NAMES):
            self._numbers.setdefault(name.file, []).append(number)

    def __getitem__(self, number: SupportsIndex | slice) -> Any:
        test = super().__getitem__(number)
        if isinstance(test, Name):
            self._make(test.file)
            test = super().__getitem__(number)
        return test

    def _make(self, name: str) -> None:
        file = self._files[name]
        made = list(self._session.genitems(pytest.Module.from_parent(file.parent, path=file.path)))
        for number in self._numbers[name]:
            self[number] = made[NAMES[number].place]
