"""What a client takes back within a burst: "в 5. Ой, нет, в 6 и к Оле" — the newest word of a kind stands.

A mark of correction counts where a word of a visit follows it at once: "ой, ресниц", "вернее в 12", "не X, а Y". What
follows takes the place of its like before the mark, and of nothing else: a service keeps the words that go with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.sentences import Sentences

_MARKS = frozenset(
    {"ой", "ойй", "упс", "упсс", "тьфу", "стоп", "вернее", "точнее", "ошиблась", "ошибся", "опечатка", "перепутала"}
    | {"перепутал", "хотя", "описалась", "описался", "*"}
)
_PAIRS = frozenset({("то", "есть"), ("в", "смысле"), ("ой", "не"), ("ой", "нет")})
"""Marks of two words."""
_BETWEEN = (
    frozenset(
        {
            "нет",
            "не",
            "а",
            "то",
            "есть",
            "в",
            "во",
            "на",
            "к",
            "ко",
            "у",
            "с",
            "со",
            "смысле",
            "конечно",
            "лучше",
            "тогда",
        }
        | {
            "давайте",
            "давай",
            "мне",
            "я",
            "имела",
            "имел",
            "виду",
            "хотела",
            "хотел",
            "сказать",
            "это",
            "все",
            "же",
            "тфу",
        }
        | {"блин", "ну", "пардон", "извините", "простите", ",", ".", "!", "\n", "-", ":", ")", "до", "после", "часов"}
    )
    | _MARKS
)
"""What may stand between the mark and the word that it brings."""
_MORE = (
    "ASK_",
    "DOES",
    "THANK",
    "HAGGLE",
    "WANT_MOVE",
    "WANT_CANCEL",
    "WANT_HUMAN",
    "COMPLAINT",
    "HEALTH",
    "ELSEWHEN",
)
"""What follows a mark and corrects nothing."""


def marks_in(said: Sentences) -> Iterator[int]:
    """The places at which a correction begins."""
    for place, token in enumerate(said.tokens):
        is_mark = token.text in _MARKS or (token.text, said.word(place + 1)) in _PAIRS
        if is_mark and place and not _asks(said, place):
            yield place


def _asks(said: Sentences, place: int) -> bool:
    """Whether what follows asks, or wishes for something else."""
    end = next(
        (at for at in range(place + 1, len(said.tokens)) if said.word(at) in {".", "!", "\n"}), len(said.tokens)
    )
    return any(hit.kind.startswith(_MORE) and place <= hit.first < end for hit in said.hits) or "?" in {
        said.word(at) for at in range(place, end)
    }


def corrections_in(said: Sentences) -> list[int]:
    """The marks behind which a service, a master, a day or a time stands at once."""
    return [mark for mark in marks_in(said) if _brings_at_once(said, mark)]


def _brings_at_once(said: Sentences, mark: int) -> bool:
    """Whether the first word behind a mark that is no small one is one of a visit."""
    for place in range(mark + 1, len(said.tokens)):
        if is_of_visit(said, place):
            return True
        if said.word(place) not in _BETWEEN:
            return False
    return False


def is_of_visit(said: Sentences, place: int) -> bool:
    """Whether a word may be a service, a master, a day or a time."""
    word, own = said.word(place), said.context.vocabulary
    is_time = word.isdecimal() or not _TIMES.isdisjoint(LEXICON.get(word, ()))
    return is_time or word in own.names or (bool(own.service_words(word)) and word not in own.kin)


_TIMES = frozenset({"WD", "REL", "PARTI", "PARTN", "MONTHG", "NUM", "ORD", "HALF_OF", "WEEKEND", "WORKDAYS"})


def masters_taken_back(said: Sentences, marks: Sequence[int], names: Sequence[int]) -> frozenset[int]:
    """Of the places of masters' names those that a later one takes the place of: "к Юле, то есть к Ире"."""
    gone: set[int] = set()
    for mark in marks:
        if any(_is_of_correction(said, mark, place) for place in names if place > mark):
            gone.update(place for place in names if place < mark)
    return frozenset(gone)


def _is_of_correction(said: Sentences, mark: int, place: int) -> bool:
    """Whether a word stands in the sentence that a mark begins: "ой нет, в 6 и к Оле"."""
    return not any(said.word(at) in {"!", "?", "\n"} for at in range(mark + 1, place) if is_of_visit(said, at - 1))


def services_taken_back(said: Sentences, marks: Sequence[int], words: Sequence[int]) -> frozenset[int]:
    """Of the places of words for services those that a later one takes the place of.

    "Ламинирование бровей, ой, ресниц" keeps the lamination: what fits one title with the new word stays.
    """
    gone: set[int] = set()
    for mark in marks:
        behind = [place for place in words if place > mark and _is_of_correction(said, mark, place)]
        before = [place for place in words if place < mark and place not in gone]
        if behind and before:
            gone.update(_replaced(said, before, behind))
    return frozenset(gone)


def _replaced(said: Sentences, before: Sequence[int], behind: Sequence[int]) -> Iterator[int]:
    wish = _last_wish(said, before)
    new = [place for place in behind if said.word(place - 1) != "без"] or list(behind)
    is_whole = bool({said.word(place) for place in wish} & {said.word(place) for place in new})
    kept = _meant(said, new[0])
    for place in new[1:]:
        kept = kept & _meant(said, place) or kept
    for place in wish:
        both = kept & _meant(said, place)
        if both and not is_whole:
            kept = both
        else:
            yield place


def _last_wish(said: Sentences, before: Sequence[int]) -> list[int]:
    """The words of the wish that stands last before a mark."""
    wish = [before[-1]]
    left = _meant(said, before[-1])
    for place in reversed(before[:-1]):
        left &= _meant(said, place)
        if not left:
            break
        wish.insert(0, place)
    return wish


def _meant(said: Sentences, place: int) -> frozenset[int]:
    """The services that a word may name; those that are made of several are none of one part."""
    own = said.context.vocabulary
    ids = own.fitting(own.service_words(said.word(place)))
    return frozenset(one for one in ids if not own.is_composite([one])) or ids
