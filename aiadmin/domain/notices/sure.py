"""Whether what is left of a salon's own text, where a value is not known, surely says what it must.

`clause` reads a salon's text as well as punctuation allows, and a stranger's sentence may still be one too many for
it. So a second, plainer reading is made, which knows four things that may go: a label with its value, what is in
brackets, a preposition with its value, and who is addressed. Where both readings agree, and the news is still told,
the text is used; in doubt ours is sent, which is written for holes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from aiadmin.domain.notices.clause import GAP, GREETING, SEPARATOR, text_without_gaps, with_labels_above, without_gaps
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.own_words import SPELT_OUT, sentences

_NAME = "\1"
"""A gap where a client's name would stand."""
_ANY_GAP = f"[{GAP}{_NAME}]"
_VARIABLE = re.compile(r"\{(\w+)\}")
_FACT = re.compile(rf"\{{\w+\}}|{SPELT_OUT.pattern}")
_WORD = re.compile(r"\{\w+\}|[^\W_]+")
_ASIDE = frozenset({"price", "address", "link"})
"""Variables that a notice may leave out."""
_LONGEST_LABEL, _LONGEST_SENTENCE = 3, 4
"""Words beside a value: more are a clause that may say something of its own."""
_PREPOSITIONS = "на|ко?|у|во?|по|за|от|для|со?|до|из|об?|при|через|под"
_LED = re.compile(
    rf"(?<=[\w}}])\s+(?:{_PREPOSITIONS})(?:\s+(?!(?:{_PREPOSITIONS})\s)[^\W\d_]+){{0,2}}\s*:?\s*"
    rf"[«„“\"'*_]?{_ANY_GAP}[»“”\"'*_]?(?=\W|$)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\W*(?:(?:руб\w*|р|тг|тенге|сум|сом|byn|rub|kzt)\W*)?", re.IGNORECASE)
