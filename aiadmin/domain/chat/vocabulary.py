"""A salon's own words: its services and masters by everything that clients call them.

Built once for a salon and a version of its catalogue; reading then looks words up, and knows no grammar. A word of a
wish narrows the services that it may mean; what still fits several names several, and what fits none is unclear.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.lexicon import CORRECTABLE_WORDS, intents
from aiadmin.domain.chat.morphology import Morphology, WordClass
from aiadmin.domain.chat.normalising import by_sound
from aiadmin.domain.chat.sizes import Bounds, Size, bounds_of
from aiadmin.domain.chat.titles import Titles
from aiadmin.domain.chat.words.circumstances import BODY
from aiadmin.domain.chat.words.given_names import KIND_ENDINGS, SHORT_NAMES
from aiadmin.domain.chat.words.intents import CORRECTABLE_VERBS, KIN
from aiadmin.domain.chat.words.remarks import HARMLESS_WORDS, PLACES_OF_BODY
from aiadmin.domain.chat.words.trades import COATINGS, FALLBACKS, HEADS, METHODS, PUT_ON, REMOVALS, SYNONYMS, WEAK

_OLDEST, _GROWN_UP = 120, 18
_FOR_CHILDREN = frozenset({"детский", "ребенок", "дитя", "малыш"})
_AGES = re.compile(r"(\d{1,2}) ?(?:-|–|—|до) ?(\d{1,2}) ?(?:лет|год)")
_AGE_UNTIL = re.compile(r"до (\d{1,2})(?:-?т?и)? ?(?:лет|год)")
_AGE_FROM = re.compile(r"(?:от|с|старше) (\d{1,2}) ?(?:лет|год)|(\d{1,2})\+")
_DIMENSIONS = re.compile(r"([0-9]) ?[dд]\b")
MINUTES = frozenset({"минута", "минут", "минуты", "минуток", "мин"})
HOURS = frozenset({"час", "часа", "часов", "ч", "часик", "часика", "часиков", "часок"})
_ENDEARING = ("очка", "ечка", "уля", "юша", "уша")


def plain(text: str) -> str:
    """A text in lower case with е for ё, as all tables have it."""
    return _DIMENSIONS.sub(r"\1d", text.lower().replace("ё", "е"))


_NO_STEMS = intents().words - frozenset({"комплекс", "комплексом", "комплексно", "комплексная"})
"""Words that mean something else already."""
_TRADE_WORDS = frozenset(plain(SYNONYMS.replace(":", " ")).split())
_TITLE_WORD = re.compile(r"\w+")
_WORD = re.compile(r"[0-9]+d\b|[^\W\d_]+")
_JOINED = re.compile(r"[+&]|\bи\b", re.IGNORECASE)
"""What stands between the parts of a service in its title."""
_WITHOUT = "без"
_COMPLETE = 1.0
_SHORTEST_STEM, _SURE_STEM = 4, 6
"""Letters of a word that begins a title's word, and that two words of one root share."""
_MADE_OF_NOUNS = ("ный", "ной", "ский", "овый")
_SHORTEST_ROOT, _LONGEST_ENDING = 5, 4
"""Letters of a root that a verb shares with a noun, and of what the noun ends with behind it."""
_ADJECTIVE = ("ый", "ий", "ой")
"""How words end that say of what kind something is: oil for massages is no massage."""
_SHORTEST_CORRECTABLE = 5
_SHORTEST_KNOWN = 3
_SURE_LENGTH = 7
"""Shorter words of the dictionary are like too many others."""


@dataclass(frozen=True, kw_only=True)
class OfferedService:
    """A service of a catalogue, as far as its name matters.

    Attributes:
        parts: the services that a composite one is made of.
    """

    id: int
    title: str
    category: str = ""
    description: str = ""
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OfferedStaff:
    """A master, as far as the name matters.

    Attributes:
        position: what the salon says that they are.
    """

    id: int
    name: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A service as meanings: words by their dictionary form, those that stand behind "без" with a minus."""

    id: int
    title: frozenset[str]
    category: frozenset[str]
    description: frozenset[str]
    parts: frozenset[int]
    numbers: frozenset[str] = frozenset()
    """The numbers in its title: "солярий, 10 минут"."""
    is_removal: bool = False
    """Whether all that it does is to take something off."""
    ages: range | None = None
    """For which ages a title says that it is."""
    bounds: Bounds | None = None
    """For which sizes."""
    is_first: bool = False
    """Whether its title begins with that it is the first: "первая стрижка малыша"."""
    pieces: tuple[frozenset[str], ...] = ()
    """What it is made of, as the words of its parts' titles, or of its own between plus signs; empty: it is one."""

    def is_said_in_part(self, words: frozenset[str]) -> bool:
        """Whether words name some of what it is made of, not all of it, and not itself."""
        own = self.title.difference(*self.pieces)
        if not self.pieces or own & words or self.title <= words:
            return False
        telling = words - frozenset.intersection(*self.pieces)
        named = [bool(piece & telling) for piece in self.pieces]
        return any(named) and not all(named)


