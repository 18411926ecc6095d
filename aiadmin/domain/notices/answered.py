"""A reminder for a client who has said already that they come: the salon's own text without what asks for it.

A text is a salon's own, in any of several languages, so nothing is cut out of a sentence but its last clause: one
that asks goes whole, and what it tells of the visit is told once more in our words. What asks nothing stays to the
letter. In doubt a question goes: less is said, and nothing that is not true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from aiadmin.domain.notices.own_words import SPELT_OUT, sentences

_PLACE = re.compile(r"\{(\w+)\}")
_ADDRESSED = frozenset({"name"})
"""What is no news to a client."""
_ANSWER = re.compile(
    r"""(?<!\bв\s)\bответ(?:ь|ьте|ит[еь]|а|у|ом|ов|ным)?\b | \bотвечай(?:те)?\b | \bдай(?:те)?\s(?:нам\s)?знать
    | \bотпишитесь\b | прид[её](?:те|шь)\s+ли\b | \bесли\s+(?:вы\s+)?прид[её](?:те|шь)\s*$
    | (?:жауап|жооп|жавоб|javob)\s+(?:бер|ber) | \bвідпові(?:дай|дь|сти) | \bадка(?:жыце|заць)
    | \breply\b | \brespond\b | \banswer\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What asks for an answer, whatever sign is behind it; "if the plans change, answer here" asks for none."""
_CONFIRM = re.compile(
    r"""подтверд(?:и|ите|ить|ишь|или|ил|ила)\b | подтвержда(?:ешь|ете|й|йте)\b | \bподтверждени | \bне\s+подтвержд
    | \bвс[её]\s+в\s+силе | \bрастаң | \bырастаң | тасди[қк]ла | tasdiqla | \bпідтверд | \bпацв[ея]рдз
    | \bconfirm\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What asks to confirm, or speaks of what follows when nobody does."""
_NO_ANSWER = re.compile(
    r"""\bиначе\b | \bв\s+(?:противном|ином)\s+случае | неподтвержд | \bмолчани | промолчи
    | \b(?:не|без|нет|отсутстви\w+)\s+(?:\w+\s+){0,3}?
      (?:ответ|отклик|реакц|обратной\s+связ|подтвер|отпиш|отзов|отреаг|откликн|дожд[её]м|услыш|получим|получили)
    | \bне\s+(?:дад|сообщит|напиш|выйд|игнор)\w*
    | \b(?:отдадим|отда[её]м|отда[её]тся|отдадут|передадим|предложим|освободим|займ[её]т)\b
    | \b(?:слетит|слетает|сгорит|сгорает|пропад[её]т|сним(?:ем|ут|ается|аются))\b | \bудал(?:я[юе]|им|[её]н)
    | \bотмен(?:ится|им|ят|яем|я[юе]т\w*|[её]н\w*)\b | \bаннулир | \bавтоматическ
    | \b(?:запись|бронь|место|время|окошко)\b [^.!?]* \b(?:держ|хран|сохран|действ|придерж)\w* [^.!?]* \bдо\b
    | \b(?:держим|храним|сохраняем|придержим)\b [^.!?]* \bдо\b
    | \b(?:вынужден\w*|прид[её]тся|вправе|имеем\s+право|за\s+собой\s+право)\b [^.!?]*
      \b(?:отмен|снять|отда|удал|аннул|перен)
    | недействит | \bне\s+отмените\b | \bбез\s+(?:вашего|твоего)\b | подтвердивш
    | \bінакш | скасу | скасо | \bәйтпесе\b | \bболмаса\b | жойыл | \baks\s+holda | bekor | \bакс\s+ҳолда | бекор
    | жокко\s+чыг | \botherwise\b | \bcancel(?:l?ed|s)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What speaks of nobody's answering, or of what becomes of the time then."""
