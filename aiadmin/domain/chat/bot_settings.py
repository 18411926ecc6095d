"""What a salon sets about its bot: how it is stored, and which of it an owner may send."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from aiadmin.domain.settings import (
    Reader,
    SettingFlawError,
    SettingsInvalidError,
    clock,
    number,
    read_all,
    switch,
    unknown,
)

MOST_PHONES, MOST_FACTS, MOST_OF_STAFF = 20, 50, 1_000
LONGEST_TOPIC, LONGEST_ANSWER, LONGEST_GREETING, LONGEST_SIGNATURE = 60, 500, 200, 100
MOST_GAP = timedelta(days=7)
RULES = frozenset({"late", "cancel", "prepay"})
"""What a salon may have its own words about."""
_A_MINUTE = timedelta(minutes=1)


class Ability(StrEnum):
    """What a salon lets the bot do; confirming a reminder is the reminder's own switch."""

    ANSWER = "answer"
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"


class BotMode(StrEnum):
    """When the bot answers; answers to reminders, stop words and hand-over work in every mode."""

    OFF = "off"
    TEST = "test"
    """Only the phones that the salon has named."""
    CLOSED_HOURS = "closed_hours"
    ALWAYS = "always"


@dataclass(frozen=True, kw_only=True)
class NightRule:
    """What is written after `after` is offered for the next day not before `not_before`."""

    after: time
    not_before: time


@dataclass(frozen=True, kw_only=True)
class BotSettings:
    """What a salon has set about the bot.

    Attributes:
        offered_staff: who may be offered; None is everybody whom YClients shows as bookable.
        ticks: by number of a master, what the salon has said of offering them; `offered_staff` follows from it.
        facts: topic to the answer that is quoted as it stands.
        rules: the salon's own words about `late`, `cancel`, `prepay`, quoted as they stand.
        model_abroad: whether clients' words, without names and numbers, may be shown to a language model abroad.
        speech_abroad: whether clients' voices may be played to a recogniser abroad.
        gap: how long before a visit it may be booked at the latest, beside YClients' own rule.
    """

    mode: BotMode = BotMode.TEST
    test_phones: frozenset[str] = field(default=frozenset(), repr=False)
    abilities: frozenset[Ability] = frozenset(Ability)
    offered_staff: frozenset[int] | None = None
    ticks: Mapping[int, bool] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    gap: timedelta = timedelta(0)
    greeting: str = ""
    signature: str = ""
    waiting_list: bool = False
    english: bool = False
    night: NightRule | None = None
    model_abroad: bool = False
    speech_abroad: bool = False


def from_json(given: object) -> BotSettings:
    """What was stored, whatever version of us stored it: what cannot be read is the default."""
    stored = given if isinstance(given, Mapping) else {}
    return _settings(read_all(stored, {**_READERS, "test_phones": _kept_phones})[0])


def to_json(settings: BotSettings) -> Mapping[str, Any]:
    """Plain values; what is read from the journal, such as who may be offered, is not among them."""
    night = settings.night
    return {
        "mode": settings.mode.value,
        "test_phones": sorted(settings.test_phones),
        "abilities": sorted(settings.abilities),
        "staff": {str(who): is_offered for who, is_offered in sorted(settings.ticks.items())},
        "facts": dict(settings.facts),
        "rules": dict(settings.rules),
        "gap_minutes": settings.gap // _A_MINUTE,
        "greeting": settings.greeting,
        "signature": settings.signature,
        "waiting_list": settings.waiting_list,
        "english": settings.english,
        "model_abroad": settings.model_abroad,
        "speech_abroad": settings.speech_abroad,
        "night": night and {"after": f"{night.after:%H:%M}", "not_before": f"{night.not_before:%H:%M}"},
    }


def changed(settings: BotSettings, given: Mapping[str, object], *, country: str) -> BotSettings:
    """The settings with those that an owner has sent; each that is sent replaces all of its kind.

    Args:
        country: of which phone numbers without a country code are.

    Raises:
        SettingsInvalidError: names every setting that is wrong or unknown.
    """
    readers: Mapping[str, Reader] = {**_READERS, "test_phones": lambda value: _phones(value, country)}
    values, flaws = read_all(given, readers)
    flaws |= unknown(given, readers)
    if flaws:
        raise SettingsInvalidError(flaws)
    return _settings(values, settings)


