"""Services, masters, guests and names that a client mentions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aiadmin.domain.chat.commands import SELF, Guest, Name, NamedService, NamedStaff
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.feelings import feelings_in
from aiadmin.domain.chat.hearing import HANDS, Heard
from aiadmin.domain.chat.lexicon import BREAKS, Hit
from aiadmin.domain.chat.lines import SOMEBODY, persons_in, whose
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.speech import TELLING, SpeechAct
from aiadmin.domain.chat.taken_back import masters_taken_back
from aiadmin.domain.chat.titles import Quote
from aiadmin.domain.chat.vocabulary import number_of
from aiadmin.domain.chat.when import Asked, Day, Span, When
from aiadmin.domain.chat.words.circumstances import BODY
from aiadmin.domain.chat.words.intents import CHILDREN
from aiadmin.domain.chat.words.remarks import OWN, PLACES_OF_BODY
from aiadmin.domain.chat.words.trades import COATINGS, HINTS

_NOT = frozenset({"не", "кроме", "вместо", "ни"})
_WISHED = frozenset({"хочу", "хотим", "надо", "нужно", "хотела", "хотел"})
_ADDING = frozenset({"еще", "также", "плюс", "добавьте", "добавить", "добавим", "заодно"})
_JOINTS = frozenset({"и", "плюс", "+"})
_TOO = frozenset({"тоже", "заодно", "также"})
_WITH = frozenset({"с", "со"})
_SELF = frozenset({"я", "меня", "мне", "мы", "нас", "нам", "себя", "себе"})
_TO = frozenset({"к", "ко", "у"})
_BEFORE_MASTER = _TO | {"с", "от", "мастер", "мастера", "мастеру", "на", "не"}
_WORDS_TOO = frozenset(
    {"вера", "веры", "вере", "веру", "верой", "надежда", "надежды", "надежде", "надежду", "любовь", "любви", "роза"}
    | {"розы", "лев", "слава", "славы", "света", "мира", "мир", "поля", "тома", "тема", "теме", "темы", "пашу"}
    | {"тому", "томы", "лика", "лара", "сон", "соне", "май", "мая", "маи", "март", "ким"}
)
"""Forms of names that are common words: they are names where a capital letter or a preposition says so."""
_MAY_BE_ADDRESSED = frozenset({"девочка", "мальчик"})
"""Words for children by which those are addressed, too, who read this."""
_FOR_WHOM = frozenset({"для", "с", "со"})
_ACCOMPANYING = frozenset({"посидит", "посидят", "подождет", "подождут", "проводит", "привезет", "заберет"})
"""What those do who come along and are not served."""
_OF_REASONS = frozenset({"у", "к", "ко", "с", "со", "от", "из-за", "ради"})
_OF_WHOM = frozenset({"у", "от"})
_COMES = frozenset(
    {"хочет", "хотят", "придет", "придут", "будет", "будут", "пойдет", "желает", "собирается", "приедет", "просит"}
    | {"может", "сможет", "нужна", "нужен", "нужно", "надо"}
)
"""What one who is to be served does."""
_OF_OTHERS = frozenset({"ее", "его", "их"})
_CALLED = frozenset({"зовут", "звать"})
_VERBS = frozenset({WordClass.STATEMENT, WordClass.PAST, WordClass.INFINITIVE})
_OF_VISITS = ("ASK_MY_VISITS", "ASK_THEIR_VISITS", "WANT_CANCEL", "WANT_MOVE")
_ALL = frozenset({"все", "всех", "всем", "всего", "всей"})
"""Forms of "весь" that are no body."""
_EITHER = frozenset({"или", "либо"})
_BEFORE_EITHER = _ALL | {"на", "к", "ко", "с", "со", "может", "лучше"}
_BOTH = frozenset({"обе", "оба", "обеих", "обеим", "обоих", "обоим"})
_REQUESTS = frozenset({WordClass.INFINITIVE, WordClass.ORDER})
_FOR = frozenset({"для", "мою", "моего", "моей", "моему"})
_ABBREVIATIONS = frozenset({"муж", "жен", "дет"})
_OF_ONESELF = frozenset({"я", "мы", "меня", "мне", "мной", "нас", "нам", "мой", "моя", "мое", "мои", "мою", "моих"})
_RUSSIAN = re.compile("[а-яё]{2,40}")
_SHORTEST_SLIP = 4
_ADULT = 15
_YEARS = frozenset({"лет", "года", "год", "годика", "годик", "годиков"})
_NO_SERVICE = ("GREET", "THANK", "TRIFLE", "NAME", "YES", "SAME_AS_LAST")


@dataclass
class _Mention:
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


def services_in(heard: Heard) -> Iterator[NamedService]:
    """The services that are named, each wish one; those without a service of the salon's come as unclear."""
    asked = frozenset(heard.context.candidates)
    lines, absent = _service_lines(heard), _absent(heard)
    found = [mention for clause in heard.by_clause for mention in _of_clause(heard, clause, lines, absent)]
    found = [one for one in _wished(heard, found) if not _says_only_of_what(heard, one)]
    found = _with_what_is_absent(heard, _without_bare_parts(heard, found), absent)
    left_out = frozenset[int]().union(*(one.ids for one in found if one.is_left_out))
    for mention in found:
        mention.ids = mention.ids & asked or mention.ids
        mention.ids = mention.ids if mention.is_left_out else mention.ids - left_out or mention.ids
    mentions = _of_one_kind(heard, _without_parts(heard, _joined(_without_places(heard, found))))
    for mention in mentions:
        other = None if mention.lacking is not None else _of_other_part(heard, mention)
        is_said = any(other in one.places for one in mentions)
        mention.lacking = mention.lacking if other is None or is_said else other
    if not mentions:
        yield from _by_size(heard)
        yield from _by_order(heard)
    yield from _one_of(heard, mentions)
    for place, token in enumerate(heard.tokens):
        if token.text in heard.context.vocabulary.trade:
            end = place + 1 + _is_said_of(heard, place + 1)
            yield NamedService(unclear=heard.written(place, end), spans=(heard.span(place, end),))


def _one_of(heard: Heard, mentions: Sequence[_Mention]) -> Iterator[NamedService]:
    """What is named, where an "or" before one and nothing more about it makes it a choice with the one before."""
    chosen: NamedService | None = None
    for mention in mentions:
        for named in _named(heard, mention, mentions):
            if chosen is not None and _is_either(heard, mention) and _is_plain(chosen) and _is_plain(named):
                both = tuple(dict.fromkeys([*chosen.ids, *named.ids]))
                chosen = replace(chosen, ids=both, spans=(*chosen.spans, *named.spans))
                continue
            if chosen is not None:
                yield chosen
            chosen = named
    if chosen is not None:
        yield chosen


def _is_either(heard: Heard, mention: _Mention) -> bool:
    """Whether an "or" stands before it, with nothing but small words between them."""
    place = mention.first - 1
    while heard.word(place) in _BEFORE_EITHER:
        place -= 1
    return heard.word(place) in _EITHER


def _is_plain(named: NamedService) -> bool:
    """Whether it is wanted, and nothing is said of what becomes of others."""
    return bool(named.ids) and named == NamedService(ids=named.ids, spans=named.spans, whom=named.whom)


