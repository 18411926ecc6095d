"""What leaves a text together with a value that is not known: its label, its brackets and quotes, its clause.

A text is a salon's own, so no grammar is assumed but punctuation and the words that lead to a value. A gap is where
the value would stand; what is known stands as `{name}`. Nothing that is known is ever left out, nor a phone number, a
link or an address that the salon has spelt out itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from aiadmin.domain.notices.own_words import SPELT_OUT, sentences

GAP = "\0"
"""Stands where a variable has no value; no template holds one."""

_FACT = re.compile(rf"\{{\w+\}}|{SPELT_OUT.pattern}")
_WHOLE_FACT = re.compile(rf"(?:{_FACT.pattern})[)\]»”\"'’*_~]*")
_IN_BRACKETS = re.compile(r"^\(([^()]*)\)\s*$")
_QUOTED = re.compile(rf"[«„“\"'‘*_~]\s*{GAP}\s*[»“”\"'’*_~]")
_BRACKETED = re.compile(rf"\s*([(\[])([^()\[\]]*{GAP}[^()\[\]]*)([)\]])")
_MARKER = re.compile(r"\s*(?:[•·▪◦‣●○–—>✓✔✅☑➡👉-]\ufe0f?|\d{1,2}[.)])\s+")
_DASHES = frozenset("–—")
_APPOSITION = re.compile(rf"{GAP}\s+[—–]\s+[^—–{{}}{GAP}]*\s[—–](?=\s)")
"""What is set between dashes behind a value says more of it."""
SEPARATOR = re.compile(r"(\s*(?:[,;،؛，；、](?!\d))\s*|\s*\|\s*|\s*[•▪]\s+|\s+[·/\\&+]\s+)")
_PARTING = frozenset("|•·▪/\\&+")
"""What parts things that have nothing to do with each other."""
_CONJUNCTION = re.compile(r"^(?:и|а|но|или|либо)\s+", re.IGNORECASE)
_OR = re.compile(r"^\s*(?:или|либо|або|немесе|болмаса|yoki|ёки|же|or)\s+", re.IGNORECASE)
_BEFORE_OR = re.compile(r"^(.*\w)[\s,]+(?:или|либо|або|немесе|болмаса|yoki|ёки|or)\s+(\w*)[^:—–]*$", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:^|\s+)(?:на|ко?|у|во?|по|за|от|для|со?|до|из|об?|при|через|под)(?:\s+[^\W\d_]+){0,2}\s*:?\s*$", re.IGNORECASE
)
"""What leads to a value in the middle of a sentence: a preposition and at most two words."""
_LABEL = re.compile(r"[:—–՝]|\s-\s")
_OWN_LABEL = re.compile(r"\w\s*[:—–՝]\s*\S|\s-\s")
_PREPOSITION = re.compile(
    r"(?:в|во|на|к|ко|по|у|с|со|до|от|за|из|через|без|для|под|над|при|про|об?|около|возле|между)\b", re.IGNORECASE
)
_EXPLAINS = re.compile(
    rf"""^\W*(?:\w+\W*$ | {_PREPOSITION.pattern}
    | (?:вход|заезд|въезд|проход|код|домофон|ориентир|метро|м|ст|тц|трц|бц|рядом|напротив|недалеко)\b
    | (?:включая|кроме|это|то\s+есть|т\.\s*е|который|которая|где|кто)\b
    | (?:\d+\W{{0,2}}\w?\s*)?(?:этаж|подъезд|каб(?:инет)?|оф(?:ис)?|кв|корпус|строение|қабат|кіреберіс|qavat|поверх)
    | (?:топ|мастер|стилист|специалист|колорист))""",
    re.IGNORECASE | re.VERBOSE,
)
"""One word, or what says where in a house, how it is meant, or who somebody is: it belongs to the value before it."""
_FOLLOWS = re.compile(r"^\W*(?:и|а|тогда|то|чтобы|щоб|та|va|ва|және|and|then)\b", re.IGNORECASE)
"""What follows from the clause before, or is its aim."""
_CONDITION = re.compile(r"^\W*(?:если|когда|при|в\s+случае|якщо|коли|егер|агар|эгер|agar|if|when)\b", re.IGNORECASE)
"""What makes another clause untrue when it is left out."""
_AIM = re.compile(r"^\W*(?:чтобы|щоб|to)\b", re.IGNORECASE)
GREETING = re.compile(
    r"^\W*(?:здравствуй(?:те)?|добр(?:ый|ого)\s+(?:день|дня|вечер|вечера|времени\s+суток)|добр(?:ое|ого)\s+утр[оа]"
    r"|привет(?:ствуем)?|до\s+(?:скорой\s+)?встречи|до\s+свидания|спасибо|вітаю|добрий\s+день|дякуємо|с[аә]л[ао]м\w*"
    r"|сәлем\w*|рахмет|assalomu\s+alaykum|salom|rahmat|hello|hi|שלום|مرحبا|բարև|გამარჯობა)",
    re.IGNORECASE,
)
_THANKS = re.compile(r"^\W*(?:спасибо|до\s+встречи|хорошего)", re.IGNORECASE)
"""What goes on, unlike a greeting, where nobody is addressed in between."""
_WHO = re.compile(r"^\W*(?:(?:для|к|у|о|за|про)\s+)?(?:вас|вам|тебя|тебе)\s*$", re.IGNORECASE)
"""Who is addressed by name behind it, and what is said of them goes on."""
_HERE = re.compile(r"\s*(?:\b(?:тут|здесь|сюда|там)\b)?\s*[:—–-]?\s*$", re.IGNORECASE)
_GOES_ON = re.compile(rf"\{{|\d|{_PREPOSITION.pattern}|(?:завтра|сегодня|скоро|снова)\b", re.IGNORECASE)
"""What follows an address in the middle of a sentence without a comma, once nobody is addressed."""
_WHAT_TO_DO = re.compile(r"(?:ть|ти|чь|те)(?:с[ья])?\s*[:—–]?\s*$", re.IGNORECASE)
"""A label that says what a number or a link is for, whichever it is."""
_IMPERATIVE, _INFINITIVE = re.compile(r"те(?:сь)?$"), re.compile(r"(?:ть|ти|чь)(?:с[ья])?$")
_MEANING = re.compile(r"[^\W_]")
_ASKS_WHERE = re.compile(
    r"(?:^|[.!?…]\s)\W*(?:где|как|куда|кто|когда|сколько|какой|какая)\b[^{\0.!]*\?\s*$", re.IGNORECASE
)
"""A question of the salon's own that the value behind it answers."""
_LABEL_ABOVE = re.compile(
    rf"""{_ASKS_WHERE.pattern}
    | (?:[:—–-]|👇|⬇)[\s*_~\ufe0f👇⬇]*$ | ^[^\w{{]*(?:[вн]аш[аеи]?\s+)?(?:адрес|мастер|специалист|услуг[аи]
    |процедур[аы]|стоимость|цена|сумма|итого|время|дата|ссылка|имя|клиент|manzil|usta|narxi?|vaqti?|xizmat\w*|мекенжай\w*
    |шебер\w*|баға\w*|қызмет\w*|address|price|master|services?)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""A line that leads to the one below: by its sign, or by being the name of a value alone."""
_LINE_LABEL = re.compile(r"^[^\w{\0]*[\w ]+[:—–]")


def is_empty(text: str) -> bool:
    """Whether there is no word in it, and nothing that is known.

    >>> is_empty(" — !"), is_empty("{time}")
    (True, False)
    """
    return not _MEANING.search(text)


def text_without_gaps(text: str) -> str:
    """A text of several lines without what speaks of its gaps: a label on the line above goes as well.

    >>> text_without_gaps("Ждём вас {date}. Наш адрес:\\n\\0\\nДо встречи!")
    'Ждём вас {date}.\\nДо встречи!'
    """
    lines = with_labels_above(text.split("\n"))
    kept: list[str] = []
    is_gone = False
    for line in lines:
        rest = without_gaps(line)
        if not rest and GAP in line:
            is_gone = True
            if kept and GREETING.match(kept[-1]):
                kept[-1] = re.sub(r",\s*$", "!", kept[-1])
        elif rest.strip() or not is_gone or (kept and kept[-1].strip()):
            kept.append(rest)  # of two empty lines around what is gone one is enough
            is_gone = is_gone and not rest.strip()
    text_left = "\n".join(kept).strip("\n")
    return _as_beginning(text_left, text) if is_empty(text.split("\n", maxsplit=1)[0]) else text_left


def without_gaps(line: str) -> str:
    """A line without what speaks of the gaps in it; empty when it speaks of nothing else.

    A sentence of nothing but gaps and their labels goes whole. Elsewhere the part between commas goes that holds the
    gap, with what only explains its value; where that part tells something that is known, only the words that lead to
    the gap go.

    >>> without_gaps("Наш адрес — \\0, вход со двора. Ждём вас!")
    'Ждём вас!'
    >>> without_gaps("Адрес: \\0, тел. 8 900 123-45-67. Ждём вас {date} по адресу «\\0».")
    'Тел. 8 900 123-45-67. Ждём вас {date}.'
    >>> without_gaps("Здравствуйте, \\0!")
    'Здравствуйте!'
    """
    if GAP not in line:
        return line
    marker = found[0] if (found := _MARKER.match(line)) else ""
    line = _APPOSITION.sub(GAP, _QUOTED.sub(GAP, line.removeprefix(marker)))
    while found := _BRACKETED.search(line):
        inner = _of_sentence(found[2])
        left = "" if is_empty(inner) else f" {found[1]}{inner}{found[3]}"
        line = line[: found.start()] + left + line[found.end() :]
    found_in = sentences(line)
    each = [_of_ended(sentence) for sentence in found_in]
    for place, (asked, answered) in enumerate(pairwise(found_in)):
        if _ASKS_WHERE.search("".join(asked)) and GAP in answered[0] and not each[place + 1]:
            each[place] = ""
    kept = "".join(each)
    kept = _as_beginning(kept, line) if found_in and not each[0] else kept
    is_label = marker.strip() in _DASHES and line.startswith(GAP)
    return "" if is_empty(kept) else (("" if is_label else marker) + kept).strip()


def with_labels_above(lines: Sequence[str]) -> list[str]:
    """The lines, with a gap behind each label whose values on the lines below are not known."""
    joined = list(lines)
    for above, line in enumerate(lines):
        below = next((place for place in range(above + 1, len(lines)) if lines[place].strip()), None)
        if below is None or not _LABEL_ABOVE.search(line) or not _is_missing(lines[below]):
            continue
        if not _is_list_of_more(lines[below:]):
            before, _, after = lines[below].partition(GAP)
            joined[above] = f"{line.rstrip()} {GAP}{after if is_empty(before) else ''}"
            joined[below] = GAP
    return joined


def _is_missing(line: str) -> bool:
    """Whether a line tells nothing but what is not known, or begins with it."""
    return GAP in line and (is_empty(line.split(GAP, maxsplit=1)[0]) or not without_gaps(line))


def _is_list_of_more(lines: Sequence[str]) -> bool:
    """Whether the first line, which is missing, is one of several alike, and another of them is not."""
    for line in lines[1:]:
        if not line.strip():
            return False
        if not _is_missing(line):
            return _shape(line) == _shape(lines[0])
    return False


def _shape(line: str) -> str:
    marker = _MARKER.match(line)
    if marker:
        return marker[0].strip()
    if _LINE_LABEL.search(line):
        return "label"
    return "value" if is_empty(_FACT.sub("", line)) else "sentence"


def _of_ended(sentence: tuple[str, str]) -> str:
    body, end = sentence
    if GAP not in body:
        return body + end
    kept = _of_sentence(body)
    return "" if is_empty(kept) else _as_beginning(kept, body) + end


def _of_sentence(body: str) -> str:
    """The sentence without its gaps, its first letter as it comes."""
    pieces = SEPARATOR.split(body)
    parts, separators = pieces[::2], ["", *pieces[1::2]]
    kept: list[tuple[str, str]] = []
    lost = ""
    for separator, part in zip(separators, parts, strict=True):
        if not part.strip() or (lost and _goes_with(lost, separator, part)):
            continue
        rest = _of_part(part)
        if rest is None or (GAP in part and is_empty(rest)):
            lost = part
            kept = [] if _CONDITION.search(part) and not _has_facts(kept) else kept
            continue
        is_one = bool(kept) and _is_one_with(kept[-1][1], rest, lost=lost)
        kept.append((" " if is_one else separator, rest))
        lost = part if _is_label_of_value(part) else ""
    while lost and kept and _is_subordinate(kept[-1][1]) and not _has_facts(kept[-1:]):
        kept.pop()
    return _joined(kept, is_begun=not kept[0][0]) if kept else ""


def _has_facts(kept: Sequence[tuple[str, str]]) -> bool:
    return any(_FACT.search(part) for _, part in kept)


def _is_subordinate(part: str) -> bool:
    """Whether it says nothing without the clause behind it."""
    return not _OWN_LABEL.search(part) and bool(_CONDITION.search(part) or _AIM.search(part))


def _joined(kept: Sequence[tuple[str, str]], *, is_begun: bool) -> str:
    """Parts with what separates them; a first one that was not the first loses what joined it to the one before."""
    first = kept[0][1] if is_begun else _CONJUNCTION.sub("", kept[0][1].lstrip())
    return (first + "".join(separator + part for separator, part in kept[1:])).strip()


def _goes_with(lost: str, separator: str, part: str) -> bool:
    """Whether a part says something only together with the one that is gone."""
    if separator.strip() in _PARTING or _FACT.search(part):
        return False
    return bool(_FOLLOWS.search(part)) or (_is_label_of_value(lost) and _explains(part))


def _explains(part: str) -> bool:
    """Whether a part only says more of the value before it."""
    return GAP in part or (not _OWN_LABEL.search(part) and bool(_EXPLAINS.search(part)))


def _is_label_of_value(part: str) -> bool:
    """Whether a part ends with a value that is not known, behind its label."""
    said, _, after = part.partition(GAP)
    facts = list(_FACT.finditer(said))
    return GAP in part and not after.strip() and bool(_LABEL.search(said, facts[-1].end() if facts else 0))


def _is_one_with(before: str, after: str, *, lost: str) -> bool:
    """Whether two parts need no comma between them: a picture behind words, or words without who is addressed."""
    if is_empty(after[:1]) and after[:1] not in "{(«„“\"'":
        return True
    if lost and _WHO.match(before):
        return True
    is_hello = GREETING.search(before) and not _THANKS.search(before)
    is_label = _FACT.search(before) or _LABEL.search(before) or is_hello
    return bool(lost) and not _is_label_of_value(lost) and not is_label and bool(_GOES_ON.match(after.lstrip()))


def _of_part(part: str) -> str | None:
    """What lies between two commas, without its gaps; None when it was the label of one alone."""
    while (gap := part.find(GAP)) >= 0:
        before, after = part[:gap], part[gap + 1 :]
        facts = list(_WHOLE_FACT.finditer(before))
        rest = _alternative(before, after)
        greeting = GREETING.match(before)
        if facts:
            part = before[: facts[-1].end()] + after
        elif greeting and not _LABEL.search(before):
            part = (greeting[0] + after).rstrip()
        elif rest is not None:
            part = rest
        elif _FACT.search(after) and (lead := _LEAD.search(before)) and before[: lead.start()].strip():
            part = before[: lead.start()] + after
        elif _FACT.search(after) or is_empty(before):
            part = _IN_BRACKETS.sub(r"\1", _CONJUNCTION.sub("", re.sub(r"^[\s:—–.!?…)-]+", "", after)))
        else:
            return None
    return part


def _alternative(before: str, after: str) -> str | None:
    """The other of two ways, where one of them needs what is not known; None where there is no other."""
    if before.strip() and _OR.match(after):
        rest = _OR.sub("", after)
        if SPELT_OUT.match(rest) and _WHAT_TO_DO.search(before):
            return before + rest
        first = re.match(r"\W*(\w+)", rest)
        for word in reversed(list(re.finditer(r"[^\W\d_]+", before))):
            if first and _is_parallel(word[0].casefold(), first[1].casefold()):
                return before[: word.start()] + rest
        return f"{_HERE.sub('', before)} {rest}" if _PREPOSITION.match(rest) else rest
    other = _BEFORE_OR.match(before)
    if other is None or _LABEL.search(before) or _is_parallel(other[1].split()[-1].casefold(), other[2].casefold()):
        return None  # "move or cancel the visit here" is one thing that is done in one place
    return other[1] + after


def _is_parallel(one: str, other: str) -> bool:
    """Whether two words do the same in their sentence: the same preposition, or two verbs in one form."""
    return one == other or any(form.search(one) and form.search(other) for form in (_IMPERATIVE, _INFINITIVE))


def _as_beginning(kept: str, whole: str) -> str:
    """With a capital letter where the beginning of the sentence is gone; a link stays as it is."""
    begins = whole.lstrip()
    is_begun = kept.startswith(begins[:1]) and not begins.startswith(GAP)
    if is_begun or re.match(r"\S*(?:://|www\.|@|\w\.\w)", kept):
        return kept
    return kept[:1].upper() + kept[1:]
