"""What leaves a sentence together with a value that is not known: its label, its brackets and quotes, its clause.

A text is a salon's own, so no grammar is assumed but punctuation. A gap is where the value would stand; what is known
stands as `{name}`. Nothing that is known is ever left out.
"""

from __future__ import annotations

import re

GAP = "\0"
"""Stands where a variable has no value; no template holds one."""

_KNOWN = re.compile(r"\{\w+\}")
_QUOTED = re.compile(rf"[«„“\"'‘]\s*{GAP}\s*[»“”\"'’]")
_BRACKETED = re.compile(rf"\s*\(([^()]*{GAP}[^()]*)\)")
_END = re.compile(r"(?P<sign>[.!?…]+[»”\")]*)(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(,])(?:ул|г|д|кв|стр|корп|к|пр|просп|пр-т|пер|пл|ш|наб|б-р|мкр|тел|каб|эт|руб|р|им|см|ст|м)\.$"
)
_SEPARATOR = re.compile(r"(\s*[,;]\s*)")
_CONJUNCTION = re.compile(r"^(?:и|а|но|или)\s+", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:^|\s+)(?:на|ко?|у|во?|по|за|от|для|со?|до|из|об?|при|через|под)(?:\s+[^\W\d_]+){0,2}\s*$", re.IGNORECASE
)
"""What leads to a value in the middle of a sentence: a preposition and at most two words."""
_MEANING = re.compile(r"[^\W_]")


def is_empty(text: str) -> bool:
    """Whether there is no word in it, and nothing that is known.

    >>> is_empty(" — !"), is_empty("{time}")
    (True, False)
    """
    return not _MEANING.search(text)


def without_gaps(line: str) -> str:
    """A line without what speaks of the gaps in it; empty when it speaks of nothing else.

    A sentence of nothing but gaps and their labels goes whole. Elsewhere the part between commas goes that holds the
    gap, with what follows it up to the next value that is known; where that part tells something that is known, only
    the words that lead to the gap go.

    >>> without_gaps("Наш адрес — \\0, вход со двора. Ждём вас!")
    'Ждём вас!'
    >>> without_gaps("Ждём вас {date} по адресу «\\0».")
    'Ждём вас {date}.'
    >>> without_gaps("Здравствуйте, \\0!")
    'Здравствуйте!'
    """
    if GAP not in line:
        return line
    line = _QUOTED.sub(GAP, line)
    while found := _BRACKETED.search(line):
        inner = _of_sentence(found[1])
        line = line[: found.start()] + ("" if is_empty(inner) else f" ({inner})") + line[found.end() :]
    kept = [sentence for sentence in map(_of_ended, _sentences(line)) if sentence]
    return "".join(kept).strip() if not is_empty("".join(kept)) else ""


def _sentences(line: str) -> list[tuple[str, str]]:
    """Each with the sign that ends it and the blanks behind; a point after an abbreviation ends nothing."""
    found: list[tuple[str, str]] = []
    begins = 0
    for end in _END.finditer(line):
        if end["sign"] == "." and _ABBREVIATION.search(line[begins : end.end()]):
            continue
        blanks = len(line[end.end() :]) - len(line[end.end() :].lstrip())
        found.append((line[begins : end.start()], line[end.start() : end.end() + blanks]))
        begins = end.end() + blanks
    return [*found, (line[begins:], "")] if begins < len(line) else found


def _of_ended(sentence: tuple[str, str]) -> str:
    body, end = sentence
    if GAP not in body:
        return body + end
    kept = _of_sentence(body)
    return "" if is_empty(kept) else _as_beginning(kept, body) + end


def _of_sentence(body: str) -> str:
    """The sentence without its gaps, its first letter as it comes."""
    pieces = _SEPARATOR.split(body)
    parts, separators = pieces[::2], ["", *pieces[1::2]]
    kept: list[tuple[str, str]] = []
    is_dropping = False
    for separator, part in zip(separators, parts, strict=True):
        is_dropping = is_dropping and not _KNOWN.search(part)
        if is_dropping:
            continue
        rest = _of_part(part)
        is_dropping = rest is None
        if rest is not None and not (GAP in part and is_empty(rest)):
            kept.append((separator, rest))
    return "".join(separator + part for separator, part in kept).removeprefix(kept[0][0]).strip() if kept else ""


def _of_part(part: str) -> str | None:
    """What lies between two commas, without its gaps; None when it was the label of one alone."""
    while (gap := part.find(GAP)) >= 0:
        before, after = part[:gap], part[gap + 1 :]
        known = list(_KNOWN.finditer(before))
        if known:
            part = before[: known[-1].end()] + after
        elif _KNOWN.search(after) and (lead := _LEAD.search(before)) and before[: lead.start()].strip():
            part = before[: lead.start()] + after
        elif _KNOWN.search(after) or not before.strip():
            part = _CONJUNCTION.sub("", re.sub(r"^[\s:—–-]+", "", after))
        else:
            return None
    return part


def _as_beginning(kept: str, whole: str) -> str:
    """With a capital letter where the beginning of the sentence is gone."""
    begins = whole.lstrip()
    if kept.startswith(begins[:1]) and not begins.startswith(GAP):
        return kept
    return kept[:1].upper() + kept[1:]
