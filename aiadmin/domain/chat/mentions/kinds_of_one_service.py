"""Services that no word names: an age, a length, "all of it" and a first visit say which it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiadmin.domain.chat.commands import NamedService
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.mentions.ages import age_in
from aiadmin.domain.chat.mentions.relatives import persons_to_serve
from aiadmin.domain.chat.mentions.service_words import is_service_word, spans_of
from aiadmin.domain.chat.vocabulary import number_of

_BOTH = frozenset({"обе", "оба", "обеих", "обеим", "обоих", "обоим"})


def told_by_size(heard: Heard) -> Iterator[NamedService]:
    """The services that an age, "all of it" or a length tells where no other word does: "лучше 90 минут"."""
    vocabulary, candidates = heard.context.vocabulary, heard.context.candidates
    if candidates and (age := age_in(heard)) is not None:
        yield NamedService(ids=tuple(sorted(vocabulary.of_age(candidates, age))), spans=((0, len(heard.text)),))
    if candidates and heard.has("WHOLE") and (ids := vocabulary.composite(candidates)):
        yield NamedService(ids=ids, spans=tuple(heard.span(hit.first, hit.end) for hit in heard.of("WHOLE")))
    yield from _both(heard, candidates)
    if heard.size and (sized := vocabulary.of_size(candidates, heard.size)):
        yield NamedService(ids=tuple(sorted(sized)), spans=spans_of(heard, heard.size.places))
    numbers = sorted(heard.numbers_of_titles)
    told = {number_of(heard.word(place)) for place in numbers}
    asked = [one for one in candidates if any(vocabulary.has_number([one], number) for number in told)]
    numbered = frozenset(asked) or vocabulary.of_number((), told)
    if numbers and len(numbered) == 1:
        yield NamedService(ids=tuple(numbered), spans=tuple(heard.span(place, place + 1) for place in numbers))


def _both(heard: Heard, candidates: Sequence[int]) -> Iterator[NamedService]:
    """Each of two services that we asked between, where both are wished and no title is made of them."""
    is_for_others = any(token.text in heard.context.vocabulary.kin for token in heard.tokens)
    if not heard.has("WHOLE") or len(candidates) != _PAIR or is_for_others:
        return
    if not heard.context.vocabulary.composite(candidates):
        for at, one in enumerate(candidates):
            yield NamedService(ids=(one,), is_added=at > 0, spans=heard.spans("WHOLE"))


_PAIR = 2
_FIRST, _AGAIN = frozenset({"первичный", "первичная", "диагностика"}), frozenset({"повторный", "контрольный"})
"""Words of titles that tell the first visit for something from those behind it."""


def of_order(heard: Heard, ids: frozenset[int]) -> frozenset[int]:
    """Of services those for a first visit, or for one more, where it is said which it is."""
    told = _AGAIN if heard.has("AGAIN") else _FIRST if heard.has("FIRST_TIME") else frozenset[str]()
    fitting = frozenset(
        one.id
        for one in heard.context.vocabulary.services
        if one.id in ids and (one.title & told or (told is _FIRST and one.is_first))
    )
    return fitting or ids


def told_by_order(heard: Heard) -> Iterator[NamedService]:
    """The one service for a first visit, or for one more, where somebody to go to is said and no service is."""
    every = frozenset(one.id for one in heard.context.vocabulary.services)
    ids = of_order(heard, every)
    names = heard.context.vocabulary.names
    is_to_somebody = any(token.text in names or token.text in _HEALING for token in heard.tokens)
    if is_to_somebody and len(ids) == 1 and ids != every:
        yield NamedService(ids=tuple(ids), spans=heard.spans("FIRST_TIME") or heard.spans("AGAIN"))


_HEALING = frozenset({"врачу", "доктору", "специалисту"})


def is_whole(heard: Heard) -> bool:
    """Whether all of it is wished for, by a word that is no title's own."""
    is_of_many = heard.has("GUEST") or bool({*persons_to_serve(heard).values()})
    return any(
        not is_service_word(heard, hit.first)
        and not (heard.word(hit.first) in _BOTH and (is_of_many or not _is_of_two(heard, hit.end)))
        for hit in heard.of("WHOLE")
    )


def _is_of_two(heard: Heard, end: int) -> bool:
    """Whether a "both" that ends there may be of things: we offered some, or it is said of what comes next."""
    return bool(heard.context.candidates) or is_service_word(heard, end)
