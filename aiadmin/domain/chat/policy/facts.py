"""What a salon's owner has told the bot, by what clients ask about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache

from aiadmin.domain.chat.commands import AskFact
from aiadmin.domain.chat.dates.reading import read_when
from aiadmin.domain.chat.dates.words import MONTHS
from aiadmin.domain.chat.parts.questions import ChangeBan, FactQuoted
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.steps import Part
from aiadmin.domain.chat.words.topics import TOPICS

_RULES: Mapping[str, str] = {"отмена": "cancel", "предоплата": "prepay", "опоздание": "late"}
"""Topics that the salon's own rules answer."""
_OF_OPENING = ("работ", "открыт", "закрыт", "праздн", "выходн", "график", "режим")
_DATED = re.compile(rf"\d{{1,2}}\.\d\d\b|\d\D{{0,3}}\s+(?:{'|'.join(MONTHS)})\b")
"""A date with its month: a day of the week alone is told of every week."""
_ANSWERING: Mapping[str, tuple[str, ...]] = {
    "подготовка": ("возьм", "принес", "выда", "собой"),
    "возраст": ("взросл", "родител", "подрост", "несоверш"),
}
"""What an answer has that is one to a topic, whatever it is called: towels that are given out need not be brought."""


def quoted(asked: Sequence[AskFact], salon: SalonView) -> tuple[list[Part], list[str]]:
    """The facts that answer questions, and the topics for which there is none."""
    parts: dict[str, Part] = {}
    unknown: list[AskFact] = []
    for one in asked:
        found = _of_topic(one.topic, salon)
        if found is None:
            unknown.append(one)
        else:
            parts.setdefault(str(found), found)
    answered = [one for one in asked if one not in unknown]
    left = [one.topic for one in unknown if not any(_touch(one, other) for other in answered)]
    return list(parts.values()), left


def tells_of(fact: str, day: date) -> bool:
    """Whether an owner has told when the salon is open on just that day: the date stands in what was told."""
    words = _plain(fact)
    if not any(one in words for one in _OF_OPENING) or not _DATED.search(words):
        return False
    whens = read_when(words, now=datetime.combine(day, time.min))
    named = [one for when in whens if when.day for one in (*when.day.any_of, *when.day.not_on)]
    return any(one.last is not None and one.has(day) for one in named)


def told_of_day(salon: SalonView, day: date) -> list[FactQuoted]:
    """What the owner has told of just that day, such as a holiday: it stands over the hours of the week."""
    facts = salon.bot.facts.items()
    return [FactQuoted(topic=topic, text=text) for topic, text in facts if tells_of(f"{topic}: {text}", day)]


def _touch(one: AskFact, other: AskFact) -> bool:
    """Whether two questions were read from the same words: an owner's own topic, and ours for the same."""
    return any(a < d and c < b for a, b in one.spans for c, d in other.spans)


def _of_topic(topic: str, salon: SalonView) -> Part | None:
    told = _told(topic, salon.bot.facts)
    if told is not None:
        return told
    rule = salon.bot.rules.get(_RULES.get(topic, ""), "")
    if rule:
        return FactQuoted(topic="", text=rule)
    if topic == "отмена" and salon.rules is not None and salon.rules.cancel.is_allowed:
        ban = salon.rules.cancel.ban
        return ChangeBan(ban=ban) if ban > timedelta(0) else None
    return None


def _told(topic: str, facts: Mapping[str, str]) -> FactQuoted | None:
    """The owner's answer: under just this word, or under one that means it."""
    wanted = _plain(topic)
    for name, text in facts.items():
        if _plain(name) == wanted:
            return FactQuoted(topic=name, text=text)
    beginnings = _topics().get(wanted, ())
    for name, text in facts.items():
        if any(word.startswith(beginnings) for word in _plain(name).split()):
            return FactQuoted(topic=name, text=text)
    said = _ANSWERING.get(wanted, ())
    for name, text in facts.items():
        if any(word.startswith(said) for word in _plain(text).split()):
            return FactQuoted(topic=name, text=text)
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split())


@cache
def _topics() -> Mapping[str, tuple[str, ...]]:
    lines = (line.partition(":") for line in TOPICS.splitlines() if line)
    return {_plain(name): tuple(_plain(words).split()) for name, _, words in lines}
