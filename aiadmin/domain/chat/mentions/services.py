"""The services that a client names, each wish one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from aiadmin.domain.chat.commands import SELF, NamedService
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.mentions.kinds_of_one_service import is_whole, of_order, told_by_order, told_by_size
from aiadmin.domain.chat.mentions.left_out import is_excluded, is_left_out, is_taken_off, places_left_out
from aiadmin.domain.chat.mentions.of_each_person import whose_services
from aiadmin.domain.chat.mentions.parts_of_the_body import (
    mentions_wished,
    of_other_part,
    says_only_of_what,
    without_bare_parts,
    without_places,
)
from aiadmin.domain.chat.mentions.service_phrases import (
    FORMS_OF_ALL,
    Mention,
    for_whom,
    is_said_of,
    mentions_of_clause,
    with_what_is_absent,
)
from aiadmin.domain.chat.mentions.service_words import ADDING, EITHER, TOO, spans_of
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.vocabulary import number_of

_BEFORE_EITHER = FORMS_OF_ALL | {"на", "к", "ко", "с", "со", "может", "лучше"}


def services_in(heard: Heard) -> Iterator[NamedService]:
    """The services that are named, each wish one; those without a service of the salon's come as unclear."""
    asked = frozenset(heard.context.candidates)
    lines, absent = whose_services(heard), places_left_out(heard)
    found = [mention for clause in heard.by_clause for mention in mentions_of_clause(heard, clause, lines, absent)]
    found = [one for one in mentions_wished(heard, found) if not says_only_of_what(heard, one)]
    found = _without_bare_verbs(heard, without_bare_parts(heard, found))
    found = with_what_is_absent(heard, _without_counts(heard, found), absent)
    left_out = frozenset[int]().union(*(one.ids for one in found if one.is_left_out))
    for mention in found:
        mention.ids = mention.ids & asked or mention.ids
        mention.ids = mention.ids if mention.is_left_out else mention.ids - left_out or mention.ids
    mentions = _of_one_kind(heard, _without_parts(heard, _joined(without_places(heard, found))))
    for mention in mentions:
        other = None if mention.lacking is not None else of_other_part(heard, mention)
        is_said = any(other in one.places for one in mentions)
        mention.lacking = mention.lacking if other is None or is_said else other
    if not mentions:
        yield from told_by_size(heard)
        yield from told_by_order(heard)
    yield from _one_of(heard, mentions)
    for place, token in enumerate(heard.tokens):
        if token.text in heard.context.vocabulary.trade:
            end = place + 1 + is_said_of(heard, place + 1)
            yield NamedService(unclear=heard.written(place, end), spans=(heard.span(place, end),))


def _without_counts(heard: Heard, found: Sequence[Mention]) -> list[Mention]:
    """The wishes without a number of guests that a title has too: "массаж на двоих" is no programme for two."""
    counts = heard.covered({"GUEST"})
    telling = [one for one in found if not counts.issuperset(one.places)]
    return telling if any(not one.is_left_out for one in telling) else list(found)


def _without_bare_verbs(heard: Heard, found: Sequence[Mention]) -> list[Mention]:
    """The wishes without a verb that only says what is done to the one before: "бороду подстричь" cuts no hair."""
    kept = list[Mention]()
    for one in found:
        before = kept[-1] if kept else None
        is_behind = before is not None and one.first == max(before.places) + 1 and before.whom == one.whom
        if before is not None and is_behind and _is_done_to(heard, before, one):
            before.hints += one.places
        else:
            kept.append(one)
    return kept


def _is_done_to(heard: Heard, what: Mention, verb: Mention) -> bool:
    lemma = heard.context.vocabulary.morphology.lemma
    is_verb = all(heard.word_class(place) is WordClass.INFINITIVE for place in verb.places)
    last = max(what.places)
    is_object = heard.word_class(last) is WordClass.NOUN and lemma(heard.word(last)) != heard.word(last)
    return is_verb and is_object and not (what.is_left_out or verb.is_left_out)


def _one_of(heard: Heard, mentions: Sequence[Mention]) -> Iterator[NamedService]:
    """What is named, where an "or" before one and nothing more about it makes it a choice with the one before."""
    chosen = list[NamedService]()
    for mention in mentions:
        for named in _named(heard, mention, mentions):
            if chosen and _is_either(heard, mention) and _is_plain(chosen[-1]) and _is_plain(named):
                chosen.append(named)
                continue
            if chosen:
                yield _as_choice(chosen)
            chosen = [named]
    if chosen:
        yield _as_choice(chosen)


def _as_choice(chosen: Sequence[NamedService]) -> NamedService:
    """One of several wishes: the first service of each comes first, so that a question leaves none of them out."""
    if len(chosen) == 1:
        return chosen[0]
    in_turn = chain.from_iterable(zip_longest(*(one.ids for one in chosen)))
    ids = tuple(dict.fromkeys(one for one in in_turn if one is not None))
    return replace(chosen[0], ids=ids, spans=tuple(span for one in chosen for span in one.spans), is_either=True)


def _is_either(heard: Heard, mention: Mention) -> bool:
    """Whether an "or" stands before it, with nothing but small words between them."""
    place = mention.first - 1
    while heard.word(place) in _BEFORE_EITHER:
        place -= 1
    return heard.word(place) in EITHER