def _named(heard: Heard, mention: _Mention, mentions: Sequence[_Mention]) -> Iterator[NamedService]:
    yield NamedService(
        ids=_meant(heard, mention, is_only=len(mentions) == 1),
        spans=_spans_of(heard, sorted({*mention.places, *mention.hints})),
        is_excluded=mention.is_left_out
        or _is_excluded(heard, mention.first)
        or _is_left_out(heard, mention, mentions),
        is_added=_is_added(heard, mention) or _is_for_another(heard, mention),
        is_taken_off=_is_taken_off(heard, mention),
        is_only={heard.word(mention.first - 1), heard.word(mention.first - 2)} & _ONLY != set(),
        whom=mention.whom,
    )
    if mention.lacking is not None:
        end = mention.lacking + 1
        yield NamedService(unclear=heard.written(mention.first, end), spans=(heard.span(mention.first, end),))


def _persons(heard: Heard) -> Mapping[int, str]:
    titled = _kin_of_titles(heard)
    kin = {place for place in range(len(heard.tokens)) if place not in titled and _is_kin(heard, place)}
    return persons_in(heard, kin)


def _service_lines(heard: Heard) -> Mapping[int, str]:
    """For whom each word of a service is, where several persons have services of their own."""
    if heard.has("ASK_PRICE", "WANT_MOVE", "WANT_CANCEL") or heard.context.candidates:
        return {}
    persons = _persons(heard)
    words = [
        place
        for place in range(len(heard.tokens))
        if is_service_word(heard, place) and not heard.is_told(place) and place not in heard.services_taken_back
    ]
    if len({*persons.values()}) == 1 and any(_is_on_top(heard, place) for place in persons):
        return {**{place: persons[min(persons)] for place in words if place > min(persons)}, **persons}
    lines = whose(persons, words) if len({*persons.values()}) > 1 else {}
    return {**lines, **persons} if lines else {}


def time_lines(heard: Heard) -> Mapping[str, tuple[When, ...]]:
    """When each of several persons is to come, where each has a time of their own; a day goes on to the next."""
    if not _service_lines(heard) and not _staff_lines(heard):
        return {}
    persons = _persons(heard)
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


def _wished(heard: Heard, mentions: Sequence[_Mention]) -> list[_Mention]:
    """The mentions where something is wished; what is only told of counts where nothing else is named.

    A part of the body that is told of says what is meant: "болит спина, хочу массаж".
    """
    wished = [one for one in mentions if not all(map(heard.is_told, one.places))]
    telling = [one for one in wished if not _is_of_body(heard, one)]
    if any(not one.is_left_out for one in telling):
        kept = [one for one in wished if one in telling or not _is_saying_more(heard, one)]
        told = [one for one in mentions if one not in kept and _is_of_body(heard, one)]
        for one in kept:
            one.ids = one.ids.intersection(*(each.ids for each in told)) or one.ids
        others = [one for one in told if any(_is_of_another_part(heard, each, one) for each in kept)]
        return [one for one in mentions if one in kept or one in others]
    return wished or list(mentions)


def _is_of_another_part(heard: Heard, wished: _Mention, told: _Mention) -> bool:
    """Whether what is wished is for another part of the body here than the one that was told of.

    "Ресницы осыпались, хочу коррекцию" means no brows, though only those are corrected here.
    """
    lemma, parts = heard.context.vocabulary.morphology.lemma, BODY | PLACES_OF_BODY
    titles = [one.title for one in heard.context.vocabulary.services if one.id in wished.ids]
    said = {lemma(heard.word(place)) for place in (*wished.places, *told.places)}
    return all(title & parts and not title & parts & said for title in titles)


def _without_bare_parts(heard: Heard, found: Sequence[_Mention]) -> list[_Mention]:
    """The wishes without a part of the body that only says of what the one before it is: "пилинг лица"."""
    kept = list[_Mention]()
    for one in found:
        before = kept[-1] if kept else None
        is_behind = before is not None and one.first == max(before.places) + 1 and before.whom == one.whom
        if before is not None and is_behind and _is_of_body(heard, one) and not _are_of_parts(heard, before):
            before.hints += one.places
        else:
            kept.append(one)
    return kept


def _are_of_parts(heard: Heard, mention: _Mention) -> bool:
    """Whether the titles of all services of a wish tell a part of the body."""
    titles = [one.title for one in heard.context.vocabulary.services if one.id in mention.ids]
    return all(title & (BODY | PLACES_OF_BODY) for title in titles)


def _of_other_part(heard: Heard, mention: _Mention) -> int | None:
    """Where a part of the body stands behind a service that is done for others here: "массаж спины", of the face."""
    vocabulary, lemma = heard.context.vocabulary, heard.context.vocabulary.morphology.lemma
    titles = [one.title for one in vocabulary.services if one.id in mention.ids]
    behind = max(mention.places) + 1
    part = lemma(heard.word(behind))
    said = {lemma(heard.word(place)) for place in mention.places}
    is_genitive = heard.word(behind) != part and heard.word_class(behind) is WordClass.NOUN
    is_other = part in PLACES_OF_BODY | {"тело"} and is_genitive
    if not is_other or mention.whom or mention.is_left_out or said & (BODY | PLACES_OF_BODY):
        return None
    meant = vocabulary.service_words(heard.word(behind)) | {part}
    return behind if _are_of_parts(heard, mention) and not any(title & meant for title in titles) else None


def _says_only_of_what(heard: Heard, mention: _Mention) -> bool:
    """Whether a question names something that we have not, and the mention says only of what: "пересадку волос"."""
    place = mention.first - 1 - (heard.word(mention.first - 1) == "для")
    own, head = heard.context.vocabulary, heard.word(place)
    is_asked = heard.has("DOES") or heard.word(len(heard.tokens) - 1) == "?"
    is_thing = heard.word_class(place) in {WordClass.NOUN, WordClass.STRANGE} and len(head) > _LONGEST_PREPOSITION
    is_unknown = is_thing and not own.is_ours(head) and not own.service_words(head) and not own.is_remark(head)
    return is_asked and is_unknown and _is_of_body(heard, mention)


def _is_of_body(heard: Heard, mention: _Mention) -> bool:
    """Whether a mention is only of parts of the body: "ногти"; it may be a service, and it may be anything else."""
    if mention.whom:
        return False
    lemma = heard.context.vocabulary.morphology.lemma
    return all(lemma(heard.word(place)) in BODY | PLACES_OF_BODY for place in (*mention.places, *mention.hints))


def _is_saying_more(heard: Heard, mention: _Mention) -> bool:
    """Whether a sentence tells something of a part of the body: "руки из одного места"; in a list it stands alone."""
    beside = {heard.word(mention.first - 1), heard.word(mention.end)}
    own = heard.context.vocabulary
    return not beside & (_JOINTS | {"на", "для"}) and any(
        heard.word_class(place) in _TOLD_OF_BODY
        and place not in mention.places
        and not any(heard.word(place) in table for table in (own.names, own.families, own.given_names))
        and LEXICON.get(heard.word(place), {}).keys() <= _NO_TIME
        and not is_service_word(heard, place)
        for place in heard.sentence(mention.first)
    )