"""What may stand behind a value and say nothing of its own."""
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ADDRESSED = re.compile(rf"^(\W*){_NAME}(?=\W|$)")
_BEGINS_LATE = re.compile(
    rf"^\W*(?:(?:{_PREPOSITIONS}|и|а|но|или|либо|чтобы|что|если|как|котор\w+)\s+(?!\{{)|[^\W\d]*ую\b)", re.IGNORECASE
)
"""A clause that needs the one before it."""
_CONDITION = re.compile(
    r"\b(?:если|когда|иначе|в\s+случае|чтобы|кроме|вместо|якщо|інакше|щоб|коли|егер|әйтпесе|болмаса|агар|aks\s+holda"
    r"|эгер|agar|if|when|unless|otherwise)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:не|нет|ни|без|not|no|емес|жоқ|emas|yo.?q)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"^\W*(?:иначе|в\s+(?:противном|ином|этом)|а\s+(?:если|иначе|там)|тогда|там\b|по\s+(?:не[йм]|нему|этой|этому|ссылке)\b"
    r"|она\b|он\b|инакше|інакше|әйтпесе|aks\s+holda|otherwise)",
    re.IGNORECASE,
)
"""How a sentence begins that means the one before it."""
_NEWS: Mapping[NoticeKind, re.Pattern[str]] = {
    NoticeKind.BOOKED: re.compile(r"записан|забронир|booked|жазылды|yozildi|ёзилди|жазылдыңыз", re.IGNORECASE),
    NoticeKind.CANCELLED: re.compile(
        r"отмен[её]?н|отмен(?:а\b|ил|яет|яем)|аннулир|не\s+состо|снят[аы]?\b|удал(?:ен|ён|ил)|отказ|не\s+(?:с?мо[жг]\w+)"
        r"|[❌🚫⛔✖🛑]|cancel|скасов|адмен|адхіл|болдыр|тоқтат|бекор|bekor|жокко|жойыл",
        re.IGNORECASE,
    ),
    NoticeKind.MOVED: re.compile(
        r"пере[нн][её]с|перенос|сдвин|измен|друг(?:ое|ой|ую)|нов(?:ое|ая|ый|ую)|теперь|move|reschedul|now|зараз|тепер"
        r"|перане|цяпер|ауыс|жаңа|енді|ko.?chir|yangi|endi|кўчир|янги|энди|которул|жылдыр|эми",
        re.IGNORECASE,
    ),
    NoticeKind.CHANGED: re.compile(
        r"измен|помен|замен|друг(?:ой|ая|ие|ую|ого|ому)|нов(?:ый|ая|ые|ую)|теперь|вместо|chang|now|змін|тепер|змян"
        r"|цяпер|өзгер|енді|o.?zgar|endi|ўзгар|энди|эми|ауыс",
        re.IGNORECASE,
    ),
    NoticeKind.REVIEW: re.compile(
        r"отзыв|оцен|мнени|впечатл|понрав|review|feedback|rate|відгук|оцін|водгук|ацан|пікір|баға|fikr|sharh|фикр|пикир",
        re.IGNORECASE,
    ),
}
"""Words that tell what a notice is about: none of them may go."""
_MUST_TELL = frozenset({NoticeKind.MOVED, NoticeKind.CHANGED, NoticeKind.CANCELLED})
"""What turns a client away or calls her at another time: a text with holes must tell it in a word that we know."""
_OF_VISIT = re.compile(
    r"\{(?:date|time)\}|запис|жд[её][мт]|ожида|визит|встреч|увидимся|при[её]м|сеанс|напомин|завтра|сегодня|visit|booking"
    r"|appointment|чека|чакаем|кутеміз|күтеміз|kutam|кутам|күтөбүз|yozil|жазыл",
    re.IGNORECASE,
)


def is_sure(kind: NoticeKind, template: str, words: Mapping[str, str]) -> bool:
    """Whether a text filled in with these words says what a client must be told, and nothing that only half stands.

    Args:
        words: for each variable what stands in its place, empty where that is not known.

    >>> words = {"name": "Анна", "master": "", "time": "14:30", "address": ""}
    >>> is_sure(NoticeKind.CANCELLED, "{name}, запись к мастеру {master} отменена!", words)
    False
    >>> is_sure(NoticeKind.BOOKED, "Ждём вас в {time}!\\nАдрес: {address}", words)
    True
    """
    missing = {name for name in _VARIABLE.findall(template) if not words[name]}
    if not missing:
        return True
    gapped = _VARIABLE.sub(lambda found: _gap(found, words), template)
    rest = text_without_gaps(gapped.replace(_NAME, GAP))
    if _loses_news(kind, gapped, rest):
        return False
    is_aside = missing <= _ASIDE | {"name"}
    is_told = missing == {"name"} or (kind is NoticeKind.REVIEW and is_aside) or _OF_VISIT.search(rest)
    return bool(is_told) and _is_plain(gapped, is_aside=is_aside)


def is_of_visit(text: str) -> bool:
    """Whether a text speaks of a visit, other than by its day alone."""
    return _OF_VISIT.search(_VARIABLE.sub("", text)) is not None


def _gap(variable: re.Match[str], words: Mapping[str, str]) -> str:
    if words[variable[1]]:
        return variable[0]
    return _NAME if variable[1] == "name" else GAP


def _loses_news(kind: NoticeKind, gapped: str, rest: str) -> bool:
    news = _NEWS.get(kind)
    if news is None:
        return False
    is_silent = kind in _MUST_TELL and GAP in gapped and not news.search(rest)
    return is_silent or len(news.findall(rest)) < len(news.findall(gapped))


def _is_plain(gapped: str, *, is_aside: bool) -> bool:
    """Whether each sentence with a gap loses what the plainer reading takes out of it, and no more."""
    lines = with_labels_above(gapped.replace(_NAME, GAP).split("\n"))
    named = [_renamed(line, before) for line, before in zip(lines, gapped.split("\n"), strict=True)]
    found = [body + end for line in named for body, end in sentences(line)]
    is_each = all(_is_agreed(one, is_aside=is_aside) for one in found if re.search(_ANY_GAP, one))
    has_lost_meaning = any(re.search(_ANY_GAP, one) and _REFERS.search(behind) for one, behind in pairwise(found))
    return is_each and not has_lost_meaning


def _renamed(line: str, before: str) -> str:
    """The line with its names marked again, unless labels have changed it."""
    return before if line == before.replace(_NAME, GAP) else line


def _is_agreed(sentence: str, *, is_aside: bool) -> bool:
    rest = without_gaps(sentence.replace(_NAME, GAP))
    if not rest.strip():
        return is_aside or len(_words(sentence)) <= _LONGEST_SENTENCE
    if set(re.findall(_ANY_GAP, sentence)) != {_NAME} and (_CONDITION.search(sentence) or _NOT.search(sentence)):
        return False
    return _words(_plainly(sentence)) == _words(rest)


def _words(text: str) -> list[str]:
    """The words, with a sign for each gap that stands."""
    return [word.casefold() for word in _WORD.findall(text)] + re.findall(_ANY_GAP, text)


def _plainly(sentence: str) -> str:
    """The sentence after the plainer reading; a gap still stands in it where that knows no way."""
    sentence = _BRACKETS.sub(lambda found: found[0] if not re.search(_ANY_GAP, found[0]) else _inner(found), sentence)
    pieces = SEPARATOR.split(_LED.sub("", sentence))
    parts = [_without_addressed(part) for part in pieces[::2]]
    is_half = any(_loses_head(one) and _leads(one, behind) for one, behind in pairwise(parts))
    kept = [part for part in parts if not _is_label(part)]
    if is_half or (kept and _loses_head(parts[0]) and not _stands_alone(kept[0])):
        return sentence
    if any(_loses_head(part) for part in parts) and not any(map(_FACT.search, kept)):
        return sentence
    return ", ".join(kept)


def _loses_head(part: str) -> bool:
    return _is_label(part) and _NAME not in part


def _leads(label: str, behind: str) -> bool:
    """Whether what is behind a label may be labelled by it as well: another value without a label of its own."""
    return re.search(rf"[:—–]\s*\W?{_ANY_GAP}", label) is not None and re.match(r"\W*\{", behind) is not None


def _inner(brackets: re.Match[str]) -> str:
    parts = SEPARATOR.split(brackets[1])[::2]
    return ", ".join(part for part in parts if not re.search(_ANY_GAP, part))


def _without_addressed(part: str) -> str:
    """A part without the name that it calls, where it says more than that."""
    greeting = GREETING.match(part)
    if greeting and _NAME in part and len(_words(part[greeting.end() :])) <= _LONGEST_LABEL:
        return greeting[0]
    return _ADDRESSED.sub(r"\1", part)


def _is_label(part: str) -> bool:
    """Whether a part is a value that is not known, with its label."""
    before, gap, after = (*re.split(f"({_ANY_GAP})", part, maxsplit=1), "", "")[:3]
    is_short = len(_WORD.findall(before)) <= _LONGEST_LABEL and _UNIT.fullmatch(after) is not None
    return bool(gap) and is_short and not _FACT.search(part)


def _stands_alone(part: str) -> bool:
    """Whether a part says something without the one before it: it has a fact of its own."""
    return bool(_FACT.search(part)) and not _BEGINS_LATE.search(part)