@dataclass(frozen=True)
class Vocabulary:
    """A salon's words.

    Attributes:
        services: the catalogue, indexed.
        meanings: word, in any form, to what it may stand for in titles.
        trade: words of the trades that this salon has no service for.
        names: word, in any form, to the masters who are called so.
        given_names: any form of a known given name to its nominative.
        families: further words of masters' names, to who has them.
        kin: word, in any form, to the word for the relative.
        topics: word, in any form, to the fact of the salon that it is about.
        quotes: the titles as they are quoted.
    """

    morphology: Morphology
    services: tuple[_Indexed, ...]
    meanings: Mapping[str, frozenset[str]]
    trade: frozenset[str]
    names: Mapping[str, tuple[int, ...]]
    given_names: Mapping[str, str]
    families: Mapping[str, tuple[int, ...]]
    kin: Mapping[str, str]
    topics: Mapping[str, str]
    quotes: Titles
    numbered: frozenset[tuple[str, str]] = frozenset()
    """Numbers in titles, each with the word behind it in any form."""
    roles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """What masters are, in any form, to those who are: колорист. What all are tells nothing, and is none."""
    titled: frozenset[str] = frozenset()
    """All words of titles, in any form."""
    topic_words: Mapping[str, str] = field(default_factory=dict)
    """The words of the topics of facts, by their dictionary forms."""
    methods: frozenset[str] = frozenset()
    """The words of titles that tell one way of doing something from another."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Nouns and verbs of the owner's answers, in any form, to the topics that they answer."""

    def knows(self, word: str) -> bool:
        """Whether a spelling is a word here: of the salon, of the dictionaries, or of the language."""
        return self.is_ours(word) or (len(word) >= _SHORTEST_KNOWN and self.morphology.knows(word))

    def is_ours(self, word: str) -> bool:
        """Whether a word is one that reading looks for."""
        return not word.isascii() and (
            word in intents().words
            or word in LEXICON
            or any(word in table for table in (self.meanings, self.trade, self.names, self.kin, self.topics))
        )

    def corrections(self, word: str) -> Sequence[str]:
        """The words of ours that a word which no dictionary has may be a slip of, the likeliest first.

        That is one that a phrase or the salon has, and of those one that leads to no write: a slip makes no wish
        where it may be none.
        """
        if len(word) < _SHORTEST_CORRECTABLE or not word.isalpha() or self.knows(word) or self._is_kind_name(word):
            return ()
        found = self.morphology.closest(word, self._correctable)
        spelt = [one for one in found if one in intents().words or self._is_of_salon(one)] or found
        return [one for one in spelt if one not in intents().wishes] or list(spelt)

    def _is_kind_name(self, word: str) -> bool:
        """Whether a word is what somebody else is called in kindness, "Мариночка", and no slip of a master's name."""
        roots = [word.removesuffix(ending) for ending in KIND_ENDINGS if word.endswith(ending)]
        names = {f"{root}{own}" for root in roots if len(root) >= _SHORTEST_KNOWN for own in "ая"}
        return bool(names & self.given_names.keys()) and not names & self.names.keys()

    def is_remark(self, word: str) -> bool:
        """Whether a word changes nothing of a wish, also one with a slip in it."""
        if word in self._remarks or self.morphology.lemma(word) in HARMLESS_WORDS:
            return True
        is_slip = len(word) >= _SHORTEST_CORRECTABLE and not self.morphology.knows(word)
        return is_slip and bool(self.morphology.closest(word, self._remarks))

    @cached_property
    def _remarks(self) -> Mapping[str, str]:
        return {form: word for word in sorted(HARMLESS_WORDS) for form in self.morphology.forms(word)}

    def endeared(self, word: str) -> tuple[int, ...]:
        """The masters whose name a word is in kindness: "Настюха", "Серёженька"; none where several names fit."""
        lemma = self.morphology.lemma(word)
        for ending in KIND_ENDINGS:
            root = lemma.removesuffix(ending)
            if root != lemma and len(root) >= _SHORTEST_KNOWN:
                found = {ids for name, ids in self.names.items() if name.startswith(root)}
                return found.pop() if len(found) == 1 else ()
        return ()

    def resembles(self, word: str) -> bool:
        """Whether a word is like one of the catalogue, or is a word of some beauty trade."""
        if word in common_words(self.morphology).trades or self._by_stem(word):
            return True
        is_long = len(word) >= _SHORTEST_CORRECTABLE
        return is_long and bool(self.morphology.closest(word, self._long_titled))

    def near(self, word: str) -> frozenset[int]:
        """The services that a word may be meant for which no title has: near enough to ask, too far to be sure."""
        is_short = len(word) < _SHORTEST_CORRECTABLE or (len(word) < _SURE_LENGTH and self.morphology.knows(word))
        if is_short or not word.isalpha() or self.is_ours(word):
            return frozenset()
        titled = {one for service in self.services for one in service.title if len(one) >= _SHORTEST_CORRECTABLE}
        found = {*self.morphology.sounding_like(word, sorted(titled))}
        return frozenset(service.id for service in self.services if service.title & found)

    @cached_property
    def _long_titled(self) -> Sequence[str]:
        return sorted(word for word in self.titled if len(word) >= _SHORTEST_CORRECTABLE)

    def is_own(self, word: str) -> bool:
        """Whether a word says something without a phrase around it: of the salon, of its trade, of days and times."""
        tables = (self.meanings, self.trade, self.names, self.families, self.kin, self.topics, LEXICON)
        return any(word in table for table in tables)

    def _is_of_salon(self, word: str) -> bool:
        return word in self.meanings or word in self.names

    @cached_property
    def _correctable(self) -> Collection[str]:
        common = common_words(self.morphology)
        own = {*self.meanings, *self.names, *self.families} - common.correctable
        return sorted(common.correctable.union(filter(_is_correctable, own)))

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Words of masters and services, which are never a misspelt day."""
        return frozenset({*self.names, *self.families, *self.meanings, *self.trade, *self.given_names})

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        counts: dict[str, int] = defaultdict(int)
        for service in self.services:
            for word in service.title:
                counts[word] += 1
        return {word: math.log(1 + len(self.services) / count) for word, count in counts.items()}

    def fitting(self, meanings: Collection[str], *, is_absent: bool = False) -> frozenset[int]:
        """The services that a word may mean: by their titles, else by their categories, else by descriptions."""
        if is_absent:
            absent = {f"-{one}" for one in meanings}
            return frozenset(one.id for one in self.services if one.title & absent)
        wanted = set(meanings)
        for place in ("title", "category", "description"):
            found = frozenset(one.id for one in self.services if getattr(one, place) & wanted)
            if found:
                return found
        return frozenset()

    def best(self, ids: Collection[int], said: Sequence[frozenset[str]]) -> tuple[int, ...]:
        """Of services that fit, those that are meant: one whose whole title was said, else those of its category.

        Who names a part of what is made of several means the part, and who names what is put on does not mean to be
        rid of it; a part of the body leaves that open.
        """
        words = frozenset[str]().union(*said)
        fitting = [one for one in self.services if one.id in ids]
        is_of_body = bool(words & (BODY | PLACES_OF_BODY))
        if words <= COATINGS | PUT_ON or (not is_of_body and not words & REMOVALS and _are_taken_off(fitting)):
            fitting = [one for one in fitting if not one.is_removal] or fitting
        among = [one for one in fitting if not one.is_said_in_part(words)] or fitting
        shares = {one.id: self._share(one.title, words) for one in among}
        whole = [one.id for one in among if shares[one.id] >= _COMPLETE]
        if len(whole) == 1:
            return (whole[0],)
        of_category = [one.id for one in among if one.category and one.category <= words]
        return tuple(of_category or [one.id for one in among])

    def named_in_full(self, ids: Collection[int], said: Sequence[frozenset[str]]) -> frozenset[int]:
        """The one service whose title of several words was said, where no other has all of those words."""
        words = frozenset[str]().union(*said)
        among = [one for one in self.services if one.id in ids]
        whole = [one for one in among if len(one.title) > 1 and one.title <= words]
        is_telling = len(whole) == 1 and not any(one.title > whole[0].title for one in among)
        return frozenset({whole[0].id}) if is_telling and not whole[0].ages else frozenset()

    def _share(self, title: frozenset[str], words: frozenset[str]) -> float:
        total = sum(self._weights[word] for word in title)
        return sum(self._weights[word] for word in title & words) / total if total else 0.0

    def of_number(self, ids: Collection[int], numbers: Collection[str]) -> frozenset[int]:
        """Of services, or of all without any, those that have a number in their titles; all where none has."""
        wanted = set(numbers)
        having = frozenset(one.id for one in self.services if (one.id in ids or not ids) and one.numbers & wanted)
        return having or frozenset(ids)

    def has_number(self, ids: Collection[int], number: str) -> bool:
        """Whether a number stands in the title of one of some services."""
        return any(number in one.numbers for one in self.services if one.id in ids)

    def of_size(self, ids: Collection[int], size: Size) -> frozenset[int]:
        """Of services those that are for a size, the narrowest of them; all where titles tell none of it."""
        sized = [one for one in self.services if one.id in ids and one.bounds and size.within(one.bounds)]
        least = min((one.bounds.high for one in sized if one.bounds), default=None)
        return frozenset(one.id for one in sized if one.bounds and one.bounds.high == least) or frozenset(ids)

    @cached_property
    def has_sizes(self) -> bool:
        """Whether any title tells a size: most catalogues have none, and no text is searched for one."""
        return any(one.bounds for one in self.services)

    def are_sized(self, ids: Collection[int]) -> bool:
        """Whether titles of some services tell a size."""
        return any(one.bounds for one in self.services if one.id in ids)

    def of_age(self, ids: Collection[int], age: int) -> frozenset[int]:
        """Of services those for an age, else those that are for no other."""
        among = [one for one in self.services if one.id in ids]
        just = frozenset(one.id for one in among if one.ages and age in one.ages)
        return just or frozenset(one.id for one in among if not one.ages) or frozenset(ids)

    def of_children(self, ids: Collection[int]) -> frozenset[int]:
        """Of services those that their titles, or their categories, say to be for children."""
        return frozenset(
            one.id
            for one in self.services
            if one.id in ids
            and (_FOR_CHILDREN & (one.title | one.category) or (one.ages and one.ages.stop <= _GROWN_UP))
        )

    def is_composite(self, ids: Collection[int]) -> bool:
        """Whether one of some services is made of several."""
        return any(one.pieces or one.parts for one in self.services if one.id in ids)

    def are_of(self, meanings: Collection[str], others: Collection[str]) -> bool:
        """Whether whatever has one of some words in its title has one of the others: "лак" of "гель"."""
        having = self.fitting(meanings)
        return bool(having) and having <= self.fitting(others)

    def parts_of(self, ids: Collection[int]) -> frozenset[int]:
        """The services that some are made of."""
        return frozenset(part for one in self.services if one.id in ids for part in one.parts)

    def of_category(self, ids: Collection[int]) -> frozenset[int]:
        """The services of the categories that some are of."""
        categories = {one.category for one in self.services if one.id in ids and one.category}
        return frozenset(one.id for one in self.services if one.category in categories)

    def alike(self, ids: Collection[int], others: Collection[int]) -> frozenset[int]:
        """Of services those whose titles share a word with all titles of others."""
        titles = [one.title for one in self.services if one.id in others]
        common = frozenset.intersection(*titles) if titles else frozenset[str]()
        return frozenset(one.id for one in self.services if one.id in ids and one.title & common)

    def composite(self, ids: Collection[int]) -> tuple[int, ...]:
        """Of services that fit, those that are made of several, or those that are made of just these."""
        return tuple(
            one.id for one in self.services if (one.pieces and one.id in ids) or (one.parts and one.parts <= set(ids))
        )

    def topic_of(self, word: str) -> str:
        """The topic of a fact that a verb has the root of, or whose answer has the noun; empty for none.

        "Как подготовиться?" asks for what stands under «подготовка», and "алкоголь можно?" for what is told of it.
        """
        if len(word) < _SHORTEST_STEM or self.service_words(word):
            return ""
        if word in self.told:
            return self.told[word]
        if self.morphology.word_class(word) not in {WordClass.INFINITIVE, WordClass.STATEMENT}:
            return ""
        roots = _roots(self.morphology.lemma(word))
        return next((topic for one, topic in self.topic_words.items() if _is_of_root(one, roots)), "")

    def service_words(self, word: str) -> frozenset[str]:
        """What a word may stand for in titles; a short form of a title's own word stands for that."""
        return self.meanings.get(word) or self._undoubled.get(_undoubled(word)) or self._by_stem(word)

    @cached_property
    def _undoubled(self) -> Mapping[str, frozenset[str]]:
        """What words of titles with a doubled consonant mean, spelt without: "хамам" is "хаммам" to everybody."""
        doubled = (form for form in self.titled if len(form) >= _SHORTEST_CORRECTABLE and _undoubled(form) != form)
        return {_undoubled(form): self.meanings[form] for form in doubled if form in self.meanings}

    def _by_stem(self, word: str) -> frozenset[str]:
        if len(word) < _SHORTEST_STEM or not word.isalpha() or word in LEXICON or word in _NO_STEMS:
            return frozenset()
        if word not in self._stems:
            self._stems[word] = self._titles_of_stem(self.morphology.lemma(word))
        return self._stems[word]

    def _titles_of_stem(self, lemma: str) -> frozenset[str]:
        """The words of titles that another word of the same root is: "керамика" for "керамический"."""
        is_other = lemma in LEXICON or lemma in self.kin or lemma in WEAK or lemma.endswith(_ADJECTIVE)
        if len(lemma) < _SHORTEST_STEM or is_other:
            return frozenset()
        found, root = set(), lemma.rstrip("аяоеьй")
        if len(root) < _SHORTEST_STEM:
            root = lemma
        for title in self._title_words:
            shared = _shared(lemma, title)
            is_compound = title.startswith((f"{root}о", f"{root}е")) and len(title) - len(root) >= _SHORTEST_STEM
            if (
                is_compound
                or shared >= _SURE_STEM
                or (shared == len(lemma) and len(title) - shared >= _SHORTEST_STEM)
            ):
                found.add(title)
        return frozenset(found)

    @cached_property
    def _stems(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _title_words(self) -> frozenset[str]:
        return frozenset(word for one in self.services for word in one.title if not word.startswith("-"))


def vocabulary_of(
    services: Iterable[OfferedService],
    staff: Iterable[OfferedStaff],
    morphology: Morphology,
    facts: Mapping[str, str] | None = None,
) -> Vocabulary:
    """A salon's words.

    Args:
        facts: what the owner has told, by topic.
    """
    facts = facts or {}
    services, staff = tuple(services), tuple(staff)
    titles = {service.id: _lemmas(service.title, morphology) for service in services}
    indexed = tuple(_indexed(service, titles, morphology) for service in services)
    own = frozenset(word.lstrip("-") for one in indexed for word in (*one.title, *one.category, *one.description))
    common = common_words(morphology)
    asked_for = {word: one for one in facts for word in _asked_for(one, morphology)}
    in_titles = frozenset[str]().union(*(one.title for one in indexed))
    meanings, trade = _meanings(own, common, in_titles)
    meanings = _without_times(_as_written(services, meanings, morphology))
    names, families = _staff_words(staff, common)
    titled = frozenset(
        form for words in titles.values() for word in words for form in morphology.forms(word.lstrip("-"))
    )
    return Vocabulary(
        morphology=morphology,
        services=indexed,
        meanings=meanings,
        trade=trade,
        names={form: ids for form, ids in names.items() if form not in titled},
        given_names=common.given_names,
        families=families,
        kin=common.kin,
        quotes=Titles(tuple((one.id, plain(one.title)) for one in services), morphology),
        numbered=_numbered(services, morphology),
        roles=_roles(staff, own, morphology),
        titled=titled,
        methods=in_titles & frozenset[str]().union(*common.methods),
        topics={form: one for word, one in asked_for.items() for form in morphology.forms(word)},
        topic_words=asked_for,
        told=_told(facts, morphology),
    )


def _asked_for(topic: str, morphology: Morphology) -> frozenset[str]:
    """The words of a topic by which it is asked for: things, kinds, deeds and months, by their dictionary forms.

    Of «Что взять с собой» that is one word: whoever says "что" asks for anything.
    """
    lemmas = _lemmas(topic, morphology) - _OF_ANY_TOPIC
    telling = {
        lemma
        for lemma in lemmas
        if len(lemma) >= _SHORTEST_KNOWN
        and (morphology.word_class(lemma) in _ASKED_FOR or not morphology.knows(lemma))
        and (lemma not in LEXICON or "MONTH" in LEXICON[lemma])
    }
    return frozenset(telling - HARMLESS_WORDS or telling or lemmas)


_ASKED_FOR = frozenset({WordClass.NOUN, WordClass.INFINITIVE, WordClass.ADJECTIVE, WordClass.QUALITY})
_OF_ANY_TOPIC = frozenset(
    {"быть", "мочь", "можно", "нужно", "надо", "нельзя", "что", "какой", "есть", "вы", "мы", "я"}
)


def _told(facts: Mapping[str, str], morphology: Morphology) -> Mapping[str, str]:
    """The nouns and verbs of the owner's answers, in any form, to the one topic that each answers."""
    found: dict[str, set[str]] = defaultdict(set)
    for topic, answer in facts.items():
        for word in _WORD.findall(plain(answer)):
            lemma = morphology.lemma(word)
            is_telling = morphology.word_class(word) in {WordClass.NOUN, WordClass.INFINITIVE}
            is_thing = is_telling and lemma not in HARMLESS_WORDS | WEAK
            if is_thing and len(lemma) >= _SHORTEST_STEM and lemma not in LEXICON:
                found[lemma].add(topic)
    single = {word: next(iter(topics)) for word, topics in found.items() if len(topics) == 1}
    return {form: topic for word, topic in single.items() for form in morphology.forms(word)}


def _numbered(services: Iterable[OfferedService], morphology: Morphology) -> frozenset[tuple[str, str]]:
    """Numbers and the words behind them, as far as those are no times of their own."""
    words = [_TITLE_WORD.findall(plain(one.title)) for one in services]
    pairs = {pair for title in words for pair in pairwise(title) if _is_number(pair[0]) and pair[1].isalpha()}
    return frozenset((number_of(number), form) for number, word in pairs for form in _forms_of_unit(word, morphology))


def _forms_of_unit(word: str, morphology: Morphology) -> frozenset[str]:
    """A unit in all its forms, and as it is written short."""
    forms = morphology.forms(word)
    return forms | next((unit for unit in (MINUTES, HOURS) if forms & unit), frozenset())


def _shared(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


_PREFIXES = ("под", "при", "про", "пере", "раз", "рас", "вы", "за", "на", "по", "от", "об", "о", "с", "у")


def _roots(word: str) -> Sequence[str]:
    """A word, and what is left of it without what it may begin with: подготовиться, готовиться."""
    bare = [word.removeprefix(one) for one in _PREFIXES if word.startswith(one)]
    return [word, *(one for one in bare if len(one) > _SHORTEST_ROOT)]


def _is_of_root(noun: str, roots: Sequence[str]) -> bool:
    """Whether a noun and a verb have one root."""
    return any(
        _shared(one, root) >= max(_SHORTEST_ROOT, len(one) - _LONGEST_ENDING)
        for one in _roots(noun)
        for root in roots
    )


def _undoubled(word: str) -> str:
    """A word with one letter for each doubled one."""
    return "".join(one for one, before in zip(word, " " + word, strict=False) if one != before)


def number_of(word: str) -> str:
    """A number in digits, also one in words; any other word as it is.

    >>> number_of("2"), number_of("двух"), number_of("пару"), number_of("стрижка")
    ('2', '2', '2', 'стрижка')
    """
    known = LEXICON.get(word, {})
    return str(known.get("NUM", known.get("FEW", word)))


def _is_number(word: str) -> bool:
    return word.isdecimal() or bool({"NUM", "ORD"} & set(LEXICON.get(word, {})))


def _indexed(service: OfferedService, titles: Mapping[int, frozenset[str]], morphology: Morphology) -> _Indexed:
    return _Indexed(
        id=service.id,
        title=titles[service.id],
        pieces=_pieces(service, titles, morphology),
        category=_lemmas(service.category, morphology),
        description=frozenset(
            one
            for one in _lemmas(service.description, morphology)
            if one in _TRADE_WORDS or not morphology.knows(one)
        ),
        parts=frozenset(service.parts),
        numbers=frozenset(filter(str.isdecimal, map(number_of, _TITLE_WORD.findall(plain(service.title))))),
        is_removal=_is_removal(service, morphology),
        ages=_ages(service.title),
        bounds=bounds_of(plain(service.title)),
        is_first=plain(service.title).startswith(("перв", "пробн")),
    )


def _are_taken_off(services: Sequence[_Indexed]) -> bool:
    """Whether all removals are of what was put on: nobody is rid of a tooth by "снятие"."""
    return all("снятие" in one.title for one in services if one.is_removal)


def _is_removal(service: OfferedService, morphology: Morphology) -> bool:
    """Whether a title begins with a word for taking off, and lists nothing besides."""
    first = _WORD.search(plain(service.title))
    is_single = not service.parts and not _JOINED.search(service.title) and "," not in service.title
    return is_single and first is not None and morphology.lemma(first[0]) in REMOVALS


def _ages(title: str) -> range | None:
    """The ages in a title: "до 7 лет" ends below, "8-14 лет" has both, "от 12 лет" and "12+" begin."""
    text = plain(title)
    if found := _AGES.search(text):
        return range(int(found[1]), int(found[2]) + 1)
    if found := _AGE_UNTIL.search(text):
        return range(int(found[1]) + 1)
    if found := _AGE_FROM.search(text):
        return range(int(found[1] or found[2]), _OLDEST)
    return None


def _pieces(
    service: OfferedService, titles: Mapping[int, frozenset[str]], morphology: Morphology
) -> tuple[frozenset[str], ...]:
    """What a service is made of, each piece by its words; empty for a single one."""
    told = [titles[one] for one in service.parts if titles.get(one)]
    listed = _listed(service.title.rpartition(":")[2])
    pieces = told or [one for one in (_lemmas(each, morphology) for each in _JOINED.split(listed)) if one]
    return tuple(pieces) if len(pieces) > 1 else ()


def _listed(title: str) -> str:
    """What a title lists: behind a comma that a whole name stands before, only what it is for is listed."""
    name, comma, rest = title.rpartition(",")
    is_name = comma and len(name.split()) > 1 and not _JOINED.search(name)
    return rest if is_name and _JOINED.search(rest) else title


def _lemmas(text: str, morphology: Morphology) -> frozenset[str]:
    found, is_absent = set(), False
    for word in _WORD.findall(plain(text)):
        lemma = morphology.lemma(word)
        if word == _WITHOUT:
            is_absent = True
        elif lemma not in WEAK:
            found.add(f"-{lemma}" if is_absent else lemma)
            is_absent = False
    return frozenset(found)


def _table(written: str) -> list[tuple[str, list[str]]]:
    lines = (line.partition(":") for line in written.splitlines() if line)
    return [(plain(left).strip(), plain(right).split()) for left, _, right in lines]


@dataclass(frozen=True, kw_only=True)
class CommonWords:
    """Words that are the same for every salon, in all their forms.

    Attributes:
        synonyms: what words of a title may be, and what stands for them.
        fallbacks: words of a title, and words that stand for them where the salon has none of their own.
        methods: words for the same way of doing something.
        heads: what services are called in the trades.
        given: each form of a given name, full or short, to the full names that it may be.
        kin: any form to the word for the relative.
    """

    morphology: Morphology
    synonyms: Sequence[tuple[frozenset[str], frozenset[str]]]
    fallbacks: Sequence[tuple[frozenset[str], Mapping[str, frozenset[str]]]]
    methods: Sequence[frozenset[str]]
    heads: frozenset[str]
    given: Mapping[str, frozenset[str]]
    kin: Mapping[str, str]

    @cached_property
    def trades(self) -> frozenset[str]:
        """All words of the trades, in any form."""
        return self.heads.union(*(forms for _, forms in self.synonyms))

    @cached_property
    def given_names(self) -> Mapping[str, str]:
        """Each form of a given name to one nominative."""
        return {form: min(full) for form, full in self.given.items()}

    @cached_property
    def forms_of_full(self) -> Mapping[str, frozenset[str]]:
        """Each full name to all the forms of it and of its short ones."""
        found: dict[str, set[str]] = defaultdict(set)
        for form, fulls in self.given.items():
            for full in fulls:
                found[full].add(form)
        return {full: frozenset(forms) for full, forms in found.items()}

    @cached_property
    def correctable(self) -> frozenset[str]:
        """What a misspelt word may have been meant to be, at any salon."""
        beginnings = [one for one in intents().urgent if len(one) >= _SHORTEST_CORRECTABLE]
        urgent = {word for one in beginnings for word in self.morphology.beginning_with(one)}
        verbs = {form for verb in CORRECTABLE_VERBS for form in self.morphology.forms(verb)}
        ours = {*CORRECTABLE_WORDS, *verbs, *intents().words, *urgent, *LEXICON, *self.heads}
        return frozenset(filter(_is_correctable, ours))


def _is_correctable(word: str) -> bool:
    return len(word) >= _SHORTEST_CORRECTABLE and not word.isascii()


@lru_cache(maxsize=4)
def common_words(morphology: Morphology) -> CommonWords:
    """Made once for the dictionaries of a process: it is most of what a salon's words take."""
    synonyms = []
    for left, right in _table(SYNONYMS):
        words = left.split()
        stood_for = frozenset(form for word in words for form in (word, morphology.lemma(word)))
        synonyms.append((stood_for, frozenset(form for word in (*words, *right) for form in morphology.forms(word))))
    fallbacks = [
        (frozenset(left.split()), {word: morphology.forms(word) for word in right})
        for left, right in _table(FALLBACKS)
    ]
    return CommonWords(
        morphology=morphology,
        synonyms=synonyms,
        fallbacks=fallbacks,
        methods=[frozenset(line.split()) for line in METHODS.splitlines() if line],
        heads=frozenset(form for word in HEADS for form in morphology.forms(word)),
        given=_given_names(morphology),
        kin={form: kin for kin, words in _table(KIN) for word in words for form in morphology.forms(word)},
    )


def _given_names(morphology: Morphology) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for full, shorts in _table(SHORT_NAMES):
        for name in (full, *shorts):
            for form in morphology.forms_of_name(name):
                found[form].add(full)
    return {form: frozenset(names) for form, names in found.items()}


def _stand_ins(own: frozenset[str], common: CommonWords) -> Iterator[tuple[frozenset[str], Iterable[str]]]:
    """Words of this catalogue, and all that stands for them."""
    for stood_for, forms in common.synonyms:
        if words := stood_for & own:
            yield words, forms
    for stood_for, others in common.fallbacks:
        if words := stood_for & own:
            yield words, {form for word, forms in others.items() if word not in own for form in forms}


def _meanings(
    own: frozenset[str], common: CommonWords, titled: frozenset[str]
) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """What each word may stand for in this catalogue, and the words of the trades for which it has nothing."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in own:
        for form in common.morphology.forms(word):
            found[form] |= {word, *_adjectives_of(word, own)}
    for words, forms in _stand_ins(own, common):
        for form in forms:
            found[form] |= words
    for method in common.methods:
        if told_apart := method & titled:
            found |= {form: set(told_apart) for word in method for form in common.morphology.forms(word)}
    return {form: frozenset(words) for form, words in found.items()}, common.heads - found.keys()


def _as_written(
    services: Sequence[OfferedService], meanings: Mapping[str, frozenset[str]], morphology: Morphology
) -> dict[str, frozenset[str]]:
    """The meanings, with the words of titles just as those have them, and Latin ones as they sound.

    Of a word that no dictionary has the forms are a guess, which may leave it out: "арома".
    """
    found = dict(meanings)
    for word in {word for one in services for word in _WORD.findall(plain(one.title))}:
        lemma = morphology.lemma(word)
        if lemma not in WEAK and word != _WITHOUT:
            for spelt in (word, by_sound(word) if word.isascii() else word):
                found[spelt] = found.get(spelt, frozenset()) | {lemma}
    return found


def _without_times(meanings: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The meanings without words for when, which name a service only in its title: "вечером" is no «Вечер йоги».

    What is short for a day stays: "воск" is wax where that is used.
    """
    return {
        form: words
        for form, words in meanings.items()
        if _TIMES.isdisjoint(LEXICON.get(form, ())) or form in words - _WHEN
    }


_TIMES = frozenset(
    {"PARTN", "PARTI", "PARTG", "WD", "WDPL", "MONTH", "MONTHN", "MONTHG", "MONTHP", "REL", "UDAY", "DAY_NOUN"}
    | {"DAY_OFF", "WEEKEND", "UWEEK", "UMONTH", "NOON"}
)
"""What words of the grammar of times are that say when."""
_WHEN = frozenset(
    """
    утро день вечер обед полдень неделя месяц завтра сегодня выходной понедельник вторник среда четверг пятница
    суббота воскресенье январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
    """.split()  # noqa: SIM905 - a table
)


def _adjectives_of(noun: str, own: Collection[str]) -> set[str]:
    """The adjectives of this catalogue that are made of a noun: "перманентный" of "перманент"."""
    root = noun.rstrip("аяоеьй")
    if len(root) < _SHORTEST_ROOT or noun.endswith(_ADJECTIVE):
        return set()
    return {one for one in own if one.startswith(root) and one.endswith(_MADE_OF_NOUNS) and one != noun}


def _staff_words(
    staff: Iterable[OfferedStaff], common: CommonWords
) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Masters by the forms of their given names, and by those of their other names."""
    morphology, given = common.morphology, common.given
    names: dict[str, set[int]] = defaultdict(set)
    families: dict[str, set[int]] = defaultdict(set)
    for one in staff:
        words = _WORD.findall(plain(one.name))
        called = [word for word in words if word in given or morphology.given_name(word) == word][:1] or words[:1]
        for word in words:
            is_given = word in called
            forms = {
                form for name in (word, *_endearments(word, is_given)) for form in morphology.forms_of_name(name)
            }
            for form in forms.union(*(common.forms_of_full[full] for full in given.get(word, ()) if is_given)):
                (names if is_given else families)[form].add(one.id)
    return _sorted(names), _sorted(families)


def _roles(staff: Sequence[OfferedStaff], own: Collection[str], morphology: Morphology) -> dict[str, tuple[int, ...]]:
    """Masters by what they are, where only some of them are; the words of services are none of it."""
    found: dict[str, set[int]] = defaultdict(set)
    for one in staff:
        for word in _WORD.findall(plain(one.position)):
            lemma = morphology.lemma(word)
            if lemma not in _ANYBODY and lemma not in own and morphology.word_class(word) not in _KINDS:
                found[lemma].add(one.id)
    telling = {word: ids for word, ids in found.items() if len(ids) < len(staff)}
    return _sorted({form: ids for word, ids in telling.items() for form in morphology.forms(word)})


_KINDS = frozenset({WordClass.ADJECTIVE, WordClass.QUALITY})
_ANYBODY = frozenset({"мастер", "специалист", "парикмахер", "врач", "доктор", "сотрудник", "администратор"})
"""What clients call whoever serves them."""


def _endearments(name: str, is_given: bool) -> list[str]:
    """What a name becomes in kindness: Мадина, Мадиночка; Руслан, Русланчик."""
    if not is_given:
        return []
    return [name[:-1] + ending for ending in _ENDEARING] if name[-1:] in {"а", "я"} else [f"{name}чик"]


def _sorted(table: Mapping[str, set[int]]) -> dict[str, tuple[int, ...]]:
    return {word: tuple(sorted(ids)) for word, ids in table.items()}