def _is_plain(named: NamedService) -> bool:
    """Whether it is wanted, and nothing is said of what becomes of others."""
    return bool(named.ids) and named == NamedService(ids=named.ids, spans=named.spans, whom=named.whom)


def _named(heard: Heard, mention: Mention, mentions: Sequence[Mention]) -> Iterator[NamedService]:
    yield NamedService(
        ids=_meant(heard, mention, is_only=len(mentions) == 1),
        spans=spans_of(heard, sorted({*mention.places, *mention.hints})),
        is_excluded=mention.is_left_out or is_excluded(heard, mention.first) or is_left_out(heard, mention, mentions),
        is_added=_is_added(heard, mention) or _is_for_another(heard, mention),
        is_taken_off=is_taken_off(heard, mention),
        is_only={heard.word(mention.first - 1), heard.word(mention.first - 2)} & _ONLY != set(),
        whom=mention.whom,
    )
    if mention.lacking is not None:
        end = mention.lacking + 1
        yield NamedService(unclear=heard.written(mention.first, end), spans=(heard.span(mention.first, end),))


def _joined(mentions: Sequence[Mention]) -> list[Mention]:
    """Wishes that say more of the one before them are one with it, but for what the next one says more of."""
    joined: list[Mention] = []
    for place, mention in enumerate(mentions):
        last = joined[-1] if joined else None
        is_of_next = any(one.ids < mention.ids for one in mentions[place + 1 : place + 2])
        if last is None or mention.is_left_out or not last.takes(mention.ids, mention.whom) or is_of_next:
            joined.append(mention)
        else:
            last.ids, last.end = last.ids & mention.ids, mention.end
            last.said += mention.said
            last.places += mention.places
            last.hints += mention.hints
            last.lacking = last.lacking if mention.lacking is None else mention.lacking
    return joined


def _without_parts(heard: Heard, mentions: Sequence[Mention]) -> list[Mention]:
    """The wishes without what only says of which parts one is made: "папа с сыном на стрижку" is one service."""
    if any(_is_either(heard, one) for one in mentions[1:]):
        return list(mentions)
    whole = {one for mention in mentions if len(mention.ids) == 1 for one in mention.ids}
    parts = heard.context.vocabulary.parts_of(whole)
    kept = [one for one in mentions if one.ids & whole or not one.ids & parts]
    for one in kept:
        dropped = [other for other in mentions if other not in kept]
        one.hints += [place for other in dropped for place in (*other.places, *other.hints)]
    return kept


def _of_one_kind(heard: Heard, mentions: Sequence[Mention]) -> Sequence[Mention]:
    """Wishes of one burst are of one kind where their words leave that open: "наращивание, старые снять"."""
    vocabulary = heard.context.vocabulary
    meant = [vocabulary.best(one.ids, one.said) for one in mentions]
    sure = {ids[0] for ids in meant if len(ids) == 1}
    for mention, ids in zip(mentions, meant, strict=True):
        if len(ids) > 1 and not mention.is_left_out:
            mention.ids = mention.ids & vocabulary.of_category(sure) or mention.ids
    return mentions


def _meant(heard: Heard, mention: Mention, *, is_only: bool) -> tuple[int, ...]:
    vocabulary, candidates = heard.context.vocabulary, frozenset(heard.context.candidates)
    ids = mention.ids & candidates or mention.ids
    ids = for_whom(heard, of_order(heard, ids), mention.whom)
    ids = vocabulary.of_number(ids, {number_of(heard.word(place)) for place in heard.numbers_of_titles})
    ids = _as_quoted(heard, mention, ids)
    ids = vocabulary.of_size(ids, heard.size) if heard.size else ids
    whole = vocabulary.composite(ids) if is_only and is_whole(heard) else ()
    return whole or (tuple(sorted(ids)) if _is_of_own_visit(heard) else vocabulary.best(ids, mention.said))


def _is_of_own_visit(heard: Heard) -> bool:
    """Whether a service only says which visit is to be changed: any that the words may mean."""
    is_change = bool(heard.context.coming) and heard.has("WANT_MOVE", "WANT_CANCEL")
    return is_change and not heard.has("WANT_BOOKING", "ASK_PRICE", "ASK_DURATION", "ASK_SLOTS", "ALTER")


def _as_quoted(heard: Heard, mention: Mention, ids: frozenset[int]) -> frozenset[int]:
    """Of services the one whose title is all that is said."""
    said = {*mention.places, *mention.hints}
    whole = [one.services & ids for one in heard.quotes if said <= {*one.places}]
    return next(filter(None, whole), ids)


def _is_added(heard: Heard, mention: Mention) -> bool:
    """Whether a service is wanted on top of what was spoken of: "и педикюр тоже", "ещё брови"."""
    before = {heard.word(mention.first - back) for back in (1, 2, 3)}
    is_led = heard.word(mention.first - 1) == "и"
    begins = is_led and (mention.first == 1 or heard.word(mention.first - 2) in {",", "да", "."})
    after = {heard.word(mention.end), heard.word(mention.end + 1)}
    return begins or bool(before & ADDING) or bool(after & TOO)


def _is_for_another(heard: Heard, mention: Mention) -> bool:
    """Whether a service is for somebody else than the one for whom a visit is proposed."""
    return heard.context.offers is not None and mention.whom not in {"", SELF}


_ONLY = frozenset({"только", "лишь"})
