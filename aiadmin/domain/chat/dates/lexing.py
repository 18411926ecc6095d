"""From a message to the nodes that the grammar begins with: words looked up, numbers told from phones and prices."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from aiadmin.domain.chat.dates.grammar import Build, Kinds, Match, Node, Rule
from aiadmin.domain.chat.dates.spelling import corrected
from aiadmin.domain.chat.dates.words import COUNTED, LEXICON
from aiadmin.domain.chat.normalising import Token, tokens_of

_SIGNS = {
    ":": "COLON",
    ".": "DOT",
    ",": "COMMA",
    "/": "SLASH",
    ";": "SEMICOLON",
    "=": "EQUALS",
    "_": "UNDERSCORE",
    "+": "PLUS",
    "\\": "SLASH",
}
_STOPS = frozenset("!?;\n.()…")
_PHONE_SIGNS = frozenset("-+()")
_PHONE_DIGITS = 10
_LONGEST_PHONE = 32
_LOCAL_PHONE = (3, 2, 2)
_TWO, _FOUR = 2, 4
_LONGEST_UNIT = 16
_GENITIVE = ("а", "я", "и", "ы")
"""What a noun may end with behind "second": "второго мастера" is no date."""
_COUNTED_CASES = ("ами", "ями", "ах", "ях", "ам", "ов", "ев")
"""Endings of cases that no subject and no object has: "к 2 мастерам", "10 комплектов"."""


def nodes_of(text: str, names: Container[str]) -> Sequence[Node]:
    """The words and numbers of a message with all that they may be; phones are none of them."""
    tokens = tokens_of(text, lambda word: word in LEXICON or word in names)
    return [_node(token, names) for token in _without_phones(tokens)]


def _node(token: Token, names: Container[str]) -> Node:
    word = token.text
    if not word.isalpha():
        return Node(_of_sign(word), word, token.start, token.end, token.is_glued)
    if word in names:
        return Node({"UNKNOWN": word}, word, token.start, token.end, token.is_glued)
    meant = corrected(word, names)
    kinds = _of_word(meant)
    if token.is_glued and "UNKNOWN" in kinds:
        kinds = {**kinds, "GLUED": word}
    return Node(kinds, meant, token.start, token.end, token.is_glued)


def _of_word(word: str) -> Kinds:
    kinds = LEXICON.get(word)
    if kinds is not None:
        return kinds
    is_counted = len(word) <= _LONGEST_UNIT and (word.startswith(COUNTED) or word.endswith(_COUNTED_CASES))
    is_genitive = word.endswith(_GENITIVE) and not word.endswith("ся")
    return {"COUNTED" if is_counted else "UNKNOWN": word} | ({"GENITIVE": word} if is_genitive else {})


def _of_sign(sign: str) -> Kinds:
    if sign.isascii() and sign.isdigit():
        return _of_digits(sign)
    kinds = dict(LEXICON.get(sign, {}))
    if sign in _SIGNS:
        kinds[_SIGNS[sign]] = sign
    if sign in _STOPS or not kinds:
        kinds["P"] = sign
    return kinds


def _of_digits(digits: str) -> Kinds:
    if len(digits) > _FOUR:
        return {"BIG": digits}
    number = int(digits)
    if len(digits) <= _TWO:
        return {"NUM": number, "DIG": number} | ({"D2": number} if len(digits) == _TWO else {})
    if len(digits) < _FOUR:
        return {"BIG": digits}
    is_year = abs(number - _THIS_CENTURY) < _TWO * 10
    return {"D4": number} | ({"YEAR": number} if is_year else {})


_THIS_CENTURY = 2030


def _without_phones(tokens: Sequence[Token]) -> Iterator[Token]:
    """Groups of digits that together make a phone or a card become one number that is no time."""
    at = 0
    while at < len(tokens):
        end = _end_of_phone(tokens, at)
        if end > at:
            yield Token("№", tokens[at].start, tokens[end - 1].end, tokens[at].is_glued)
            yield Token("00000", tokens[at].start, tokens[end - 1].end, is_glued=True)
            at = end
        else:
            yield tokens[at]
            at += 1


def _end_of_phone(tokens: Sequence[Token], at: int) -> int:
    """Where a phone that begins here ends; `at` where none does."""
    if not (tokens[at].text.isdecimal() or tokens[at].text == "+"):
        return at
    end, groups = at, []
    for token in tokens[at : at + _LONGEST_PHONE]:
        if token.text.isdecimal():
            groups.append(len(token.text))
        elif token.text not in _PHONE_SIGNS:
            break
        end += 1
    is_phone = sum(groups) >= _PHONE_DIGITS or tuple(groups) == _LOCAL_PHONE
    return end if is_phone else at


# --- numerals ------------------------------------------------------------------------------------------------------


def _sum(m: Match) -> Kinds:
    return {"NUM": m["t"] + m["u"]}


def _ordinal_sum(m: Match) -> Kinds:
    value = m["t"] + m["u"]
    return {kind: value for kind in m.kinds("u") if kind.startswith("ORD") and kind != "ORDU"}


def _ordinal(case: str) -> Rule:
    endings = {
        "ORDG": "го|ого|его|ва|ово|во|ова",
        "ORDN": "е|ое|ье",
        "ORDM": "й|ый|ий|ой|і",
        "ORDF": "ю|ую|ая|я",
        "ORDP": "ом|ем",
        "ORDD": "му|ому|ым",
    }
    is_day = case in {"ORDG", "ORDN"}
    return Rule(f"n:DIG ~DASH? ~:{endings[case]}", lambda m: _with_ending(m["n"], case, is_day=is_day))


def _with_ending(number: int, case: str, *, is_day: bool) -> Kinds:
    kinds = {"ORD": number, case: number}
    if is_day:
        kinds["DIGORD"] = number
    return kinds | ({"BIGORD": number} if number >= _BIG else {})


_BIG = 5
"""From this number on digits with an ending are days of the month, whatever noun follows."""


def _is(kind: str) -> Build:
    return lambda m: {kind: 1}


NUMERALS: Sequence[Rule] = (
    Rule("NEXT ~DOT", _is("NEXT")),
    Rule("n:DIG ~COMMA|DOT ~5 >UHOUR|UWEEK|UMONTH", lambda m: {"ONE_AND_HALF": m["n"] + 0.5}),
    Rule("n:DIG го|ого", lambda m: _with_ending(m["n"], "ORDG", is_day=True)),
    Rule("пол UHOUR", lambda m: {"HALF_HOUR": 30}),
    Rule("t:TENS u:UNITS", _sum),
    Rule("t:TENS u:ORDU", _ordinal_sum),
    *map(_ordinal, ("ORDG", "ORDN", "ORDM", "ORDF", "ORDP", "ORDD")),
    Rule("n:DIG ~DASH? ~:ти|х|ть|ух|ех|их|мя|ми|ї", lambda m: {"NUM": m["n"]}),
    Rule("n:DIG ~DASH ~:м|и", lambda m: {"NUM": m["n"]}),
)
"""Numbers of several words, and digits with endings."""


def _ratio(m: Match) -> Kinds | None:
    """16 на 9, 2 к 1; after a question "20 на 15" is an answer."""
    return None if m.context.asked else {"QUANTITY": 1}


QUANTITIES: Sequence[Rule] = (
    Rule("n:NUM|BIG|D4 ~к|k", _is("QUANTITY")),
    Rule("n:NUM|BIG|D4|FEW COUNTED", _is("QUANTITY")),
    Rule("n:NUM DASH u:NUM COUNTED", _is("QUANTITY")),
    Rule("n:NUM и u:NUM лет|года|годика|годиков", _is("QUANTITY")),
    Rule("n:DIG ~DOT|COMMA ~u:DIG COUNTED", _is("QUANTITY")),
    Rule("n:NUM|FEW UDAY COUNTED", _is("QUANTITY")),
    Rule("n:BIG|D4|NUM MONEY", _is("QUANTITY")),
    Rule("OF_NUMBER n:BIG|D4", _is("QUANTITY")),
    Rule("за n:NUM >!UHOUR|UMIN|UDAY|UWEEK", _is("QUANTITY")),
    Rule("дом|д|кв|квартира|№|номер|скидка|тариф|размер|код|кабинет|этаж|оф|офис|стр n:NUM", _is("QUANTITY")),
    Rule("n:NUM UDAY|UWEEK|UMONTH V UDAY|UWEEK|UMONTH", _is("QUANTITY")),
    Rule("n:раз V|IN n:NUM|ORDF? UDAY|UWEEK|UMONTH", _is("QUANTITY")),
    Rule("COUNTED V UDAY|UWEEK|UMONTH", _is("QUANTITY")),
    Rule("GOOD DAY_NOUN|PARTG|PARTN|PARTI|PARTD|WEEKEND|UWEEK", _is("GREETING")),
    Rule("GOOD WD", _is("GREETING")),
    Rule("GOOD времени суток", _is("GREETING")),
    Rule("PARTN|DAY_NOUN GOOD", _is("GREETING")),
    Rule("FROM GOOD PARTI", _is("GREETING")),
    Rule("NUM V n:ONE|NUM >!UHOUR|PARTG|COLON", lambda m: {"QUANTITY": 1} if m["n"] == 1 else None),
    Rule("ON n:NUM UDAY LATER|EARLIER", _is("QUANTITY")),
    Rule("n:NUM FROM плюсом|минусом", _is("QUANTITY")),
    Rule("UNTIL PARTG !", _is("GREETING")),
    Rule("FROM понедельником|вторником|средой|четвергом|пятницей|субботой|воскресеньем", _is("GREETING")),
    Rule("24 SLASH 7", _is("QUANTITY")),
    Rule("<!AT|SINCE|AFTER|UNTIL|FROM|DOM_WORD|COLON|DOT n:NUM ON|BY m:NUM >!COLON|DOT|DASH|MONTH|DOM_WORD", _ratio),
    Rule("FROM днем", _is("GREETING")),
    Rule("тон|оттенок|краска|краску|цвет|лак|номер|№ DIG ~DOT|SLASH|COMMA ~DIG", _is("QUANTITY")),
    Rule("UNTIL WD !", _is("GREETING")),
    Rule("FROM PARTI CELEBRATION", _is("GREETING")),
    Rule("UDAY CELEBRATION", _is("CELEBRATION_DAY")),
    Rule("с новым годом", _is("GREETING")),
    Rule("с наступающим PARTI? CELEBRATION?", _is("GREETING")),
    Rule("перерыв ON PARTN", _is("GREETING")),
    Rule("PAST WD|UWEEK|UMONTH|THIS|WEEKEND", _is("PAST_DAY")),
    Rule("FINAL UWEEK|UMONTH|время", _is("PAST_DAY")),
    Rule("V FINAL раз", _is("PAST_DAY")),
    Rule("UWEEK|UMONTH|UDAY|UHOUR BACKWARD", _is("PAST_DAY")),
    Rule("n:NUM|FEW UWEEK|UMONTH|UDAY|UHOUR BACKWARD", _is("PAST_DAY")),
    Rule("V ABOUT", _is("APPROX")),
    Rule("NEARER BY", _is("APPROX")),
    Rule("где DASH? то", _is("APPROX")),
    Rule("PLUS DASH", _is("APPROX")),
    Rule("плюс DASH? минус", _is("APPROX")),
    Rule("UMIN ON n:NUM >!LATER|EARLIER", _is("QUANTITY")),
    Rule("IS_LATE ON n:NUM UMIN?", _is("QUANTITY")),
    Rule("V промежутке", _is("FILLER")),
    Rule("V течение DAY_NOUN|UDAY", _is("FILLER")),
    Rule("ANY DAY_NOUN|UDAY", _is("FILLER")),
    Rule("THIS|тот|то|ту DAY_NOUN", _is("FILLER")),
    Rule("то есть", _is("CORRECTION")),
    Rule("все DASH? таки", _is("CORRECTION")),
    Rule("хотя бы", _is("FILLER")),
    Rule("если NO", _is("OR")),
    Rule("за исключением", _is("EXCEPT")),
    Rule("до REL >END|P|COMMA", _is("GREETING")),
    Rule("до встречи", _is("GREETING")),
)
"""What is no day and no time, though its words are: counted things, greetings, farewells, the past."""


def _earliest(m: Match) -> Kinds:
    return {"ASAP": 1}


EARLIEST: Sequence[Rule] = (
    Rule("как можно SOON|EARLIER", _earliest),
    Rule("как только можно|сможете", _earliest),
    Rule("чем SOON|EARLIER тем лучше", _earliest),
    Rule("SOON", _earliest),
    Rule("как EARLIER", _earliest),
    Rule("asap|асап", _earliest),
    Rule("VERY SOON|EARLY|EARLIER", _earliest),
    Rule("VERY сейчас|щас|сейчас", _earliest),
    Rule("V|ON? VERY? NEAR FREE? SLOT", _earliest),
    Rule("V|ON? VERY? NEAR FREE", _earliest),
    Rule("V|ON VERY? NEAR >END|P|COMMA", _earliest),
    Rule("VERY NEAR >END|P|COMMA", _earliest),
)
"""As soon as possible."""