def offered_staff(settings: BotSettings, people: Collection[int], everybody: Iterable[int]) -> frozenset[int]:
    """Who may be offered: whom the salon has ticked, and of those of whom it has said nothing, the people.

    >>> sorted(offered_staff(BotSettings(ticks={2: False, 90: True}), {1, 2}, (1, 2, 90, 91)))
    [1, 90]
    """
    return frozenset(who for who in everybody if settings.ticks.get(who, who in people))


def _settings(values: Mapping[str, Any], before: BotSettings | None = None) -> BotSettings:
    named = {_NAMES.get(name, name): value for name, value in values.items()}
    return replace(before or BotSettings(), **named)


_NAMES = {"gap_minutes": "gap", "staff": "ticks"}


def _choice(kind: type[StrEnum]) -> Reader:
    def read(value: object) -> object:
        try:
            return kind(str(value))
        except ValueError as error:
            raise SettingFlawError("choice") from error

    return read


def _abilities(value: object) -> frozenset[object]:
    return frozenset(map(_choice(Ability), _list(value, len(Ability))))


def _list(value: object, most: int) -> list[object]:
    if not isinstance(value, list):
        raise SettingFlawError("list")
    if len(value) > most:
        raise SettingFlawError("many", most=most)
    return value


def _phones(value: object, country: str) -> frozenset[str]:
    from aiadmin.domain.messages.phone_numbers import read_phone  # loaded only where a form is read: it takes long

    found = [read_phone(one, country) if isinstance(one, str) else None for one in _list(value, MOST_PHONES)]
    if None in found:
        raise SettingFlawError("phones")
    return frozenset(one for one in found if one)


def _kept_phones(value: object) -> frozenset[str]:
    """Those that were read when they came: digits with the country code, whatever the country."""
    return frozenset(one for one in _list(value, MOST_PHONES) if isinstance(one, str) and one.isdecimal())


def _staff(value: object) -> Mapping[int, bool]:
    given = _mapping(value, MOST_OF_STAFF)
    if not all(str(who).isascii() and str(who).isdigit() and isinstance(tick, bool) for who, tick in given.items()):
        raise SettingFlawError("ticks")
    return {int(who): bool(tick) for who, tick in given.items()}


def _mapping(value: object, most: int) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise SettingFlawError("object")
    if len(value) > most:
        raise SettingFlawError("many", most=most)
    return value


def _text(longest: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise SettingFlawError("text")
        text = " ".join(value.split())
        if len(text) > longest:
            raise SettingFlawError("long", most=longest)
        return text

    return read


def _facts(value: object) -> Mapping[str, str]:
    topic, answer = _text(LONGEST_TOPIC), _text(LONGEST_ANSWER)
    found = {topic(name): answer(text) for name, text in _mapping(value, MOST_FACTS).items()}
    if not all(found) or not all(found.values()):
        raise SettingFlawError("empty")
    return found


def _rules(value: object) -> Mapping[str, str]:
    found = {name: _text(LONGEST_ANSWER)(text) for name, text in _mapping(value, len(RULES)).items()}
    if not RULES.issuperset(found):
        raise SettingFlawError("choice")
    return {name: text for name, text in found.items() if text}


def _gap(value: object) -> timedelta:
    return number(0, MOST_GAP // _A_MINUTE)(value) * _A_MINUTE


def _night(value: object) -> NightRule | None:
    if value is None:
        return None
    given = _mapping(value, 2)
    if set(given) != {"after", "not_before"}:
        raise SettingFlawError("object")
    return NightRule(after=clock(given["after"]), not_before=clock(given["not_before"]))


_READERS: Mapping[str, Reader] = {
    "mode": _choice(BotMode),
    "abilities": _abilities,
    "staff": _staff,
    "facts": _facts,
    "rules": _rules,
    "gap_minutes": _gap,
    "greeting": _text(LONGEST_GREETING),
    "signature": _text(LONGEST_SIGNATURE),
    "waiting_list": switch,
    "english": switch,
    "model_abroad": switch,
    "speech_abroad": switch,
    "night": _night,
}
