"""The masters whom a client names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aiadmin.domain.chat.commands import NamedStaff
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.mentions.given_names import (
    BEFORE_MASTER,
    RUSSIAN,
    TOWARDS,
    WORDS_TOO,
    given_name,
    is_addressed,
    is_nominative,
    names_in,
    places_of,
)
from aiadmin.domain.chat.mentions.left_out import is_excluded
from aiadmin.domain.chat.mentions.of_each_person import whose_masters
from aiadmin.domain.chat.mentions.service_words import JOINTS
from aiadmin.domain.chat.speech import SpeechAct
from aiadmin.domain.chat.taken_back import masters_taken_back
from aiadmin.domain.chat.when import Asked

_SHORTEST_SLIP = 4


def staff_in(heard: Heard) -> Iterator[NamedStaff]:
    """The masters who are named, any, another, or one whom nobody here is called like."""
    for hit in heard.of("STAFF_ANY"):
        yield NamedStaff(is_any=True, spans=(heard.span(hit.first, hit.end),))
    for hit in heard.of("STAFF_OTHER"):
        yield NamedStaff(is_other=True, spans=(heard.span(hit.first, hit.end),))
    own = heard.context.vocabulary
    own_names = {place for name in names_in(heard) for place in places_of(heard, name)}
    gone = masters_taken_back(
        heard, heard.corrections, [at for at in range(len(heard.tokens)) if heard.word(at) in own.names]
    )
    found = [
        (place, named)
        for place in range(len(heard.tokens))
        if place not in own_names | gone and heard.act(place) is not SpeechAct.KEPT
        for named in _staff_at(heard, place)
    ]
    wished = [named for place, named in found if not heard.is_told(place)]
    lines = whose_masters(heard)
    whom = {heard.tokens[place].start: who for place, who in lines.items()}
    for named in wished if any(not one.is_excluded for one in wished) else [named for _, named in found]:
        yield replace(named, whom=whom.get(named.spans[0][0], ""))


def _staff_at(heard: Heard, place: int) -> Iterator[NamedStaff]:
    word, before = heard.word(place), heard.word(place - 1)
    vocabulary = heard.context.vocabulary
    spans = (heard.span(place, place + 1),)
    ids = vocabulary.names.get(word, ()) or _of_family(heard, place) or _misspelt(heard, place)
    ids = ids or (vocabulary.endeared(word) if _may_be_endeared(heard, place) else ())
    if not ids and before in TOWARDS and word in vocabulary.roles:
        yield NamedStaff(ids=vocabulary.roles[word], is_excluded=is_excluded(heard, place), spans=spans)
        return
    is_subject = (heard.has("ASK_WORKS") or not is_addressed(heard, place)) and not _is_kins_name(heard, place)
    if ids and _is_a_name(heard, place) and is_subject:
        with_family = tuple(one for one in ids if one in vocabulary.families.get(heard.word(place + 1), ()))
        spans = (heard.span(place, place + 1 + bool(with_family)),)
        yield NamedStaff(ids=with_family or ids, is_excluded=is_excluded(heard, place), spans=spans)
    elif (
        not ids
        and not vocabulary.is_ours(word)
        and (before in TOWARDS | {"мастер", "мастеру"} or _is_asked_about(heard, place))
        and (given_name(heard, place) or _is_strange_name(heard, place))
    ):
        yield NamedStaff(unknown=heard.written(place, place + 1), is_excluded=is_excluded(heard, place), spans=spans)


def _is_kins_name(heard: Heard, place: int) -> bool:
    """Whether a relative or a friend is called so, who does something: "сестра Лена хвалила"."""
    before, own = heard.word(place - 1), heard.context.vocabulary
    is_somebody = before in own.kin or before in _KNOWN
    is_subject = is_somebody and own.morphology.lemma(before) == before and heard.word(place - 2) not in JOINTS
    is_whole = own.given_names.get(heard.word(place)) == heard.word(place)
    return is_subject and (is_whole or is_nominative(heard, place))


_KNOWN = frozenset({"подруга", "подружка", "друг", "коллега", "знакомая", "знакомый", "соседка"})


def _misspelt(heard: Heard, place: int) -> tuple[int, ...]:
    """The master whose name a word behind a preposition is a slip of; a name of its own is none."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    is_named = heard.word(place - 1) in TOWARDS and len(word) > _SHORTEST_SLIP and RUSSIAN.fullmatch(word)
    if not is_named or word in vocabulary.given_names or vocabulary.is_ours(word):
        return ()
    near = {vocabulary.names[one] for one in vocabulary.morphology.closest(word, vocabulary.names)}
    return near.pop() if len(near) == 1 else ()


def _may_be_endeared(heard: Heard, place: int) -> bool:
    """Whether a word that no dictionary has may be a name: behind a preposition, or with a capital."""
    word = heard.word(place)
    is_strange = bool(RUSSIAN.fullmatch(word)) and not heard.context.vocabulary.is_ours(word)
    is_named = heard.word(place - 1) in BEFORE_MASTER or heard.is_capital(place)
    return is_strange and is_named and word not in heard.context.vocabulary.given_names and len(word) > _SHORTEST_SLIP


def _is_asked_about(heard: Heard, place: int) -> bool:
    """Whether it is asked if somebody of a name works here."""
    return heard.has("ASK_WORKS") and heard.is_capital(place) and not is_addressed(heard, place)


def _is_strange_name(heard: Heard, place: int) -> bool:
    """Whether a word behind "к" is a name that no dictionary has: written with a capital, and no word else."""
    word = heard.word(place)
    is_word = bool(RUSSIAN.fullmatch(word)) and heard.word(place - 1) in {"к", "ко"}
    return is_word and heard.is_capital(place) and not heard.context.vocabulary.morphology.knows(word)


def _of_family(heard: Heard, place: int) -> tuple[int, ...]:
    """The masters of a family name that no given name stands before."""
    ids = heard.context.vocabulary.families.get(heard.word(place), ())
    return () if heard.context.vocabulary.names.get(heard.word(place - 1)) else ids


def _is_a_name(heard: Heard, place: int) -> bool:
    if heard.word(place) not in WORDS_TOO or heard.context.asked is Asked.STAFF:
        return True
    return heard.is_capital(place) or heard.word(place - 1) in BEFORE_MASTER