_LATE = re.compile(r"опозд|опазд|кешік|kechik|кечик|запізн|спазн|\blate\b", re.IGNORECASE)
_SIGN_OF_LIFE = re.compile(
    r"""\b(?:важно|нужно|хотим|хотелось\s+бы)\s+(?:\w+\s+)?знать\b | \b(?:ждать|актуальна?|состоится|получится)\s+ли\b
    | \b(?:отзовит|откликнит|отреагируй|маякни|отпишит|отзвонит)\w*\b
    | \b(?:нажм|жм[иё]|отправ[ьи]|пришл|шл|постав[ьи]|став[ьи]|кликн|тапн|скинь|кин[ьу]|react)\w*\b [^.!?]*?
      [➕✅☑✔👍👌🙏❤💚💜💙🧡💛✋🤝🆗🙌😊🙂😉🔥]
    | \b(?:нажм|жм[иё]|отправ[ьи]|пришл|шл|постав[ьи]|став[ьи]|отмет[ьи]|отмеч|кликн|тапн|скинь|кин[ьу]|напиш[иу]
      |сообщ|чиркн|жд[её]м|ожида|жду|уточнит|проверьте|скажите|дайте|просим|просьба|ответ|react)\w*\b [^.!?]*?
    (?: смайл|плюс|крестик|огон[её]к|цифр|сердеч|лайк|стикер|реакц|пальчик|палец|эмодзи|точк[уи]\b|знак\b|решени
    | обратн\w+\s+связ | отклик
    | ваш\w*\s+планы | \bпланах\b | вс[её]\s+ли | в\s+силе | вс[её]\s+(?:ок|хорошо|верно|так)
    | (?<!не\s)\b(?:прид[её]те|прид[её]шь|будете|сможете)\b | \b(?:приду|буду)\b | \+(?!\s*\d)
    | \bо\s+визите\b | \bсобираетесь | \bпоявитесь | \bявк | [➕👍] )""",
    re.IGNORECASE | re.VERBOSE,
)
"""What asks for a sign, whichever it is, or for what a client is going to do."""
_COMES = re.compile(
    r"прид[её](?:те|шь)\b|прие(?:дете|дешь)\b|\bсмож(?:ете|ешь)\b|\bждать\b|\bв силе\b|\bактуальн|\bудобно\b",
    re.IGNORECASE,
)
_KEY = (
    r"(?:[12]\b(?![.:,]?\d)|[«\"'“]\s*(?:\+|да|нет|(?:не\s+)?(?:буду|приду)|ок|иә|ҳа|ha|yes|no)\s*[»\"'”]|\bплюс\w*"
    r"|\+(?=\s*(?:$|[,.;)]|если|для|или|в\s+ответ))|да\s*(?:/|или)\s*нет)"
)
_PRESS = re.compile(
    rf"""\b(?:ответь|отвечай|напиш[иу]|отправ[ьи]|пришлит|постав[ьи]|жм[иё]|нажм|выбер[иу]|reply|send|press|жаз|yubor|bos
    |адка|надішл)\w*[^.!?]*?(?<![\w№]){_KEY}""",
    re.IGNORECASE | re.VERBOSE,
)
"""A client is to answer with a key."""
_YES_OR_NO = (
    r"(?:да|нет|не\s+прид\w+|прид[уё]\w*|прийду|не\s+буду|буду|не\s+смогу|смогу|не\s+получ\w+|отмен\w+|перен[ео]с\w+"
    r"|подтвер\w+|вс[её]\s+в\s+силе|иә|ия|жоқ|жок|ооба|келем\w*|ҳа|йўқ|ha|yo.?q|kelaman|так|ні|yes|no|ok|ок)\b"
)
_SIGN = r"[*_~]*(?:\ufe0f?\u20e3)?\s*(?:[—–\-:=).(]|если|егер|agar|if)?\s*"
_OPTION = re.compile(rf"^[^\w+\-«\"]*(?:[1-9]|[«\"]?[+\-][»\"]?){_SIGN}{_YES_OR_NO}", re.IGNORECASE)
_ONE_MORE = re.compile(r"^\W*[3-9]\b(?![.:,]?\d)")
"""A key behind others."""
_ALONE = re.compile(rf"^\W*{_YES_OR_NO}(?:\W+(?:или\W+)?{_YES_OR_NO})*\W*$", re.IGNORECASE)
_OPTIONS = re.compile(rf"(?<![\w№.,:]){_KEY}{_SIGN}{_YES_OR_NO}", re.IGNORECASE)
_EITHER = re.compile(r"(?<![\w№.,:])1\s*(?:или|або|немесе|же|yoki|ёки|or|/)\s*2(?![\w:])(?!\s+\w)", re.IGNORECASE)
_STOP = re.compile(r"\bстоп\b|\bstop\b|отписаться|рассыл", re.IGNORECASE)
_IN_CASE = re.compile(
    r"^\W*(?:если|чтобы|когда|в\s+случае|при|for|if|to|агар|agar|егер|эгер|якщо|щоб|калі|каб)\b", re.IGNORECASE
)
_OFFERS = re.compile(
    r"""^\W*(?:как|что|где|куда|когда|почему|зачем|сколько|какой|какая|какие|чего|кто|нет|впервые|опазд|заблуд|потеря
    |не\s+(?:смож|мож|получ|успев|зна|наш|хот)|(?:(?:есть|остались|возникли|появились)\s+)?вопрос
    |(?:из|по)мен[яи]л|нужн|хотите|планы\s+(?:из|по)мен[яи]л)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Questions that offer help, or ask after something else."""
_POLITE = re.compile(
    r"здравств|добр(?:ый|ое|ого)|привет|до встречи|хорошего|спасибо|благодар|с уважением|с[аә]л[ао]м|сәлем|salom"
    r"|hello|вітаю",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"")
_OPENING, _CLOSING = frozenset('«“"'), re.compile(r"[»”\"]")
_QUESTION = re.compile(r"[?؟？]")
_PICTURE = re.compile(
    r"(?<=[\w}).,])\s*[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+\s+(?=[A-ZА-ЯЁӘҒҚҢӨҰҮҺІЎҲ{])"
)
_PART, _CLAUSE = re.compile(r"\s*[,;:]\s+|\s+[—–-]\s+"), re.compile(r"[,;:]\s")


class _Role(Enum):
    TELLS = auto()
    OFFERS = auto()
    """A question that belongs to the sentence behind it."""
    ASKS = auto()


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    """Attributes: `line` is the number of the line that it stands in, `end` its last sign and the blanks behind."""

    line: int
    body: str
    end: str
    role: _Role


def without_question(template: str, tell: Callable[[Collection[str]], str]) -> str:
    """The text without what asks whether a client comes; empty when nothing but politeness is left.

    Args:
        tell: says the variables of these names, each in a sentence, with braces.

    >>> without_question("Ждём вас {date}! Придёте? 1 — да, 2 — нет. Отписаться: СТОП.", str)
    'Ждём вас {date}! Отписаться: СТОП.'
    """
    lines = template.split("\n")
    read = [
        _Sentence(line=number, body=body, end=end, role=_role(body, end))
        for number, line in enumerate(lines)
        for body, end in _sentences(line)
    ]
    read = _with_neighbours(read)
    if all(one.role is not _Role.ASKS for one in read):
        return template
    told = [_told(one, tell) if one.role is _Role.ASKS else one for one in read]
    if all(_is_polite(one) for one in told):
        return ""
    kept = [
        "".join(one.body + one.end for one in told if one.line == number).rstrip() for number in range(len(lines))
    ]
    text = "\n".join(line for line, before in zip(kept, lines, strict=True) if line or not before.strip())
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _sentences(line: str) -> list[tuple[str, str]]:
    """Also apart where a picture stands for the sign that ends a sentence."""
    apart: list[tuple[str, str]] = []
    for body, end in sentences(line):
        begins = 0
        for picture in _PICTURE.finditer(body):
            apart.append((body[begins : picture.start()], picture[0]))
            begins = picture.end()
        apart.append((body[begins:], end))
    return apart


def _role(body: str, end: str) -> _Role:
    said = _QUOTED.sub("", body)
    if _is_answered_with_a_key(body) or _EITHER.search(said):
        return _Role.ASKS
    if _threatens(said) or (_SIGN_OF_LIFE.search(said + end) and not _STOP.search(said)):
        return _Role.ASKS
    is_order = _ANSWER.search(said) and not _IN_CASE.search(said)
    if (is_order or _CONFIRM.search(said)) and not _STOP.search(said):
        return _Role.ASKS
    if not _QUESTION.search(_own_end(body, end)) and "՞" not in body:
        return _Role.TELLS
    return _Role.OFFERS if _OFFERS.search(said) else _Role.ASKS


def _threatens(said: str) -> bool:
    """Whether it says what follows when a client does not answer; what does when she is late stays."""
    return bool(_NO_ANSWER.search(said)) and not _LATE.search(said) and not _STOP.search(said)


def _own_end(body: str, end: str) -> str:
    """The signs of the sentence itself, where it ends with something quoted."""
    is_quoted_whole = body.lstrip()[:1] in _OPENING
    return end if is_quoted_whole else _CLOSING.split(end)[-1]


def _is_answered_with_a_key(said: str) -> bool:
    return any(keys.search(said) for keys in (_PRESS, _OPTION, _OPTIONS, _ALONE))


def _with_neighbours(read: Sequence[_Sentence]) -> list[_Sentence]:
    """What leads to a question asks as well: an offer before it, a label above the keys."""
    known: list[_Sentence] = []
    asks_next = False
    for one in reversed(_with_more_keys(read)):
        is_label = one.body.rstrip().endswith(":") and not _tells_of_visit(one.body)
        if asks_next and (one.role is _Role.OFFERS or is_label):
            one = replace(one, role=_Role.ASKS)  # noqa: PLW2901
        asks_next = one.role is _Role.ASKS
        known.append(one)
    return known[::-1]


def _with_more_keys(read: Sequence[_Sentence]) -> list[_Sentence]:
    """A third key asks like the two before it, whatever it stands for."""
    known: list[_Sentence] = []
    for one in read:
        is_behind = bool(known) and known[-1].role is _Role.ASKS and _is_key(known[-1].body)
        is_more = is_behind and _ONE_MORE.search(one.body) and not _tells_of_visit(one.body)
        known.append(replace(one, role=_Role.ASKS) if is_more else one)
    return known


def _is_key(said: str) -> bool:
    return bool(_OPTION.search(said) or _ONE_MORE.search(said))


def _told(asking: _Sentence, tell: Callable[[Collection[str]], str]) -> _Sentence:
    """What a sentence that asks tells: its beginning, where that asks nothing, or its variables in our words."""
    body, end = asking.body, asking.end
    for part in _PART.finditer(body):
        head, tail = body[: part.start()], body[part.end() :]
        if _tells_of_visit(head) and not _tells_of_visit(tail) and not _asks(head) and _asks(_CLAUSE.split(tail)[0]):
            return replace(asking, body=head, end=re.sub(r"[?؟？][!?]*", ".", end))
    names = set(_PLACE.findall(body)) - _ADDRESSED
    return replace(asking, body=tell(names) if names else "", end=end[len(end.rstrip()) :] if names else "")


def _asks(clause: str) -> bool:
    return _is_answered_with_a_key(clause) or any(asks.search(clause) for asks in (_ANSWER, _CONFIRM, _COMES))


def _tells_of_visit(said: str) -> bool:
    return bool(set(_PLACE.findall(said)) - _ADDRESSED or SPELT_OUT.search(said))


def _is_polite(one: _Sentence) -> bool:
    """Whether it is gone, or says no more than hello."""
    is_word = re.search(r"\w", _PLACE.sub("", one.body))
    return not _tells_of_visit(one.body) and (is_word is None or _POLITE.search(one.body) is not None)