_NO_TIME = frozenset({"SLOT", "COUNTED"})
"""What words of the grammar of times are that may be anything: "из одного места"."""
_TOLD_OF_BODY = frozenset({WordClass.NOUN, WordClass.STATEMENT, WordClass.PAST, WordClass.STRANGE})


def _by_size(heard: Heard) -> Iterator[NamedService]:
    """The services that an age, "all of it" or a length tells where no other word does: "лучше 90 минут"."""
    vocabulary, candidates = heard.context.vocabulary, heard.context.candidates
    if candidates and (age := age_in(heard)) is not None:
        yield NamedService(ids=tuple(sorted(vocabulary.of_age(candidates, age))), spans=((0, len(heard.text)),))
    if candidates and heard.has("WHOLE") and (ids := vocabulary.composite(candidates)):
        yield NamedService(ids=ids, spans=tuple(heard.span(hit.first, hit.end) for hit in heard.of("WHOLE")))
    yield from _both(heard, candidates)
    if heard.size and (sized := vocabulary.of_size(candidates, heard.size)):
        yield NamedService(ids=tuple(sorted(sized)), spans=_spans_of(heard, heard.size.places))
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


def _of_order(heard: Heard, ids: frozenset[int]) -> frozenset[int]:
    """Of services those for a first visit, or for one more, where it is said which it is."""
    told = _AGAIN if heard.has("AGAIN") else _FIRST if heard.has("FIRST_TIME") else frozenset[str]()
    fitting = frozenset(
        one.id
        for one in heard.context.vocabulary.services
        if one.id in ids and (one.title & told or (told is _FIRST and one.is_first))
    )
    return fitting or ids


def _by_order(heard: Heard) -> Iterator[NamedService]:
    """The one service for a first visit, or for one more, where somebody to go to is said and no service is."""
    every = frozenset(one.id for one in heard.context.vocabulary.services)
    ids = _of_order(heard, every)
    names = heard.context.vocabulary.names
    is_to_somebody = any(token.text in names or token.text in _HEALING for token in heard.tokens)
    if is_to_somebody and len(ids) == 1 and ids != every:
        yield NamedService(ids=tuple(ids), spans=heard.spans("FIRST_TIME") or heard.spans("AGAIN"))


_HEALING = frozenset({"врачу", "доктору", "специалисту"})
_LONGEST_PREPOSITION = 3


def _spans_of(heard: Heard, places: Sequence[int]) -> tuple[Span, ...]:
    """The characters of some words; those that only a preposition parts are one piece."""
    pieces: list[tuple[int, int]] = []
    for place in places:
        is_near = pieces and all(len(heard.word(one)) <= _LONGEST_PREPOSITION for one in range(pieces[-1][1], place))
        if is_near:
            pieces[-1] = (pieces[-1][0], place + 1)
        else:
            pieces.append((place, place + 1))
    return tuple(heard.span(first, end) for first, end in pieces)


def _is_said_of(heard: Heard, place: int) -> bool:
    """Whether the word behind a service that there is not says more of it: "массаж головы"."""
    vocabulary, word = heard.context.vocabulary, heard.word(place)
    is_noun = heard.word_class(place) is WordClass.NOUN and vocabulary.morphology.lemma(word) != word
    return is_noun and not vocabulary.is_ours(word)


def is_service_word(heard: Heard, place: int) -> bool:
    """Whether a word names a service."""
    word = heard.word(place)
    return bool(heard.context.vocabulary.service_words(word)) and word not in heard.context.vocabulary.kin


def _of_clause(
    heard: Heard, places: Sequence[int], lines: Mapping[int, str], absent: Collection[int]
) -> list[_Mention]:
    vocabulary = heard.context.vocabulary
    skipped, off = heard.covered(_NO_SERVICE), _taking_off(heard)
    narrowing = _Narrowing(absent, _of_method(heard, [place for place in places if place not in absent]), lines)
    found: list[_Mention] = []
    hints: dict[int, frozenset[int]] = {}
    gone = heard.services_taken_back.union(heard.corrections)
    quotes = _sure_quotes(heard, gone, absent, lines)
    for place in places:
        if place in quotes:
            _take_quoted(heard, found, place, quotes[place], narrowing)
            continue
        meanings = frozenset() if place in gone else vocabulary.service_words(heard.word(place))
        is_counted = heard.word(place) in HANDS and place in heard.numbers_of_titles
        is_small = heard.word(place) in _ALL or is_counted or place in skipped or place in off
        is_sized = heard.size is not None and place in heard.size.places
        is_company = not lines and _is_company(heard, place)
        is_small = is_small or is_sized or is_company or _is_when(heard, place, meanings)
        if not meanings or is_small or heard.act(place) is SpeechAct.KEPT:
            continue
        if _is_hint(heard, place, meanings):
            hints[place] = vocabulary.fitting(meanings)
        else:
            _take(heard, found, place, meanings, narrowing)
    for mention in found:
        own = {place: ids for place, ids in hints.items() if lines.get(place, "") == mention.whom}
        mention.hints += own
        mention.ids = _of_order(heard, mention.ids)
        full = vocabulary.named_in_full(mention.ids, mention.said)
        is_for_children = bool(vocabulary.of_children(full))
        fitting = mention.ids if is_for_children else _for_whom(heard, mention.ids, mention.whom)
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


def _without_places(heard: Heard, mentions: Sequence[_Mention]) -> Sequence[_Mention]:
    """The wishes without those that only say where another is done: "колечко в носу поменять" pierces no nose."""
    where = [one for one in mentions if all(_is_where(heard, place) for place in one.places)]
    telling = [one for one in mentions if one not in where]
    kept = [one for one in mentions if one in telling or not telling]
    for one in where if telling else ():
        telling[0].hints += one.places
    return kept


def _is_where(heard: Heard, place: int) -> bool:
    """Whether a word says in which place of the body something is."""
    is_place = heard.context.vocabulary.morphology.lemma(heard.word(place)) in PLACES_OF_BODY
    return is_place and heard.word(place - 1) in {"в", "из"}


def _for_whom(heard: Heard, ids: frozenset[int], whom: str) -> frozenset[int]:
    """Of services those for the age that was said, or for children where a child is to be served alone.

    Where each person has services of their own, a grown-up has none for children.
    """
    vocabulary, age = heard.context.vocabulary, age_in(heard)
    if not whom and any(_is_company(heard, place) for place in range(len(heard.tokens))):
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
    is_child = is_child and any(_is_kin(heard, place) and not _is_beside(heard, place) for place in kin)
    is_alone = is_child and not any(token.text in _SELF - {"мы", "нас", "нам"} for token in heard.tokens)
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


def _absent(heard: Heard) -> set[int]:
    """The places of words for what is to be left out, also of two words for one thing: "без гель-лака"."""
    own, found = heard.context.vocabulary, set[int]()
    for place in range(1, len(heard.tokens)):
        behind = place - 1 - (heard.word(place - 1) == "-")
        is_more = behind in found and own.are_of(
            own.service_words(heard.word(place)), own.service_words(heard.word(behind))
        )
        is_glued = behind in found and behind < place - 1
        if is_more or is_glued or heard.word(place - 1) == "без":
            found.add(place)
    return found


