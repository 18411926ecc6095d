"""Words that say once more what is proposed, or asked about: its time, its master, its service, whom it is for."""

from __future__ import annotations

from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.when import Day, DayRange, Time, TimeRange
from aiadmin.domain.chat.words.feelings import URGED
from aiadmin.domain.chat.words.remarks import OWN

_LEADS = frozenset({"в", "во", "на", "к", "ко", "у"})
_THIRD = frozenset({"она", "он", "ее", "его", "ей", "ему"})


def proposed_again(heard: Heard) -> set[int]:
    """The places of all words that only repeat what is proposed; of another time, master or guest there are none."""
    named = {place for place in range(len(heard.tokens)) if _is_proposed(heard, place)}
    found = time_again(heard) | named
    leads = {place for place, one in enumerate(heard.tokens) if one.text in _LEADS | OWN and place + 1 in found}
    return found | leads


def time_again(heard: Heard) -> set[int]:
    """The words that say the proposed time once more: "да, на 13"; another time, or a refused one, is none."""
    offered, whens = heard.context.offered, heard.whens
    if len(offered) != 1 or len(whens) != 1 or heard.errors:
        return set()
    when, starts = whens[0], offered[0]
    is_day = when.day in (None, Day(any_of=(DayRange.of(starts.date()),)))
    is_time = when.time in (None, Time(any_of=(TimeRange(starts.time(), starts.time()),)))
    is_urged = any(one.text in URGED and heard.word(place + 1) == "бы" for place, one in enumerate(heard.tokens))
    if not (is_day and is_time) or (when.is_earliest and not is_urged):
        return set()
    return {*heard.timed}


def _is_proposed(heard: Heard, place: int) -> bool:
    """Whether a word names the master, the service or the guest of what is proposed, and none else."""
    word, own, known = heard.word(place), heard.context.vocabulary, heard.context
    if word in own.kin:
        return own.kin[word] in known.offered_for
    if word in _THIRD:
        return bool(known.offered_for)
    if word in own.names:
        return bool({*own.names[word]} & known.offered_staff)
    return bool(own.fitting(own.service_words(word)) & known.offered_services)
