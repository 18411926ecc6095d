"""Everything that a reply may name: times, sums, names and rules that are in the file or that the client wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from aiadmin.domain.chat.words.given_names import SHORT_NAMES
from aiadmin.domain.replay.catalogue import as_list
from aiadmin.domain.replay.played import Given, Offer, PlayedTurn
from aiadmin.domain.replay.saying import numbers_in, plain, times_in, words_of
from aiadmin.domain.replay.scene import Scene

NameOf = Callable[[str], str]
"""The nominative of a word that is a given name; empty for one that is none."""

_PLACE = re.compile(
    r"\b(?:ул\.|улиц|проспект|просп\.|пр-т|пр-кт|переул|пер\.|бульвар|бул\.|шоссе|набережн|наб\.|площад|пл\.|д\. ?\d"
    r"|дом \d|корп|строен|этаж|подъезд|двор|метро|остановк|домофон|офис|кабинет)"
)
_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(мин|час|ч\b|%|процент|дн|день|сут|недел)")
_CAPITAL = re.compile(r"(?<=[а-яё,;()0-9–—-] )[А-ЯЁ][а-яё]+")
_ANY_CAPITAL = re.compile(r"[А-ЯЁ][а-яё]+")
_HALF, _HOURS, _HALF_A_DAY = 30, 24, 12
_SUMMED = range(2, 6)
"""Services of which one question asks the price."""
_FULL_NAMES = {
    plain(word): plain(full)
    for full, _, shorts in (line.partition(":") for line in SHORT_NAMES.splitlines() if line)
    for word in (full, *shorts.split())
}


_HOUR_WORDS = (
    *("час первого", "два две двух второго", "три трех третьего", "четыре четырех четвертого", "пять пяти пятого"),
    *("шесть шести шестого", "семь семи седьмого", "восемь восьми восьмого", "девять девяти девятого"),
    *(
        "десять десяти десятого",
        "одиннадцать одиннадцати одиннадцатого",
        "двенадцать двенадцати двенадцатого полдень",
    ),
)
"""What hours are called, from one to twelve."""
_PARTS_OF_AN_HOUR = (
    *(("пятнадцати", "45"), ("четверти", "45"), ("четверть", "15"), ("десяти", "50"), ("пяти", "55")),
    *(("двадцати пяти", "35"), ("двадцати", "40")),
)


def _hours_in(text: str) -> set[int]:
    """Hours that are written as words: "в пять", "полтретьего"."""
    words = {word.removeprefix("пол") or word for word in words_of(text)}
    return {hour for hour, names in enumerate(_HOUR_WORDS, 1) if words & set(names.split())}


@dataclass(frozen=True)
class Truths:
    """What may be named in the reply to one turn."""

    scene: Scene
    turn: PlayedTurn

    @property
    def _file(self) -> Given:
        return self.scene.catalogue.file

    def rest(self, text: str) -> str:
        """A text without what it quotes of the file, and without what the client wrote."""
        left = plain(text)
        for quoted in self.scene.catalogue.quotable:
            left = left.replace(plain(quoted), " … ")
        return left

    # --- times ---

    def times(self) -> set[str]:
        """Times of day, as HH:MM."""
        salon, case = self._file["salon"], self.scene.case
        nights = {**salon.get("bot", {}), **case.get("bot", {})}.get("night", {}).values()
        found = {*self.turn.answered, *self.scene.catalogue.times, *nights} | self.spoken()
        for visit in self.scene.case.get("visits", []):
            found |= set(self._ends(visit["at"], visit["services"], visit["staff"]))
        return found

    def spoken(self) -> set[str]:
        """Times that the client wrote, or that are of their own visits and offers."""
        found = set(self._times_of_client())
        for visit in self.scene.own:
            found |= set(self._ends(visit["at"], visit["services"], visit["staff"]))
        for offer in (self.turn.offer, self.turn.stands, self.scene.proposal):
            found |= set(self._times_of_offer(offer))
        return found

    def _times_of_client(self) -> Iterator[str]:
        """The client's own words: a number may be an hour of either half of the day, or the half before it."""
        for text in self.scene.said:
            yield from times_in(re.sub(r"(\d)[.\-](\d\d)", r"\1:\2", text))
            parts = [minutes for word, minutes in _PARTS_OF_AN_HOUR if word in plain(text)]
            for number in (one for one in numbers_in(text) | _hours_in(text) if one < _HOURS):
                for hour in {number, (number + _HALF_A_DAY) % _HOURS}:
                    yield from (f"{hour:02}:00", f"{(hour - 1) % _HOURS:02}:30")
                    yield from (f"{(hour - 1) % _HOURS:02}:{minutes}" for minutes in parts)

    def _ends(self, at: str, services: Iterable[int], staff: int | None) -> list[str]:
        start = datetime.fromisoformat(at)
        end = start + timedelta(minutes=self.scene.catalogue.minutes(services, staff))
        return [f"{start:%H:%M}", f"{end:%H:%M}"]

    @staticmethod
    def _times_of_offer(offer: Offer | None) -> Iterator[str]:
        for visit in offer.visits if offer else ():
            if visit.at is not None:
                yield f"{visit.at:%H:%M}"
                yield f"{visit.at + (visit.length or timedelta()):%H:%M}"

    # --- sums ---

    def prices(self) -> set[int]:
        """Sums of money: the file's, those of what is offered together, and the client's own numbers."""
        found = set(self.scene.catalogue.sums)
        found |= {number for text in self.scene.said for number in numbers_in(text)}
        found |= {self._sum(visit["services"], visit["staff"]) for visit in self.scene.visits.values()}
        for offer in (self.turn.offer, self.turn.stands, self.scene.proposal):
            found |= set(self._prices_of_offer(offer))
        return found | set(self._prices_together()) | set(self._sums_of_named())

    def _sums_of_named(self) -> Iterator[int]:
        """What the services cost together whose titles stand in the reply, with one master or with whomever."""
        text, catalogue = plain(self.turn.text), self.scene.catalogue
        named = [one for one, service in catalogue.services.items() if plain(str(service["title"])) in text]
        sets = (each for size in _SUMMED for each in combinations(named, size))
        for services in sets if len(named) <= max(_SUMMED) else ():
            each = [[price for who in catalogue.staff for price in self._each(one, who)] for one in services]
            yield from (sum(min(one, default=0) for one in each), sum(max(one, default=0) for one in each))
            yield from (self._sum(services, who) for who in catalogue.staff)

    def _sum(self, services: Iterable[int], staff: int | None) -> int:
        return sum(min(self._each(one, staff), default=0) for one in services)

    def _each(self, service: int, staff: int | None) -> list[int]:
        catalogue = self.scene.catalogue
        named = catalogue.terms(service, staff).get("price", catalogue.services[service]["price"])
        return [int(one) for one in as_list(named) if one is not None]

    def _prices_of_offer(self, offer: Offer | None) -> Iterator[int]:
        lows, highs = 0, 0
        for visit in offer.visits if offer else ():
            low = sum(min(self._each(one, visit.staff), default=0) for one in visit.services)
            high = sum(max(self._each(one, visit.staff), default=0) for one in visit.services)
            lows, highs = lows + low, highs + high
            yield from (low, high)
        yield from (lows, highs)

    def _prices_together(self) -> Iterator[int]:
        """Of the services that `starts` knows together: what one visit with all of them costs with a master."""
        for staff, services in self.scene.catalogue.together():
            yield self._sum(services, staff)

    # --- names, places and rules ---

    def foreign_names(self, name_of: NameOf) -> list[str]:
        """Given names in the reply that nobody here has and the client has not written."""
        known = self._known_names(name_of)
        text = self._without_quotes(self.turn.text)
        sure = {match.group() for match in _CAPITAL.finditer(text) if name_of(plain(match.group()))}
        sure |= {word for word in _ANY_CAPITAL.findall(text) if name_of(plain(word)) in _FULL_NAMES}
        return sorted(word for word in sure if not self._is_known(word, known, name_of))

    def _known_names(self, name_of: NameOf) -> set[str]:
        person = self._file["clients"].get(self.scene.case["client"], {})
        given = [one["name"] for one in self._file["staff"]] + [person.get("name") or ""]
        given += [str(self.scene.case.get("given", {}).get("name", "")), self._file["salon"]["title"]]
        words = {word for text in [*given, *self.scene.said] for word in words_of(text)}
        words |= self.scene.catalogue.quotable_words
        nominative = {name_of(word) for word in words} - {""}
        return words | nominative | {_FULL_NAMES[one] for one in words | nominative if one in _FULL_NAMES}

    @staticmethod
    def _is_known(word: str, known: set[str], name_of: NameOf) -> bool:
        said = plain(word)
        nominative = name_of(said) or said
        return bool({said, nominative, _FULL_NAMES.get(nominative, nominative)} & known)

    def _without_quotes(self, text: str) -> str:
        for quoted in self.scene.catalogue.quotable:
            text = re.sub(re.escape(quoted), "…", text, flags=re.IGNORECASE)
        return text

    def foreign_places(self) -> list[str]:
        """Words of places that are not the file's."""
        written = plain(" ".join(self.scene.said))
        found = {match.group() for match in _PLACE.finditer(self.rest(self.turn.text))}
        return sorted(one for one in found if one not in written)

    def foreign_lengths(self) -> list[str]:
        """Minutes, hours, days and percents that are no length, rule or word of the file's."""
        known = self._lengths()
        found = [
            (float(number.replace(",", ".")), unit) for number, unit in _LENGTH.findall(self.rest(self.turn.text))
        ]
        return [f"{number:g} {unit}" for number, unit in found if self._in_minutes(number, unit) not in known]

    @staticmethod
    def _in_minutes(number: float, unit: str) -> float:
        units = {"мин": 1, "час": 60, "ч": 60, "дн": 1440, "день": 1440, "сут": 1440, "недел": 10080}
        return number * units.get(unit, -1)

    def _lengths(self) -> set[float]:
        """In minutes; hours are also said without the minutes that stand behind them."""
        catalogue, salon = self.scene.catalogue, self._file["salon"]
        lengths = set(catalogue.lengths)
        for offer in (self.turn.offer, self.turn.stands, self.scene.proposal):
            each = [int((one.length or timedelta()).total_seconds()) // 60 for one in (offer.visits if offer else ())]
            lengths |= {*each, sum(each)}
        lengths |= {catalogue.minutes(one["services"], one["staff"]) for one in self.scene.own}
        lengths |= {salon.get("lead_minutes", 0), salon.get("change_forbidden_hours", 0) * 60}
        lengths |= {part for one in lengths for part in (one - one % 60, one % 60)}
        return {float(one) for one in lengths} | set(self._lengths_of_client())

    def _lengths_of_client(self) -> Iterator[float]:
        for text in self.scene.said:
            for number in numbers_in(text):
                yield from (float(number), number * 60.0, number * 1440.0, number * 10080.0, -float(number))
            if "полчас" in plain(text):
                yield float(_HALF)
            if re.search(r"\bчас", plain(text)):
                yield 60.0