def _take(heard: Heard, found: list[_Mention], place: int, meanings: frozenset[str], narrowing: _Narrowing) -> None:
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
            found.append(_Mention(without, place, place + 1, [meanings], [place], is_left_out=True))
        return
    if not ids:
        return
    if last is None or not last.takes(ids, whom) or _is_second(heard, last, place, ids):
        last = _Mention(ids, place, place + 1, whom=whom)
        found.append(last)
    last.ids, last.end = last.ids & ids, place + 1
    last.said.append(frozenset(f"-{one}" for one in meanings) if is_absent else meanings)
    last.places.append(place)


def _take_quoted(heard: Heard, found: list[_Mention], place: int, quote: Quote, narrowing: _Narrowing) -> None:
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
        last = _Mention(ids, place, place + 1, whom=whom)
        found.append(last)
    last.ids, last.end = last.ids & ids, place + 1
    last.said.append(meanings)
    last.places.append(place)


def _leave_out(last: _Mention, place: int, plain: frozenset[int], without: frozenset[int]) -> None:
    """Leaves of a wish what has none of a thing, and adds nothing; where all have it, that is to be said."""
    if last.is_left_out:
        last.places.append(place)
        return
    left = last.ids & plain or last.ids - without
    last.ids, last.lacking = left or last.ids, None if left else place
    last.hints.append(place)


def _with_what_is_absent(heard: Heard, found: Sequence[_Mention], absent: Collection[int]) -> list[_Mention]:
    """The wishes, one that says only what is to be left out made a correction of the one before it.

    "Педикюр с шеллаком, нет, без шеллака" is a pedicure.
    """
    vocabulary, kept = heard.context.vocabulary, list[_Mention]()
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


def _is_second(heard: Heard, last: _Mention, place: int, ids: frozenset[int]) -> bool:
    """Whether "и" parts two wishes though one title has both words: "перманент и коррекцию", no correction of it."""
    whole = heard.context.vocabulary.fitting(heard.context.vocabulary.service_words(heard.word(place)))
    is_coating = heard.context.vocabulary.service_words(heard.word(place)) <= COATINGS
    is_joint = heard.word(place - 1) in _JOINTS and last.places[-1] == place - 2 and not is_coating
    if not is_joint or not (last.ids - whole) or heard.context.vocabulary.is_composite(last.ids & ids):
        return False
    last.ids -= whole
    return True


def _joined(mentions: Sequence[_Mention]) -> list[_Mention]:
    """Wishes that say more of the one before them are one with it, but for what the next one says more of."""
    joined: list[_Mention] = []
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


def _without_parts(heard: Heard, mentions: Sequence[_Mention]) -> list[_Mention]:
    """The wishes without what only says of which parts one is made: "папа с сыном на стрижку" is one service."""
    whole = {one for mention in mentions if len(mention.ids) == 1 for one in mention.ids}
    parts = heard.context.vocabulary.parts_of(whole)
    kept = [one for one in mentions if one.ids & whole or not one.ids & parts]
    for one in kept:
        dropped = [other for other in mentions if other not in kept]
        one.hints += [place for other in dropped for place in (*other.places, *other.hints)]
    return kept


def _of_one_kind(heard: Heard, mentions: Sequence[_Mention]) -> Sequence[_Mention]:
    """Wishes of one burst are of one kind where their words leave that open: "наращивание, старые снять"."""
    vocabulary = heard.context.vocabulary
    meant = [vocabulary.best(one.ids, one.said) for one in mentions]
    sure = {ids[0] for ids in meant if len(ids) == 1}
    for mention, ids in zip(mentions, meant, strict=True):
        if len(ids) > 1 and not mention.is_left_out:
            mention.ids = mention.ids & vocabulary.of_category(sure) or mention.ids
    return mentions


def _meant(heard: Heard, mention: _Mention, *, is_only: bool) -> tuple[int, ...]:
    vocabulary, candidates = heard.context.vocabulary, frozenset(heard.context.candidates)
    ids = mention.ids & candidates or mention.ids
    ids = _for_whom(heard, _of_order(heard, ids), mention.whom)
    ids = vocabulary.of_number(ids, {number_of(heard.word(place)) for place in heard.numbers_of_titles})
    ids = _as_quoted(heard, mention, ids)
    ids = vocabulary.of_size(ids, heard.size) if heard.size else ids
    whole = vocabulary.composite(ids) if is_only and _is_whole(heard) else ()
    return whole or vocabulary.best(ids, mention.said)


def _as_quoted(heard: Heard, mention: _Mention, ids: frozenset[int]) -> frozenset[int]:
    """Of services the one whose title is all that is said."""
    said = {*mention.places, *mention.hints}
    whole = [one.services & ids for one in heard.quotes if said <= {*one.places}]
    return next(filter(None, whole), ids)


def _is_whole(heard: Heard) -> bool:
    """Whether all of it is wished for, by a word that is no title's own."""
    is_of_many = heard.has("GUEST") or bool({*_persons(heard).values()})
    return any(
        not is_service_word(heard, hit.first)
        and not (heard.word(hit.first) in _BOTH and (is_of_many or not _is_of_two(heard, hit.end)))
        for hit in heard.of("WHOLE")
    )


def _is_of_two(heard: Heard, end: int) -> bool:
    """Whether a "both" that ends there may be of things: we offered some, or it is said of what comes next."""
    return bool(heard.context.candidates) or is_service_word(heard, end)


def age_in(heard: Heard) -> int | None:
    """The age of the one who is to be served, where one was said: "сыну 5 лет", "ему 11"."""
    found = set()
    for place, token in enumerate(heard.tokens):
        is_number = token.text.isdecimal() and len(token.text) < len("100")
        if is_number and (heard.word(place + 1) in _YEARS or heard.word(place - 1) in _WHOSE_AGE):
            found.add(int(token.text))
        elif token.text in _ONE_YEAR and not heard.word(place - 1).isdecimal():
            found.add(1)
    is_person = any(token.text in heard.context.vocabulary.kin or token.text in _WHOSE_AGE for token in heard.tokens)
    return found.pop() if len(found) == 1 and (is_person or heard.context.candidates) else None


_WHOSE_AGE = frozenset({"ему", "ей", "мне"})
_ONE_YEAR = frozenset({"годик", "годовалому", "годовалый"})


def _is_added(heard: Heard, mention: _Mention) -> bool:
    """Whether a service is wanted on top of what was spoken of: "и педикюр тоже", "ещё брови"."""
    before = {heard.word(mention.first - back) for back in (1, 2, 3)}
    is_led = heard.word(mention.first - 1) == "и"
    begins = is_led and (mention.first == 1 or heard.word(mention.first - 2) in {",", "да", "."})
    after = {heard.word(mention.end), heard.word(mention.end + 1)}
    return begins or bool(before & _ADDING) or bool(after & _TOO)


def _is_for_another(heard: Heard, mention: _Mention) -> bool:
    """Whether a service is for somebody else than the one for whom a visit is proposed."""
    return heard.context.offers is not None and mention.whom not in {"", SELF}


def _is_taken_off(heard: Heard, mention: _Mention) -> bool:
    """Whether a verb of the clause takes a service away, or refuses it: "педикюр уберите", "педикюр не буду"."""
    own = {heard.clauses[place] for place in mention.places}
    return any(
        heard.clauses[place] in own
        and (token.text in _TAKING_OFF or (token.text in _REFUSED and heard.word(place - 1) == "не"))
        for place, token in enumerate(heard.tokens)
    )


_TAKING_OFF = frozenset(
    {"уберите", "убрать", "убери", "уберем", "убираем", "вычеркните", "вычеркнуть", "откажусь", "отказываюсь"}
)
_REFUSED = frozenset({"буду", "будем", "надо", "нужно", "нужен", "нужна", "хочу"})
_ONLY = frozenset({"только", "лишь"})


def _is_excluded(heard: Heard, place: int) -> bool:
    wished = heard.word(place - 2) in _WISHED
    for back in (1, 2, 3)[: 3 if wished else 2]:
        if heard.word(place - back) in _NOT:
            return True
        if is_service_word(heard, place - back):
            return False  # "вместо маникюра педикюр"
    return False


def _is_left_out(heard: Heard, mention: _Mention, mentions: Sequence[_Mention]) -> bool:
    """Whether it is said of a service, beside what is wished, that it is not to be: "стрижку, усы не трогать"."""
    is_beside = len(mentions) > 1 or (heard.context.asked is not None and heard.context.asked is not Asked.SERVICE)
    own = {heard.clauses[place] for place in mention.places}
    others = {heard.clauses[place] for one in mentions if one is not mention for place in one.places}
    return is_beside and any(clause in own - others for clause in left_out_clauses(heard))


def left_out_clauses(heard: Heard) -> set[int]:
    """The clauses that say what is not to be done: "усы не трогать", "бороду оставьте", "укладку не надо"."""
    found = set()
    for place, token in enumerate(heard.tokens):
        is_denied = heard.word(place - 1) == "не" and token.text in _TOUCHED | _NEEDED and place > 1
        if is_denied or token.text in _LEFT:
            found.add(heard.clauses[place])
    return found


_TOUCHED = frozenset({"трогать", "трогайте", "трогай", "трогаем", "делать", "делайте", "делаем", "брить", "стричь"})
_NEEDED = frozenset({"надо", "нужно", "нужна", "нужны", "нужен"})
_LEFT = frozenset({"оставьте", "оставить", "оставляем", "оставим", "оставляйте", "оставь", "отращиваю"})


def staff_in(heard: Heard) -> Iterator[NamedStaff]:
    """The masters who are named, any, another, or one whom nobody here is called like."""
    for hit in heard.of("STAFF_ANY"):
        yield NamedStaff(is_any=True, spans=(heard.span(hit.first, hit.end),))
    for hit in heard.of("STAFF_OTHER"):
        yield NamedStaff(is_other=True, spans=(heard.span(hit.first, hit.end),))
    own = heard.context.vocabulary
    own_names = {place for name in names_in(heard) for place in _places(heard, name)}
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
    lines = _staff_lines(heard)
    whom = {heard.tokens[place].start: who for place, who in lines.items()}
    for named in wished if any(not one.is_excluded for one in wished) else [named for _, named in found]:
        yield replace(named, whom=whom.get(named.spans[0][0], ""))


def _staff_lines(heard: Heard) -> Mapping[int, str]:
    """For whom each master is, where several persons are to go to masters of their own."""
    persons = _persons(heard)
    names = [place for place in range(len(heard.tokens)) if heard.word(place) in heard.context.vocabulary.names]
    return whose(persons, names) if len(names) > 1 else {}


def _places(heard: Heard, name: Name) -> Iterator[int]:
    for place, token in enumerate(heard.tokens):
        if any(start <= token.start < end for start, end in name.spans):
            yield place


def _staff_at(heard: Heard, place: int) -> Iterator[NamedStaff]:
    word, before = heard.word(place), heard.word(place - 1)
    vocabulary = heard.context.vocabulary
    spans = (heard.span(place, place + 1),)
    ids = vocabulary.names.get(word, ()) or _of_family(heard, place) or _misspelt(heard, place)
    ids = ids or (vocabulary.endeared(word) if _may_be_endeared(heard, place) else ())
    if not ids and before in _TO and word in vocabulary.roles:
        yield NamedStaff(ids=vocabulary.roles[word], is_excluded=_is_excluded(heard, place), spans=spans)
        return
    is_subject = heard.has("ASK_WORKS") or not _is_addressed(heard, place)
    if ids and _is_a_name(heard, place) and is_subject:
        with_family = tuple(one for one in ids if one in vocabulary.families.get(heard.word(place + 1), ()))
        spans = (heard.span(place, place + 1 + bool(with_family)),)
        yield NamedStaff(ids=with_family or ids, is_excluded=_is_excluded(heard, place), spans=spans)
    elif (
        not ids
        and not vocabulary.is_ours(word)
        and (before in _TO | {"мастер", "мастеру"} or _is_asked_about(heard, place))
        and (_given_name(heard, place) or _is_strange_name(heard, place))
    ):
        yield NamedStaff(unknown=heard.written(place, place + 1), is_excluded=_is_excluded(heard, place), spans=spans)


