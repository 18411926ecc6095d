"""Groups by a rule that no key could say: one person has several cards, and numbers in several spellings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def grouped(things: Iterable[T], belongs: Callable[[T, Sequence[T]], bool]) -> list[list[T]]:
    """Each thing in the first group that it belongs to, else in one of its own; groups in the order of their first.

    >>> grouped([1, 5, 2, 9, 6], lambda one, group: one - group[-1] == 1)
    [[1, 2], [5, 6], [9]]
    """
    groups: list[list[T]] = []
    for one in things:
        group = next((each for each in groups if belongs(one, each)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups
