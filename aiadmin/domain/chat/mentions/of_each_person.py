"""What each of several persons is to have: their services, masters and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lines import whose
from aiadmin.domain.chat.mentions.relatives import is_on_top, persons_to_serve
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.when import Day, When


def whose_services(heard: Heard) -> Mapping[int, str]:
    """For whom each word of a service is, where several persons have services of their own."""
    if heard.has("ASK_PRICE", "WANT_MOVE", "WANT_CANCEL") or heard.context.candidates:
        return {}
    persons = persons_to_serve(heard)
    words = [
        place
        for place in range(len(heard.tokens))
        if is_service_word(heard, place) and not heard.is_told(place) and place not in heard.services_taken_back
    ]
    if len({*persons.values()}) == 1 and any(is_on_top(heard, place) for place in persons):
        return {**{place: persons[min(persons)] for place in words if place > min(persons)}, **persons}
    lines = whose(persons, words) if len({*persons.values()}) > 1 else {}
    return {**lines, **persons} if lines else {}


def whose_times(heard: Heard) -> Mapping[str, tuple[When, ...]]:
    """When each of several persons is to come, where each has a time of their own; a day goes on to the next."""
    if not whose_services(heard) and not whose_masters(heard):
        return {}
    persons = persons_to_serve(heard)
    begins = sorted(persons)
    ends = [*begins[1:], len(heard.tokens)]
    found: dict[str, tuple[When, ...]] = {}
    last: Day | None = None
    for place, (first, end) in enumerate(zip(begins, ends, strict=True)):
        whens = heard.whens_within(0 if place == 0 else first, end)
        if len(whens) != 1 or whens[0].time is None or not whens[0].time.any_of:
            return {}
        last = whens[0].day or last
        found[persons[first]] = (replace(whens[0], day=last),)
    times = {when.time for whens in found.values() for when in whens}
    return found if len(found) > 1 and (len(times) > 1 or len({*found.values()}) > 1) else {}


def whose_masters(heard: Heard) -> Mapping[int, str]:
    """For whom each master is, where several persons are to go to masters of their own."""
    persons = persons_to_serve(heard)
    names = [place for place in range(len(heard.tokens)) if heard.word(place) in heard.context.vocabulary.names]
    return whose(persons, names) if len(names) > 1 else {}
