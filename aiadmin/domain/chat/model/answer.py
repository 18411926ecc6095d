"""What a model's answer means: commands, each checked by itself; what cannot be checked is dropped.

An alias must be one that it was given, a quote must stand in the message, and a day or time in a quote is read by our
own grammar. So the worst that an answer can do is to wish wrongly, which a question or a proposal then shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.dates.reading import read_when
from aiadmin.domain.chat.model.pseudonyms import readable
from aiadmin.domain.chat.model.task import (
    ANY_STAFF,
    FACT,
    LATE,
    MOST_COMMANDS,
    PLAIN_NAMES,
    SERVICE,
    STAFF,
    WHEN,
    WORKS,
    ModelTask,
)
from aiadmin.domain.chat.reading_context import ReadingContext

_FENCE = re.compile(r"^```[a-z]*\s*|\s*```$")
_LONGEST_TOPIC = 60
Item = Mapping[str, Any]


def commands_of(answer: str, task: ModelTask, text: str, context: ReadingContext) -> tuple[Command, ...] | None:
    """The commands of an answer, in its order.

    Args:
        text: the message as it was written.

    Returns:
        None where the answer is not of the form; empty where nothing in it can be believed.
    """
    try:
        body = json.loads(_FENCE.sub("", answer.strip()))
    except (ValueError, RecursionError):
        return None
    items = body.get("commands") if isinstance(body, dict) else None
    if not isinstance(items, list):
        return None
    reader = _AnswerReader(task, readable(text), context)
    found = [command for item in items[:MOST_COMMANDS] if isinstance(item, dict) for command in reader.read(item)]
    return tuple(_once(found))


def joined(by_rules: tuple[Command, ...], by_model: tuple[Command, ...]) -> tuple[Command, ...]:
    """Both readings: rules win wherever they have said something of the kind, and of wishes there is one."""
    sure = tuple(one for one in by_rules if not isinstance(one, said.NotUnderstood))
    kinds = {type(one) for one in sure}
    is_wished = any(isinstance(one, _WISHES) for one in sure)
    added = []
    for one in by_model:
        if type(one) in kinds or (isinstance(one, _WISHES) and is_wished):
            continue
        is_wished = is_wished or isinstance(one, _WISHES)
        added.append(one)
    return (*sure, *added) if added else by_rules


_WISHES = (said.WantBooking, said.WantMove, said.WantCancel)
_SINGLE: Mapping[str, Callable[[], Command]] = {name: getattr(said, name) for name in PLAIN_NAMES} | {
    ANY_STAFF: lambda: said.NamedStaff(is_any=True)
}


def _once(commands: list[Command]) -> Iterator[Command]:
    """Each command once, and the first wish only."""
    seen: list[Command] = []
    for one in commands:
        is_second_wish = isinstance(one, _WISHES) and any(isinstance(other, _WISHES) for other in seen)
        if one not in seen and not is_second_wish:
            seen.append(one)
            yield one


class _AnswerReader:
    def __init__(self, task: ModelTask, text: str, context: ReadingContext) -> None:
        self._task, self._text, self._context = task, text, context
        self._by_name: Mapping[str, Callable[[Item], Iterator[Command]]] = {
            SERVICE: self._service,
            STAFF: self._staff,
            WORKS: self._works,
            WHEN: self._when,
            LATE: self._late,
            FACT: self._fact,
        }

    def read(self, item: Item) -> Iterator[Command]:
        name = item.get("name")
        if not isinstance(name, str):
            return
        if name in _SINGLE:
            yield _SINGLE[name]()
        elif name in self._by_name:
            yield from self._by_name[name](item)

    def _service(self, item: Item) -> Iterator[Command]:
        number = self._alias(item, self._task.services)
        if number is not None:
            yield said.NamedService(ids=(number,), is_excluded=item.get("excluded") is True)

    def _staff(self, item: Item) -> Iterator[Command]:
        number = self._alias(item, self._task.staff)
        if number is not None:
            yield said.NamedStaff(ids=(number,), is_excluded=item.get("excluded") is True)

    def _works(self, item: Item) -> Iterator[Command]:
        number = self._alias(item, self._task.staff)
        yield said.AskWorks(ids=() if number is None else (number,))

    def _when(self, item: Item) -> Iterator[Command]:
        whens = tuple(when for when in self._dates(self._quote(item)) if when.day or when.time)
        if whens:
            yield said.Suits(whens=whens)

    def _late(self, item: Item) -> Iterator[Command]:
        if self._quote(item):
            yield said.Late()

    def _fact(self, item: Item) -> Iterator[Command]:
        topic = self._quote(item).strip(" ?!.,").lower()
        if topic:
            yield said.AskFact(topic=topic[:_LONGEST_TOPIC])

    def _dates(self, quote: str) -> Any:
        if not quote:
            return ()
        context = self._context
        names = context.vocabulary.own_words
        return read_when(quote, now=context.now, parts=context.parts, asked=context.asked, names=names)

    def _alias(self, item: Item, known: Mapping[str, int]) -> int | None:
        alias = item.get("alias")
        return known.get(alias) if isinstance(alias, str) else None

    def _quote(self, item: Item) -> str:
        """A quote that stands in the message, as it stands there; empty otherwise."""
        quote = item.get("quote")
        if not isinstance(quote, str) or not quote.strip():
            return ""
        found = re.search(re.escape(quote.strip()), self._text, re.IGNORECASE)
        return found.group() if found else ""
