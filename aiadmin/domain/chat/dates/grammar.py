"""A grammar as tables of patterns: each row names a sequence of words and builds one value of it.

Tables are applied one after the other, and each replaces what it has understood by one node, so that later tables
see "the 5th of May" as a day. Where several rows fit, the longest wins, then the upper one. A row that doubts builds
None, and is as if it were not there. A pattern has a fixed length: the work grows with the text and no faster.

A pattern is elements between spaces, each `name:this|that`, with
`UPPER` a kind that the lexicon or an earlier table gave, `lower` a word as it stands,
`?` at its end what may be missing, `~` before it what must be glued to the one before,
`<` or `<!` before the first what must or must not stand before,
`>` or `>!` before the last what must or must not stand after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiadmin.domain.chat.when import Asked, DayParts

Kinds = Mapping[str, Any]
"""What a node may be, with its value as that."""


@dataclass(frozen=True, slots=True)
class Node:
    """A word, or what several words were understood as.

    Attributes:
        text: the word; empty for several.
        start, end: its place in the message.
        is_glued: whether nothing stands between it and the one before.
    """

    kinds: Kinds
    text: str
    start: int
    end: int
    is_glued: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the words are relative to: the salon's wall clock, its day, and our last question."""

    now: datetime
    parts: DayParts
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    choices: tuple[str, ...]
    is_optional: bool
    is_glued: bool

    def kind_of(self, node: Node) -> str | None:
        """As which of the choices the node is taken."""
        if self.is_glued and not node.is_glued:
            return None
        kinds, text = node.kinds, node.text
        for one in self.choices:  # a loop, as this is called most of all
            if one in kinds or one == text:
                return one
        return None


@dataclass(frozen=True, slots=True)
class Match:
    """The words that a row has found; `match["name"]` is the value of an element, None where it is missing."""

    context: Context
    found: Mapping[str, tuple[str, Node]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self.found:
            return None
        kind, node = self.found[name]
        return node.kinds.get(kind, node.text)

    def kind(self, name: str) -> str:
        """As what the element was taken; empty where it is missing."""
        return self.found[name][0] if name in self.found else ""

    def written(self, name: str) -> str:
        """The element's word; empty where it is missing."""
        return self.found[name][1].text if name in self.found else ""

    def kinds(self, name: str) -> Kinds:
        """All that the element may be."""
        return self.found[name][1].kinds if name in self.found else {}


Build = Callable[[Match], Kinds | None]


class Rule:
    """A row: a pattern, and what is built of the words that fit it."""

    def __init__(self, pattern: str, build: Build) -> None:
        elements = pattern.split()
        self.build = build
        before = elements.pop(0) if elements[0].startswith("<") else ""
        self._is_before_forbidden = before.startswith("<!")
        self._before = _element(before.lstrip("<!")) if before else None
        last = elements.pop() if elements[-1].startswith(">") else ""
        self._is_after_forbidden = last.startswith(">!")
        self._after = _element(last.lstrip(">!")) if last else None
        self._elements = tuple(map(_element, elements))

    @property
    def firsts(self) -> Iterator[str]:
        """What its first word may be."""
        for element in self._elements:
            yield from element.choices
            if not element.is_optional:
                return

    @property
    def words(self) -> Iterator[str]:
        """The words that it names as they stand."""
        around = [one for one in (self._before, self._after) if one is not None]
        yield from (one for element in (*self._elements, *around) for one in element.choices if one.islower())

    def match(self, nodes: Sequence[Node], at: int, context: Context) -> tuple[int, Kinds] | None:
        """Where the match ends and what was built, or None."""
        if not self._fits_before(nodes, at):
            return None
        for end, found in self._ways(nodes, at, 0):
            if self._fits_after(nodes, end):
                built = self.build(Match(context, {name: (kind, node) for name, kind, node in found}))
                return None if built is None else (end, built)
        return None

    def _ways(
        self, nodes: Sequence[Node], at: int, index: int
    ) -> Iterator[tuple[int, tuple[tuple[str, str, Node], ...]]]:
        """Every way to fit the elements from `index` on, those with more words first."""
        if index == len(self._elements):
            yield at, ()
            return
        element = self._elements[index]
        kind = element.kind_of(nodes[at]) if at < len(nodes) else None
        if kind is not None:
            for end, rest in self._ways(nodes, at + 1, index + 1):
                yield end, ((element.name, kind, nodes[at]), *rest)
        if element.is_optional:
            yield from self._ways(nodes, at, index + 1)

    def _fits_before(self, nodes: Sequence[Node], at: int) -> bool:
        if self._before is None:
            return True
        is_there = at > 0 and self._before.kind_of(nodes[at - 1]) is not None
        return is_there != self._is_before_forbidden

    def _fits_after(self, nodes: Sequence[Node], end: int) -> bool:
        if self._after is None:
            return True
        is_there = self._after.kind_of(nodes[end] if end < len(nodes) else _END) is not None
        return is_there != self._is_after_forbidden


_END = Node({"END": None}, "", 0, 0)


def _element(written: str) -> _Element:
    name, _, choices = written.lstrip("~").rstrip("?").rpartition(":")
    return _Element(name, tuple(choices.split("|")), written.endswith("?"), written.startswith("~"))


class Table:
    """Rows that are applied together."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self._rules: dict[str, list[tuple[int, Rule]]] = defaultdict(list)
        for number, rule in enumerate(rules):
            for first in rule.firsts:
                self._rules[first].append((number, rule))

    def apply(self, nodes: Sequence[Node], context: Context) -> list[Node]:
        """The nodes with all that fits replaced."""
        done: list[Node] = []
        at = 0
        while at < len(nodes):
            found = self._best(nodes, at, context)
            if found is None:
                done.append(nodes[at])
                at += 1
                continue
            end, kinds = found
            done.append(Node(kinds, "", nodes[at].start, nodes[end - 1].end, nodes[at].is_glued))
            at = end
        return done

    def _best(self, nodes: Sequence[Node], at: int, context: Context) -> tuple[int, Kinds] | None:
        node = nodes[at]
        rows = {number: rule for key in (*node.kinds, node.text) for number, rule in self._rules.get(key, ())}
        best: tuple[int, Kinds] | None = None
        for number in sorted(rows):
            found = rows[number].match(nodes, at, context)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        return best
