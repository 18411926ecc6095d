"""The words of one wish for a service, and the words of a clause taken into such wishes one by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.hearing import HANDS, Heard
from aiadmin.domain.chat.mentions.ages import age_in
from aiadmin.domain.chat.mentions.kinds_of_one_service import of_order
from aiadmin.domain.chat.mentions.relatives import ONESELF, is_beside, is_company, is_kin
from aiadmin.domain.chat.mentions.service_words import EITHER, JOINTS
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.speech import SpeechAct
from aiadmin.domain.chat.titles import Quote
from aiadmin.domain.chat.words.intents import CHILDREN
from aiadmin.domain.chat.words.trades import COATINGS, HINTS

FORMS_OF_ALL = frozenset({"все", "всех", "всем", "всего", "всей"})
"""Forms of "весь" that are no body."""
_NO_SERVICE = ("GREET", "THANK", "TRIFLE", "NAME", "YES", "SAME_AS_LAST")


@dataclass
class Mention:
    """Words of one wish, while it is being read."""

    ids: frozenset[int]
    first: int
    end: int
    said: list[frozenset[str]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    hints: list[int] = field(default_factory=list)
    lacking: int | None = None
    """Where something is to be left out that all of these services have."""
    is_left_out: bool = False
    whom: str = ""

    def takes(self, ids: frozenset[int], whom: str) -> bool:
        return not self.is_left_out and self.whom == whom and bool(self.ids & ids)


def is_said_of(heard: Heard, place: int) -> bool:
    """Whether the word behind a service that there is not says more of it: "массаж головы"."""
    vocabulary, word = heard.context.vocabulary, heard.word(place)
    is_noun = heard.word_class(place) is WordClass.NOUN and vocabulary.morphology.lemma(word) != word
    return is_noun and not vocabulary.is_ours(word)


def mentions_of_clause(
    heard: Heard, places: Sequence[int], lines: Mapping[int, str], absent: Collection[int]
) -> list[Mention]:
    vocabulary = heard.context.vocabulary
    skipped, off = heard.covered(_NO_SERVICE), _taking_off(heard)
    narrowing = _Narrowing(absent, _of_method(heard, [place for place in places if place not in absent]), lines)
    found: list[Mention] = []
    hints: dict[int, frozenset[int]] = {}
    gone = heard.services_taken_back.union(heard.corrections)
    quotes = _sure_quotes(heard, gone, absent, lines)
    for place in places:
        if place in quotes:
            _take_quoted(heard, found, place, quotes[place], narrowing)
            continue
        meanings = frozenset() if place in gone else vocabulary.service_words(heard.word(place))
        is_counted = heard.word(place) in HANDS and place in heard.numbers_of_titles
        is_small = heard.word(place) in FORMS_OF_ALL or is_counted or place in skipped or place in off
        is_sized = heard.size is not None and place in heard.size.places
        is_of_company = not lines and is_company(heard, place)
        is_small = is_small or is_sized or is_of_company or _is_when(heard, place, meanings)
        if not meanings or is_small or heard.act(place) is SpeechAct.KEPT:
            continue
        if _is_hint(heard, place, meanings):
            hints[place] = vocabulary.fitting(meanings)
        else:
            _take(heard, found, place, meanings, narrowing)
    for mention in found:
        own = {place: ids for place, ids in hints.items() if lines.get(place, "") == mention.whom}
        mention.hints += own
        mention.ids = of_order(heard, mention.ids)
        full = vocabulary.named_in_full(mention.ids, mention.said)
        is_for_children = bool(vocabulary.of_children(full))
        fitting = mention.ids if is_for_children else for_whom(heard, mention.ids, mention.whom)
        mention.ids = vocabulary.named_in_full(fitting, mention.said) or fitting
        for hint in own.values():
            mention.ids = mention.ids & hint or mention.ids
    return found


def _is_when(heard: Heard, place: int, meanings: frozenset[str]) -> bool:
    """Whether an adjective says when something is to be, and no kind of it: "в вечернее время"."""
    if {"PARTADJ", "WDADJ"}.isdisjoint(LEXICON.get(heard.word(place), ())):
        return False
    vocabulary = heard.context.vocabulary
    ids = vocabulary.fitting(meanings)
    beside = [vocabulary.fitting(vocabulary.service_words(heard.word(one))) for one in (place - 1, place + 1)]
    return not any(ids & one for one in (*beside, frozenset(heard.context.candidates)))


def _sure_quotes(
    heard: Heard, gone: Collection[int], absent: Collection[int], lines: Mapping[int, str]
) -> Mapping[int, Quote]:
    """The titles that are quoted and mean nothing else, by the places of their words."""
    return {
        place: quote
        for quote in heard.quotes
        if quote.is_sure
        and not any(heard.act(place) is SpeechAct.KEPT or place in gone for place in quote.places)
        and len({lines.get(place, "") for place in quote.places}) == 1
        for place in quote.places
    }


def _taking_off(heard: Heard) -> set[int]:
    """The verbs that take a visit away, and no coating: "снимите запись"."""
    return {hit.first for hit in heard.of("WANT_CANCEL") if hit.value != "visit"} | heard.removed


def for_whom(heard: Heard, ids: frozenset[int], whom: str) -> frozenset[int]:
    """Of services those for the age that was said, or for children where a child is to be served alone.

    Where each person has services of their own, a grown-up has none for children.
    """
    vocabulary, age = heard.context.vocabulary, age_in(heard)
    if not whom and any(is_company(heard, place) for place in range(len(heard.tokens))):
        return ids
    if whom and whom not in CHILDREN:
        return ids - vocabulary.of_children(ids) or ids
    if whom and age is None:
        return vocabulary.of_children(ids) or ids
    if age is not None:
        return vocabulary.of_age(ids, age)
    kin = {
        place: vocabulary.kin[token.text] for place, token in enumerate(heard.tokens) if token.text in vocabulary.kin
    }
    is_child = bool(kin) and CHILDREN.issuperset(kin.values())
    is_child = is_child and any(is_kin(heard, place) and not is_beside(heard, place) for place in kin)
    is_alone = is_child and not any(token.text in ONESELF - {"мы", "нас", "нам"} for token in heard.tokens)
    return (vocabulary.of_children(ids) if is_alone else None) or ids


def _is_hint(heard: Heard, place: int, meanings: frozenset[str]) -> bool:
    return meanings <= HINTS and heard.context.vocabulary.morphology.lemma(heard.word(place)) not in HINTS


@dataclass(frozen=True)
class _Narrowing:
    """What of a clause bears on each word for a service.

    Attributes:
        absent: the places of what is left out.
        of_method: the services of the one way of doing that is named; empty for none or several.
        lines: for whom each word is, by its place.
    """

    absent: Collection[int]
    of_method: frozenset[int]
    lines: Mapping[int, str]


def _of_method(heard: Heard, places: Sequence[int]) -> frozenset[int]:
    """The services of the one method that a clause names, which goes for all of it: "подмышки и голени воском"."""
    own = heard.context.vocabulary
    words = {own.service_words(heard.word(place)) for place in places}
    named = {word for word in words if word and word <= own.methods}
    return own.fitting(named.pop()) if len(named) == 1 else frozenset()


def _take(heard: Heard, found: list[Mention], place: int, meanings: frozenset[str], narrowing: _Narrowing) -> None:
    """Narrows the last wish by a word, or begins another with it."""
    is_absent, whom = place in narrowing.absent, narrowing.lines.get(place, "")
    whole = heard.context.vocabulary.fitting(meanings, is_absent=is_absent)
    whole = whole & narrowing.of_method or whole
    last = found[-1] if found else None
    asked = frozenset(heard.context.candidates)
    goes_on = last is not None and not last.ids <= asked and last.takes(whole, whom)
    ids = whole if goes_on else whole & asked or whole
    if is_absent and (last or not ids):
        without = heard.context.vocabulary.fitting(meanings)
        if last:
            _leave_out(last, place, ids, without)
        elif without:
            found.append(Mention(without, place, place + 1, [meanings], [place], is_left_out=True))
        return
    if not ids:
        return
    if last is not None and _is_other(heard, last, place, meanings):
        last.ids, ids = last.ids - whole or last.ids, ids - last.ids or ids
        last = None
    if last is None or not last.takes(ids, whom) or _is_second(heard, last, place, ids):
        last = Mention(ids, place, place + 1, whom=whom)
        found.append(last)
    last.ids, last.end = last.ids & ids, place + 1
    last.said.append(frozenset(f"-{one}" for one in meanings) if is_absent else meanings)
    last.places.append(place)


def _take_quoted(heard: Heard, found: list[Mention], place: int, quote: Quote, narrowing: _Narrowing) -> None:
    """Takes a word of a title that is quoted: with its first word all of it is meant."""
    meanings = heard.context.vocabulary.service_words(heard.word(place))
    last = found[-1] if found else None
    if place != quote.places[0]:
        if last is not None:
            last.end = place + 1
            last.said.append(meanings)
            last.places.append(place)
        return
    ids, whom = quote.services & narrowing.of_method or quote.services, narrowing.lines.get(place, "")
    if last is None or not last.takes(ids, whom):
        last = Mention(ids, place, place + 1, whom=whom)
        found.append(last)
    last.ids, last.end = last.ids & ids, place + 1
    last.said.append(meanings)
    last.places.append(place)


def _leave_out(last: Mention, place: int, plain: frozenset[int], without: frozenset[int]) -> None:
    """Leaves of a wish what has none of a thing, and adds nothing; where all have it, that is to be said."""
    if last.is_left_out:
        last.places.append(place)
        return
    left = last.ids & plain or last.ids - without
    last.ids, last.lacking = left or last.ids, None if left else place
    last.hints.append(place)


def with_what_is_absent(heard: Heard, found: Sequence[Mention], absent: Collection[int]) -> list[Mention]:
    """The wishes, one that says only what is to be left out made a correction of the one before it.

    "Педикюр с шеллаком, нет, без шеллака" is a pedicure.
    """
    vocabulary, kept = heard.context.vocabulary, list[Mention]()
    for one in found:
        before = kept[-1] if kept else None
        words = [vocabulary.service_words(heard.word(place)) for place in one.places]
        with_it = frozenset[int]().union(*map(vocabulary.fitting, words))
        is_correction = before is not None and {*one.places} <= {*absent} and before.ids <= with_it
        if before is None or not is_correction or one.is_left_out:
            kept.append(one)
            continue
        alike = vocabulary.alike(one.ids, before.ids) or one.ids & vocabulary.of_category(before.ids)
        before.ids = alike or one.ids
        before.said = list(one.said)
        before.hints += one.places
    return kept


def _is_second(heard: Heard, last: Mention, place: int, ids: frozenset[int]) -> bool:
    """Whether "и" parts two wishes though one title has both words: "перманент и коррекцию", no correction of it."""
    whole = heard.context.vocabulary.fitting(heard.context.vocabulary.service_words(heard.word(place)))
    is_coating = heard.context.vocabulary.service_words(heard.word(place)) <= COATINGS
    is_joint = heard.word(place - 1) in JOINTS and last.places[-1] == place - 2 and not is_coating
    if not is_joint or not (last.ids - whole) or heard.context.vocabulary.is_composite(last.ids & ids):
        return False
    last.ids -= whole
    return True


def _is_other(heard: Heard, last: Mention, place: int, meanings: frozenset[str]) -> bool:
    """Whether "или" parts two wishes though one title has both words: "маникюр или педикюр" is no set of both."""
    is_led = heard.word(place - 1) in EITHER and last.places[-1:] == [place - 2]
    return is_led and not last.is_left_out and not meanings <= COATINGS