def _misspelt(heard: Heard, place: int) -> tuple[int, ...]:
    """The master whose name a word behind a preposition is a slip of; a name of its own is none."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    is_named = heard.word(place - 1) in _TO and len(word) > _SHORTEST_SLIP and _RUSSIAN.fullmatch(word)
    if not is_named or word in vocabulary.given_names or vocabulary.is_ours(word):
        return ()
    near = {vocabulary.names[one] for one in vocabulary.morphology.closest(word, vocabulary.names)}
    return near.pop() if len(near) == 1 else ()


def _may_be_endeared(heard: Heard, place: int) -> bool:
    """Whether a word that no dictionary has may be a name: behind a preposition, or with a capital."""
    word = heard.word(place)
    is_strange = bool(_RUSSIAN.fullmatch(word)) and not heard.context.vocabulary.is_ours(word)
    is_named = heard.word(place - 1) in _BEFORE_MASTER or heard.is_capital(place)
    return is_strange and is_named and word not in heard.context.vocabulary.given_names and len(word) > _SHORTEST_SLIP


def _is_asked_about(heard: Heard, place: int) -> bool:
    """Whether it is asked if somebody of a name works here."""
    return heard.has("ASK_WORKS") and heard.is_capital(place) and not _is_addressed(heard, place)


def _is_strange_name(heard: Heard, place: int) -> bool:
    """Whether a word behind "к" is a name that no dictionary has: written with a capital, and no word else."""
    word = heard.word(place)
    is_word = bool(_RUSSIAN.fullmatch(word)) and heard.word(place - 1) in {"к", "ко"}
    return is_word and heard.is_capital(place) and not heard.context.vocabulary.morphology.knows(word)


def _of_family(heard: Heard, place: int) -> tuple[int, ...]:
    """The masters of a family name that no given name stands before."""
    ids = heard.context.vocabulary.families.get(heard.word(place), ())
    return () if heard.context.vocabulary.names.get(heard.word(place - 1)) else ids


def _is_a_name(heard: Heard, place: int) -> bool:
    if heard.word(place) not in _WORDS_TOO or heard.context.asked is Asked.STAFF:
        return True
    return heard.is_capital(place) or heard.word(place - 1) in _BEFORE_MASTER


def _is_addressed(heard: Heard, place: int) -> bool:
    """Whether a greeting goes to that name."""
    greeted = heard.covered({"GREET"})
    is_behind = place - 1 in greeted or (heard.word(place - 1) == "," and place - 2 in greeted)
    is_before = heard.word(place + 1) == "," and (place + 2 in greeted) and place == 0
    return is_behind or is_before


def _given_name(heard: Heard, place: int) -> str:
    vocabulary, word = heard.context.vocabulary, heard.word(place)
    if not _RUSSIAN.fullmatch(word):
        return ""
    return vocabulary.given_names.get(word) or vocabulary.morphology.given_name(word)


def names_in(heard: Heard) -> list[Name]:
    """What the client says they are called; at most one name."""
    for hit in heard.of("NAME"):
        place = hit.end
        is_strange = heard.word(place).isalpha() and heard.is_capital(place) if place < len(heard.tokens) else False
        is_sure = heard.word(hit.first) in {"меня", "зовут", "мое", "имя", "на"} and is_strange
        if (
            place < len(heard.tokens)
            and (_given_name(heard, place) or is_sure)
            and not _is_of_another(heard, hit.end)
        ):
            return [_name_at(heard, place)]
        before = _named_before(heard, hit)
        if before is not None:
            return [_name_at(heard, before)]
    if heard.context.asked is Asked.NAME:
        return _answered_name(heard) or _signed(heard)
    if heard.context.asked in {Asked.TIME, Asked.DAY}:
        return _signed(heard) or ([] if heard.context.called else _beside_time(heard))
    is_of_wish = heard.context.asked in {None, Asked.SERVICE} and bool(heard.whens) and not heard.context.called
    return _signed(heard) if is_of_wish else []


def _named_before(heard: Heard, hit: Hit) -> int | None:
    """Where a name begins that stands before its words: "Марина меня зовут", "Ольга Викторовна я"."""
    is_over = hit.end == len(heard.tokens) or heard.word(hit.end) in BREAKS
    first = hit.first - 1 - _is_patronymic(heard, hit.first - 1)
    is_own = is_over and heard.word(hit.first) in {"меня", "я", "зовут"}
    is_name = is_own and _is_nominative(heard, first) and not _is_of_another(heard, first)
    return first if is_name else None


def _is_nominative(heard: Heard, place: int) -> bool:
    """Whether a word is a given name as somebody says it of themselves."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    is_name = bool(word) and bool(_given_name(heard, place)) and word not in _WORDS_TOO
    return is_name and word in {vocabulary.morphology.given_name(word), vocabulary.morphology.lemma(word)}


def _signed(heard: Heard) -> list[Name]:
    """A name in a clause of its own behind a choice of time: "then at twelve. Marina", "on Friday, Olga Petrova"."""
    last = len(heard.tokens) - 1
    first = next((at for at in range(last, 0, -1) if heard.word(at - 1) in {".", "!", "\n", ","}), 0)
    is_given = first > 0 and (_given_name(heard, first) if heard.is_capital(first) else _is_nominative(heard, first))
    is_whole = all(_is_patronymic(heard, at) or _may_be_family(heard, at) for at in range(first + 1, last + 1))
    is_name = (
        is_given
        and is_whole
        and not _is_addressed(heard, first)
        and heard.word(first) not in heard.context.vocabulary.names
    )
    return [_name_at(heard, first)] if is_name else []


def _beside_time(heard: Heard) -> list[Name]:
    """A name beside a choice of time, or alone: "Света", "Света, на 10", "Олю на 15"; no order is given to it."""
    neutral = heard.covered({"GREET", "THANK", "TRIFLE"})
    said = [place for place, token in enumerate(heard.tokens) if token.text.isalpha() and place not in neutral]
    if not said or any(heard.word_class(place) is WordClass.ORDER for place in said):
        return []
    first = said[0]
    is_ours = heard.word(first) in heard.context.vocabulary.names or heard.word(first - 1) in _BEFORE_MASTER
    is_apart = len(said) == 1 or heard.word(first + 1) == ","
    is_own = heard.is_capital(first) and _given_name(heard, first) and not _nominative(heard, first)
    is_name = is_apart and (is_own or _is_nominative(heard, first))
    is_name = is_name or (bool(heard.whens) and bool(_nominative(heard, first)))
    return [_name_at(heard, first)] if is_name and not is_ours else []


def _is_of_another(heard: Heard, place: int) -> bool:
    """Whether a name is somebody else's: "это к Анне", "подругу зовут Катя"."""
    before = (heard.word(place - 2), heard.word(place - 3))
    if before[0] in _OF_OTHERS:
        return True
    return heard.word(place) in _TO or any(word in heard.context.vocabulary.kin for word in before if word)


def _answered_name(heard: Heard) -> list[Name]:
    """The name that an answer to "what is your name" tells, beside a yes, a feeling and words that lead to it."""
    neutral = heard.covered({"GREET", "THANK", "TRIFLE", "NAME", "YES", "SOFT", "COMING"}) | feelings_in(heard)
    places = [
        place
        for place, token in enumerate(heard.tokens)
        if place not in neutral and token.text.isalpha() and token.text not in _BEFORE_OWN_NAME
    ]
    if not places or heard.word(places[0] - 1) in _TO:
        return []
    first = places[0]
    if is_service_word(heard, first) and not heard.is_capital(first):
        return []
    if _given_name(heard, first) and (
        heard.is_capital(first) or heard.word(first) not in _WORDS_TOO or len(places) == 1
    ):
        return [_name_at(heard, first)]
    clause = [place for place in places if heard.clauses[place] == heard.clauses[first]]
    is_unknown = not heard.context.vocabulary.is_ours(heard.word(first))
    if (
        len(clause) <= len(("given", "family"))
        and is_unknown
        and heard.is_capital(first)
        and len(places) == len(clause)
    ):
        family_first = len(clause) == 2 and _given_name(heard, clause[1])  # noqa: PLR2004
        return [_name_at(heard, clause[1], family=clause[0])] if family_first else [_name_at(heard, first)]
    return []


_BEFORE_OWN_NAME = frozenset({"и", "а", "на", "это", "просто", "можно", "как", "будет", "пусть"})
"""Words that lead to a name."""


def _name_at(heard: Heard, place: int, family: int | None = None) -> Name:
    given, behind = [place], place + 1
    if family is None:
        if _is_patronymic(heard, behind):
            given.append(behind)
            behind += 1
        is_family = behind < len(heard.tokens) and _may_be_family(heard, behind)
        family = behind if is_family and not heard.context.vocabulary.is_ours(heard.word(behind)) else None
    spans = [heard.span(one, one + 1) for one in (*given, family) if one is not None]
    written = _called(heard, family).capitalize() if family is not None else ""
    called = " ".join(_called(heard, one).capitalize() for one in given)
    return Name(given=called, family=written, spans=tuple(sorted(spans)))


def _is_patronymic(heard: Heard, place: int) -> bool:
    """Whether a word behind a given name is whose child somebody is: "Тамара Ивановна"."""
    return heard.context.vocabulary.morphology.lemma(heard.word(place)).endswith(_OF_FATHERS)


