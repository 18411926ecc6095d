"""A message as words and numbers that can be looked up, each with its place in the message as it was written.

Phones mix Latin letters into Russian words, keyboards are left on the wrong layout, hands stretch letters and drop
the dots of ё: a lexicon would need each word a hundred times. What is changed here is only how a word is spelt; what
it means is the grammars' business. Every token keeps the span that it came from, so that a command can quote it.

Each step reads its text once, so that the longest message (65,536 characters) takes a time in proportion to it.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

Known = Callable[[str], bool]
"""Whether a word, spelt as this module spells it, is in a lexicon."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign.

    Attributes:
        text: in lower case, with е for ё, Russian letters for Latin ones that look or sound like them.
        start, end: the characters of the message that it was written with.
        is_glued: whether nothing, not even a space, stands before it since the last token.
    """

    text: str
    start: int
    end: int
    is_glued: bool


class _Letter(NamedTuple):
    text: str
    start: int
    end: int


_SAME = {"ё": "е", "ʼ": "'", "’": "'", "‘": "'", "`": "'", "×": "x"} | dict.fromkeys("‐‑‒–—―−", "-")
_SUPERSCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})
_MARKS_OF_ONE_LETTER = 2
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[0-9]+|\n|\S")
_ZERO = re.compile(r"(?<=[0-9])[oо](?=[0-9:.\-])")
_STRETCHED = re.compile(r"(.)\1{2,}")
_LATIN, _CYRILLIC = re.compile("[a-z]"), re.compile("[а-яіїєґ]")
_LOOK_ALIKES = str.maketrans("abcehikmoptxyu", "авсенікмортхуи")
_KEYS = dict(zip("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюе", strict=True))
"""The letters of a Russian keyboard by what the same keys give on an English one."""
_SOUNDS = {
    "shch": "щ",
    "sch": "щ",
    "sh": "ш",
    "ch": "ч",
    "zh": "ж",
    "kh": "х",
    "ts": "ц",
    "ya": "я",
    "ja": "я",
    "yu": "ю",
    "ju": "ю",
    "yo": "е",
    "jo": "е",
    "ye": "е",
    **dict(zip("abvgdezijklmnoprstufhcwy'", "абвгдезийклмнопрстуфхцвыь", strict=True)),
}
_MARKS = ".,;:!?)'"
_LONGEST_SOUND = 4
_VOWELS = frozenset("aeiou")
_ENOUGH_KNOWN = 0.4
"""Of the words of a text in Latin letters: what is Russian has at least so many that a lexicon knows."""
_A_PHRASE = 2
"""So many words in Latin letters one after the other are no single name among Russian words."""
_MANY_RUNS = 3
_ENGLISH_ANSWERS = frozenset({"no", "nope", "yes", "yep", "yeah", "sure", "ok", "okay", "stop", "start", "thanks"})
"""Words that are answers as they stand: "no" is none of the Russian words that it sounds or looks like."""
_LONGEST_WORD = 40


def tokens_of(text: str, known: Known) -> Sequence[Token]:
    """The words, numbers and signs of a message, in order; a line break is a sign, other space is none.

    Args:
        known: tells which spelling is meant where there are several.

    >>> [token.text for token in tokens_of("Завтрааа c 5 до 6\\u200b!", {"завтра", "с"}.__contains__)]
    ['завтра', 'с', '5', 'до', '6', '!']
    >>> [(token.text, token.start, token.end) for token in tokens_of("pfdnhf", {"завтра"}.__contains__)]
    [('завтра', 0, 6)]
    """
    letters = [*_letters(text)]
    plain = _cut(letters)
    if not any(_CYRILLIC.search(token.text) for token in plain):
        return _foreign(letters, plain, known)
    latin = sum(bool(_LATIN.search(token.text)) for token in plain)
    if not latin:
        return [_spelt(token, known) for token in plain]
    if latin < _A_PHRASE:
        return _by_word(letters, known)
    return [token for part in _parts(letters, plain, known) for token in part]


def _parts(letters: Sequence[_Letter], plain: Sequence[Token], known: Known) -> Iterator[Sequence[Token]]:
    """A text with Russian letters, parted where several words in Latin letters follow each other: a phrase."""
    begun = 0
    for is_russian, run in itertools.groupby(plain, key=lambda token: bool(_CYRILLIC.search(token.text))):
        latin = [token for token in run if _LATIN.search(token.text)]
        if is_russian or len(latin) < _A_PHRASE:
            continue
        first, end = (bisect_left(letters, at, key=_place) for at in (latin[0].start, latin[-1].end))
        while first > begun and _is_of_word(letters[first - 1]):
            first -= 1
        while end < len(letters) and _is_of_word(letters[end]):
            end += 1
        yield _by_word(letters[begun:first], known)
        yield _of_phrase(letters[first:end], known)
        begun = end
    yield _by_word(letters[begun:], known)


def _place(letter: _Letter) -> int:
    return letter.start


def _is_of_word(letter: _Letter) -> bool:
    """Whether it may belong to the Latin word beside it: a sign is a letter on another layout."""
    return not letter.text.isspace() and not _CYRILLIC.match(letter.text)


def _of_phrase(letters: Sequence[_Letter], known: Known) -> Sequence[Token]:
    """A phrase in Latin letters as a whole text of them, or each of its words by itself, if so more is known."""
    whole, by_word = _foreign(letters, _cut(letters), known), _by_word(letters, known)
    share = _share(whole, known)
    return whole if share >= _share(by_word, known) and share > _ENOUGH_KNOWN else by_word


def _by_word(letters: Sequence[_Letter], known: Known) -> Sequence[Token]:
    return [_spelt(token, known) for token in _cut([*_retyped(letters, known)])]


def _letters(text: str) -> Iterator[_Letter]:
    """Each character in its compatible, lower form (NFKC), with its place; what is not seen is left out."""
    before, was_raised = "", False
    for start, end in _clusters(text):
        cluster = text[start : min(end, start + 1 + _MARKS_OF_ONE_LETTER)]
        is_raised = cluster in _SUPERSCRIPTS
        if is_raised and before.isdecimal() and not was_raised:
            yield _Letter(":", start, start)  # 18⁰⁰
        for one in _seen(cluster):
            before, was_raised = one, is_raised
            yield _Letter(one, start, end)


@lru_cache(maxsize=4096)
def _seen(cluster: str) -> Sequence[str]:
    """What is seen of a character and the marks on it."""
    plain = unicodedata.normalize("NFKC", cluster).lower()
    return [_SAME.get(one, one) for one in plain if unicodedata.category(one) not in _UNSEEN or one == "\n"]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where each character begins and ends, with the marks that stand on it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, place
            start = place


def _retyped(letters: Sequence[_Letter], known: Known, *, is_sure: bool = False) -> Iterator[_Letter]:
    """Words that were typed on the wrong layout, where some letters are signs: "ce,,jne".

    Args:
        is_sure: to take all words in Latin letters for such, not only those that are then known.
    """
    for _, group in itertools.groupby(letters, key=lambda letter: letter.text.isspace()):
        chunk = [*group]
        if not (is_sure or 1 < len(chunk) <= _LONGEST_WORD) or not any(_LATIN.match(one.text) for one in chunk):
            yield from chunk
            continue
        word, end = _without_marks(chunk)
        if _is_mixed(word, known):
            yield from chunk
            continue
        typed, core = ([one._replace(text=_KEYS.get(one.text, one.text)) for one in part] for part in (chunk, word))
        if _is_known(typed, known) or (is_sure and not _is_known(core, known)):
            yield from typed
        else:
            yield from (*core, *end) if _is_known(core, known) else chunk


def _without_marks(chunk: Sequence[_Letter]) -> tuple[Sequence[_Letter], Sequence[_Letter]]:
    """A word, and the marks behind it."""
    length = len("".join(letter.text for letter in chunk).rstrip(_MARKS))
    return chunk[:length], chunk[length:]


def _is_mixed(letters: Sequence[_Letter], known: Known) -> bool:
    """Whether a word is Russian but for letters that look the same: no keyboard layout was forgotten."""
    word = "".join(letter.text for letter in letters).strip(_MARKS)
    return bool(_CYRILLIC.search(word)) and known(unstretched(word.translate(_LOOK_ALIKES), known))


def _is_known(letters: Sequence[_Letter], known: Known) -> bool:
    return known(unstretched("".join(letter.text for letter in letters), known))


def _cut(letters: Sequence[_Letter]) -> Sequence[Token]:
    joined = _ZERO.sub("0", "".join(letter.text for letter in letters))
    found = []
    last = -1
    for match in _TOKEN.finditer(joined):
        first, end = match.span()
        span = letters[first].start, letters[end - 1].end
        found.append(Token(match.group().replace("'", "") or "'", *span, is_glued=first == last))
        last = end
    return found


def _foreign(letters: Sequence[_Letter], plain: Sequence[Token], known: Known) -> Sequence[Token]:
    """A text without a Russian letter: as it is, or typed on the wrong layout, or by its sound; the best known."""
    words = {token.text for token in plain if token.text.isalpha()}
    if words <= _ENGLISH_ANSWERS:
        return plain
    typed = _cut([*_retyped(letters, known, is_sure=True)])
    sounding = [replace(token, text=by_sound(token.text)) for token in plain]
    alike = [replace(token, text=token.text.translate(_LOOK_ALIKES)) for token in plain]
    best = max((alike, sounding, typed), key=lambda tokens: _share(tokens, known))
    return [_spelt(token, known) for token in best] if _share(best, known) >= _ENOUGH_KNOWN else plain


def _share(tokens: Sequence[Token], known: Known) -> float:
    words = [token.text for token in tokens if token.text.isalpha()]
    return sum(known(unstretched(word, known)) for word in words) / len(words) if words else 0.0


def _spelt(token: Token, known: Known) -> Token:
    if not token.text.isalpha() or len(token.text) > _LONGEST_WORD:
        return token
    word = unstretched(token.text, known)
    if _LATIN.search(word) and not token.is_glued:
        word = _russian(word, known)
    return token if word == token.text else replace(token, text=word)


def _russian(word: str, known: Known) -> str:
    """A word with Latin letters within a Russian text."""
    look_alike = word.translate(_LOOK_ALIKES)
    if _CYRILLIC.search(word):
        return look_alike
    sounding, by_key = by_sound(word), "".join(_KEYS.get(one, one) for one in word)
    # of single letters only prepositions are typed: "d" is the key of "в", and no abbreviation
    spellings = (look_alike, by_key, sounding) if len(word) == 1 else (look_alike, sounding, by_key)
    return next((spelling for spelling in spellings if known(spelling)), word)


def by_sound(word: str) -> str:
    """A word in Latin letters by the Russian ones for its sounds.

    >>> by_sound("spa"), by_sound("shugaring")
    ('спа', 'шугаринг')
    """
    word = _STRETCHED.sub(r"\1", word)
    spelt, place = [], 0
    while place < len(word):
        longest = next((n for n in range(_LONGEST_SOUND, 0, -1) if word[place : place + n] in _SOUNDS), 0)
        sound = _SOUNDS[word[place : place + longest]] if longest else word[place]
        is_short = sound == "ы" and place > 0 and word[place - 1] in _VOWELS
        spelt.append("й" if is_short else sound)
        place += longest or 1
    return "".join(spelt)


def unstretched(word: str, known: Known) -> str:
    """A word without its stretched letters: three and more of one letter are two or one, whichever is known.

    >>> unstretched("суббббота", {"суббота"}.__contains__), unstretched("зааавтра", {"завтра"}.__contains__)
    ('суббота', 'завтра')
    """
    runs = [*_STRETCHED.finditer(word)]
    if not runs:
        return word
    if len(runs) <= _MANY_RUNS:
        for counts in itertools.product((1, 2), repeat=len(runs)):
            left = iter(counts)
            spelling = _STRETCHED.sub(lambda run, left=left: run.group(1) * next(left), word)  # type: ignore[misc]
            if known(spelling):
                return spelling
    return _STRETCHED.sub(r"\1", word)