_OF_FATHERS = ("овна", "евна", "инична", "ична", "ович", "евич", "ильич")


def _may_be_family(heard: Heard, place: int) -> bool:
    word = heard.word(place)
    is_name = heard.context.vocabulary.morphology.is_personal_name(word) and not _given_name(heard, place)
    return word.isalpha() and (heard.is_capital(place) or (is_name and heard.context.asked is Asked.NAME))


def _called(heard: Heard, place: int) -> str:
    """A name as it is written, or its nominative where it is whom somebody is put down as: "запишите Марину"."""
    return _nominative(heard, place) or heard.written(place, place + 1)


def _nominative(heard: Heard, place: int) -> str:
    """What somebody is called whose name stands in another case; empty where it is the nominative, or no name."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    is_object = heard.word(place - 1) in _PUTTING_DOWN or heard.word(place + 1) in _PUTTING_DOWN
    for ending, own in _ACCUSATIVE.items():
        woman = word.removesuffix(ending) + own
        is_known = woman in vocabulary.given_names or woman.endswith(_OF_FATHERS)
        if word.endswith(ending) and (is_known or (is_object and vocabulary.morphology.is_personal_name(word))):
            return woman
    return vocabulary.morphology.given_name(word) if is_object else ""


_ACCUSATIVE = {"у": "а", "ю": "я"}
"""Endings of women's names, and those of their nominatives."""
_PUTTING_DOWN = frozenset({"на", "запишите", "записывайте", "запиши", "пишите", "пиши", "записать"})


def guests_in(heard: Heard) -> Iterator[Guest]:
    """Those who are to come beside the client or instead of them."""
    titled = _kin_of_titles(heard)
    counts = {int(hit.value) for hit in heard.of("GUEST")} if not titled else set()
    count = max(counts, default=None)
    found = [place for place in range(len(heard.tokens)) if place not in titled and _is_kin(heard, place)]
    if heard.context.asked in {Asked.NAME, Asked.GUEST_NAME}:
        yield from _named_guests(heard)
    lines = {*_service_lines(heard).values()} | {*_staff_lines(heard).values()}
    for place in found:
        who = heard.context.vocabulary.kin[heard.word(place)]
        is_child = who in CHILDREN and not _is_adult(heard)
        yield Guest(
            who=who,
            count=count,
            is_child=is_child,
            is_beside=_is_beside(heard, place) or SELF in lines,
            spans=(heard.span(place, place + 1),),
        )
    if SOMEBODY in lines:
        yield Guest(count=2, spans=())
    if not found and heard.context.asked not in {Asked.NAME, Asked.GUEST_NAME}:
        yield from _in_a_few_words(heard) or _served_by_name(heard)
    if heard.has("ASK_MY_VISITS", "WANT_CANCEL", "WANT_MOVE") and not found:
        yield from _of_another_person(heard)
    if count and not found:
        yield Guest(count=count, spans=tuple(heard.span(hit.first, hit.end) for hit in heard.of("GUEST")))


def _kin_of_titles(heard: Heard) -> set[int]:
    """The words for kin by which a service is called: "Папа + сын" is a title, and no two guests."""
    vocabulary = heard.context.vocabulary
    kin = {
        place: vocabulary.morphology.lemma(token.text)
        for place, token in enumerate(heard.tokens)
        if token.text in vocabulary.kin
    }
    titles = [one.title for one in vocabulary.services if len(one.title) > 1]
    return set(kin) if len(kin) > 1 and any(title <= set(kin.values()) for title in titles) else set()


def _served_by_name(heard: Heard) -> Iterator[Guest]:
    """Who is named as the one to be served: "Камиля подстричь", "запишите Свету"."""
    vocabulary = heard.context.vocabulary
    for place, token in enumerate(heard.tokens):
        name = _given_name(heard, place)
        is_object = bool(name) and name != token.text and token.text not in vocabulary.names
        if not is_object or heard.word(place - 1) in _BEFORE_MASTER or not heard.is_capital(place):
            continue
        is_served = any(
            heard.word_class(one) in _REQUESTS
            and (_is_wished(heard, [one]) or (is_service_word(heard, one) and abs(one - place) == 1))
            for one in heard.sentence(place)
        )
        if is_served:
            yield Guest(
                name=(_nominative(heard, place) or name).capitalize(),
                spans=(heard.span(place, place + 1),),
            )
            return


def _in_a_few_words(heard: Heard) -> list[Guest]:
    """Somebody of a name for whom the same is asked: "а Лене на то же время?"."""
    first = 1 if heard.word(0) in {"а", "и", "теперь", "еще"} else 0
    word, own = heard.word(first), heard.context.vocabulary
    name = _given_name(heard, first) if first < len(heard.tokens) else ""
    is_led = first > 0 and heard.context.asked is None and bool(name) and heard.is_capital(first)
    is_other = own.morphology.given_name(word) != word and word not in own.names
    is_bare = all(heard.word_class(at) not in _VERBS for at in range(len(heard.tokens)))
    if not (is_led and is_other and is_bare) or word in own.given_names.values():
        return []
    called = own.morphology.given_name(word) or name
    return [Guest(name=called.capitalize(), spans=(heard.span(first, first + 1),))]


def _of_another_person(heard: Heard) -> Iterator[Guest]:
    """Somebody of a name whose visit is asked about, where nothing is said of the client's own."""
    if _is_of_oneself(heard):
        return
    own = {place for name in names_in(heard) for place in _places(heard, name)}
    for place in range(len(heard.tokens)):
        if (
            _may_be_a_name(heard, place)
            and place not in own
            and heard.word(place) not in heard.context.vocabulary.names
            and heard.word(place - 1) not in _BEFORE_MASTER
            and not (_is_addressed(heard, place) and heard.word(place + 1) in BREAKS)
        ):
            yield Guest(name=heard.written(place, place + 1).capitalize(), spans=(heard.span(place, place + 1),))
            return


def _is_of_oneself(heard: Heard) -> bool:
    """Whether it is the client whose visit is spoken of: "я записана", "мою запись", and no "моя сестра"."""
    spoken = {heard.sentences[hit.first] for hit in heard.of("ASK_MY_VISITS", "WANT_CANCEL", "WANT_MOVE")}
    return any(
        token.text in _OF_ONESELF
        and heard.sentences[place] in spoken
        and not (token.text in OWN and _is_person(heard, place + 1))
        for place, token in enumerate(heard.tokens)
    )


def _is_person(heard: Heard, place: int) -> bool:
    return heard.word(place) in heard.context.vocabulary.kin or _may_be_a_name(heard, place)


def _is_beside(heard: Heard, place: int) -> bool:
    """Whether somebody comes with the client, or on top."""
    return _comes_along(heard, place) or _is_on_top(heard, place)


def _comes_along(heard: Heard, place: int) -> bool:
    """Whether somebody comes with the client: "мы с подругой", "меня, мужа и сына", "мужа и меня"."""
    before, at = heard.word(place - 1), place - 2
    if heard.word(place + 1) in {"и", "со"} and heard.word(place + 2) in _SELF | {"мной"}:
        return True
    if before not in {"и", ","}:
        return before in _WITH
    is_joined = heard.word(at) in heard.context.vocabulary.kin and _comes_along(heard, at)
    return is_joined or heard.word(at) in _SELF


def _is_company(heard: Heard, place: int) -> bool:
    """Whether a word is somebody who is served with others: it says nothing of what those have."""
    kin = heard.context.vocabulary.kin
    if heard.word(place) not in kin:
        return False
    beside = [place + 2 * way for way in (-1, 1) if heard.word(place + way) in {"и", ","}]
    is_in_row = any(kin.get(heard.word(one), kin[heard.word(place)]) != kin[heard.word(place)] for one in beside)
    return (is_in_row or _comes_along(heard, place)) and _is_kin(heard, place)


def _is_on_top(heard: Heard, place: int) -> bool:
    """Whether somebody is to come on top of the one for whom a visit is proposed: "да, и маму тоже"."""
    if heard.context.offers is not VisitOperation.BOOK or heard.context.offered_for:
        return False
    lead = place - 1 - (heard.word(place - 1) in OWN)
    behind = {heard.word(at) for at in range(place + 1, place + 4)}
    is_asked = heard.word(lead) == "а" and lead == 0
    return is_asked or heard.word(lead) in _JOINTS | _ADDING or bool(behind & _TOO)


def _may_be_a_name(heard: Heard, place: int) -> bool:
    """Whether a word with a capital letter is a given name, or one that no dictionary has."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    if not _RUSSIAN.fullmatch(word) or heard.written(place, place + 1).islower():
        return False
    return word in vocabulary.given_names or not vocabulary.knows(word)


def _is_kin(heard: Heard, place: int) -> bool:
    word = heard.word(place)
    if word not in heard.context.vocabulary.kin:
        return False
    if heard.context.vocabulary.kin[word] in _MAY_BE_ADDRESSED and heard.word(place - 1) not in _FOR:
        return False
    is_beside_service = is_service_word(heard, place - 1) or is_service_word(heard, place + 1)
    if word in _ABBREVIATIONS and is_beside_service:
        return False
    return _is_to_come(heard, place) or _is_of_their_visit(heard, place)


def _is_of_their_visit(heard: Heard, place: int) -> bool:
    """Whether the visit that is spoken of is somebody's: "запись мужа", "сын не придёт", "маму перенесите".

    A relative in a reason ("свадьба у брата", "муж заболел", "уезжаю к маме") has none.
    """
    if heard.has("ASK_MY_VISITS", "ASK_THEIR_VISITS"):
        return True
    spoken = {heard.sentences[hit.first] for hit in heard.of("WANT_CANCEL", "WANT_MOVE")}
    sentence = heard.sentence(place)
    before = heard.word(place - 1 - (heard.word(place - 1) in OWN))
    if heard.sentences[place] not in spoken or heard.sentences[place] in heard.reasons or before in _OF_REASONS:
        return False
    word = heard.word(place)
    is_subject = heard.context.vocabulary.morphology.lemma(word) == word
    told = [heard.word(one) for one in sentence if heard.word_class(one) in {WordClass.STATEMENT, WordClass.PAST}]
    return not is_subject or any(verb in _COMES for verb in told)


def _is_to_come(heard: Heard, place: int) -> bool:
    """Whether grammar says of somebody that they are to be served: "для дочки", "мужу", "сын хочет".

    Who does something else ("муж забирает"), or is asked or was somewhere, is no guest.
    """
    sentence = heard.sentence(place)
    if heard.is_told(place) and heard.act(place) is not SpeechAct.AILMENT:
        return heard.act(place) in TELLING and _is_meant_later(heard, place)
    before = heard.word(place - 1 - (heard.word(place - 1) in OWN))
    if before in _WITH and any(token.text in _ACCOMPANYING for token in heard.tokens):
        return False
    if before in _FOR_WHOM or _is_joined_to_guest(heard, place):
        return True
    is_wish = _says_a_wish(heard, sentence)
    if before in _OF_WHOM or any(heard.word_class(one) is WordClass.PAST for one in sentence):
        return is_wish and _is_wished(heard, sentence)
    is_subject = heard.context.vocabulary.morphology.lemma(heard.word(place)) == heard.word(place)
    if is_subject:
        told = [heard.word(one) for one in sentence if heard.word_class(one) is WordClass.STATEMENT]
        is_of_visit = heard.has("WANT_CANCEL", "WANT_MOVE") and not _says_a_wish(heard, sentence)
        return all(verb in _COMES for verb in told) and bool(told or not is_of_visit)
    verbs = [one for one in sentence if heard.word_class(one) in _VERBS]
    return is_wish or all(heard.word(one) in _CALLED for one in verbs)


def _is_meant_later(heard: Heard, place: int) -> bool:
    """Whether who was told of is to be served: "муж был у вас, хочет ещё", "сын занят, его в среду"."""
    if heard.context.vocabulary.morphology.lemma(heard.word(place)) != heard.word(place):
        return False
    wishes = [one for one in range(place, len(heard.tokens)) if not heard.is_told(one)]
    own = {heard.sentences[one] for one in wishes if heard.word(one) in _SELF}
    return any(
        heard.word(one) in _THEIRS or (heard.word(one) in _WISHES_OF_OTHERS and heard.sentences[one] not in own)
        for one in wishes
    )


_THEIRS = frozenset({"его", "ему", "ей", "ее", "им"})
_WISHES_OF_OTHERS = frozenset({"хочет", "хотят", "просит", "просится", "желает", "собирается", "придет"})


def _is_joined_to_guest(heard: Heard, place: int) -> bool:
    """Whether somebody is named beside one who is to be served: "для мужа и сына"."""
    is_second = heard.word(place - 1) in {"и", ","} and heard.word(place - 2) in heard.context.vocabulary.kin
    return is_second and _is_to_come(heard, place - 2)


def _is_wished(heard: Heard, sentence: Sequence[int]) -> bool:
    """Whether a sentence has a word that wishes: "хотел бы", "запишите"."""
    return any(hit.first in sentence for hit in heard.of("WANT_BOOKING"))


def _says_a_wish(heard: Heard, sentence: Sequence[int]) -> bool:
    """Whether a sentence names a service, or a wish for one."""
    return _is_wished(heard, sentence) or any(is_service_word(heard, one) for one in sentence)


def _is_adult(heard: Heard) -> bool:
    ages = [
        int(token.text)
        for place, token in enumerate(heard.tokens)
        if token.text.isdecimal() and len(token.text) <= len("100") and heard.word(place + 1) in _YEARS
    ]
    return bool(ages) and min(ages) >= _ADULT


def _named_guests(heard: Heard) -> Iterator[Guest]:
    """The name of a guest; where the client's own was asked for too, the one behind it."""
    neutral = heard.covered({"GREET", "THANK", "TRIFLE", "YES"})
    places = [
        place
        for place in range(len(heard.tokens))
        if place not in neutral and _given_name(heard, place) and heard.word(place - 1) not in _TO
    ]
    own = {place for name in names_in(heard) for place in _places(heard, name)}
    for place in [place for place in places if place not in own][:1]:
        if own or heard.context.asked is Asked.GUEST_NAME:
            said = _name_at(heard, place)
            yield Guest(name=f"{said.given} {said.family}".rstrip(), spans=said.spans)
