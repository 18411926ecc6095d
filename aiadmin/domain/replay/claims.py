"""What a text of ours says that was done, by its words; and whether a client's words are a yes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from aiadmin.domain.replay.saying import plain, words_of

_NOT = r"(?<!не )(?<!еще не )\b"
_SAYS_DONE: Mapping[str, re.Pattern[str]] = {
    "create": re.compile(
        rf"{_NOT}(?:записал[аи]?\b|забронировал[аи]?\b|оформил[аи]? (?:вас|запис|визит))"
        r"|\bзапись (?:создана|оформлена|сделана|готова)"
        r"|\b(?:i have|i've|we have|we've|you are|you're) (?:now )?booked"
    ),
    "move": re.compile(
        rf"{_NOT}(?:перенес(?:ла|ли)?|передвинул[аи]?|переписал[аи]?)\b"
        r"|\b(?:запись|визит) (?:перенесена|перенесен)\b|\b(?:i have|i've|we have|we've) (?:moved|rescheduled)"
    ),
    "cancel": re.compile(
        rf"{_NOT}(?:отменил[аи]?|удалил[аи]?|снял[аи]? (?:вашу )?запись)\b"
        r"|\b(?:запись|визит) (?:отменена|отменен|удалена|удален|снята)\b|\b(?:i have|i've|we have|we've) cancell?ed"
    ),
    "confirm": re.compile(rf"{_NOT}подтвердил[аи]?\b|\b(?:запись|визит) (?:подтверждена|подтвержден)\b"),
}
_SAYS_BOOKED = re.compile(r"(?<!не )\bвы (?:уже )?записан[ыа]|\bждем вас\b|\bготово\b")
"""True of whoever has a visit."""
_NAMES_DEED: Mapping[str, re.Pattern[str]] = {
    "create": re.compile(r"запис(?:ал|ан)|заброниров|оформ|готово|ждем вас|booked"),
    "move": re.compile(r"перенес|переписал|передвину|теперь|готово|moved|rescheduled|запис(?:ал|ан)"),
    "cancel": re.compile(r"отмен|удал|снял|cancel"),
}
_DENIES = re.compile(
    r"\bне (?:удалось|получилось|вышло|смогл[аи]|записал[аи]?|перенес(?:ла|ли)?|отменил[аи]?)\b|couldn't|could not"
)
_YES = frozenset(
    {"да", "ага", "угу", "ок", "окей", "оке", "конечно", "давай", "давайте", "хорошо", "подходит", "подойдет"}
    | {"согласна", "согласен", "верно", "точно", "правильно", "записывайте", "записывай", "запишите", "запиши"}
    | {"пишите", "переносите", "перенесите", "отменяйте", "отмените", "беру", "идет", "супер", "отлично"}
    | {"подтверждаю", "буду", "придем", "приду", "ладно", "договорились", "устраивает", "можно", "годится"}
    | {"пойдет", "ok", "okay", "yes", "yep", "sure", "please", "берем", "норм", "лады", "ладушки", "обязательно"}
    | {"ставьте", "ставь", "пиши", "бронируйте", "бронируй", "забронируйте", "оформляйте", "оформляй", "оформи"}
    | {"фиксируйте", "фиксируй", "вписывайте", "впишите", "впиши", "заносите", "закрепляйте", "закрепите"}
    | {"прекрасно", "идеально", "непременно", "безусловно", "разумеется", "всенепременно", "забираю", "забираем"}
    | {"заметано", "погнали", "го", "гуд", "держите", "вписывай", "чиркните", "поставьте", "занимаю", "возьму"}
    | {"вноси", "вносите", "внесите", "забивайте", "займите", "придержите", "закрепи", "бронь", "оставляйте"}
    | {"оставьте", "рукам"}
)
_COMES = frozenset(
    {"приеду", "приедем", "подойду", "подойдем", "подъеду", "подъедем", "ждите", "помню", "дойду", "доберусь", "жду"}
    | {"ждем", "лечу", "бегу", "мчусь", "нетерпением", "удовольствием", "радостью", "соскучилась", "соскучился"}
)
_CHANGES = frozenset({"перенесите", "переносите", "перенести", "отмените", "отменяйте", "отменить"})
"""Of a visit that a reminder asks about they are no yes."""
_BUT = frozenset(
    {"нет", "не", "но", "хотя", "лучше", "передумала", "передумал", "подождите", "погодите", "стоп", "сначала"}
    | {"может", "лишь", "если", "no", "not", "but"}
)
_AS_AGREED = re.compile(
    r"\b(?:(?:все|запись|визит|завтра|сегодня|планы?) )?(?:в силе|по плану|как договаривались|без изменений)\b"
    r"|\bпланы не (?:изменились|меняются|поменялись)\b|\bничего не (?:изменилось|меняется|поменялось)\b"
    r"|\b(?:по)?(?:скорее|скорей|быстрее|быстрей) бы\b|\b(?:а как же|еще бы)\b(?! )|\bа как же иначе\b"
)
"""What says that a visit stands as it was agreed."""
_NO_REFUSAL = re.compile(
    r"\b(?:чуть|едва) (?:было )?не (?:забыл[аи]?|проспал[аи]?|пропустил[аи]?)\b"
    r"|\bне (?:забыл[аи]?|забуду|забудем|опоздаю|опоздаем|переживайте|волнуйтесь|беспокойтесь|подведу)\b"
    r"|\bне (?:пропущу|пропустим|упущу|передумала?|(?:могу |можем )?(?:дождаться|дождусь|дождемся))\b"
    r"|\bдождаться не (?:могу|можем)\b"
)
"""What has a word of refusing in it and refuses nothing."""
_NEUTRAL_QUESTION = re.compile(
    r"(?:^|[,.!;\n]|\bа\b)(?:(?!\bможно (?:на|в|к|еще) |\b\d)[^,.!;?\n])*"
    r"(?:парков|машин|адрес|находит|добрат|доехат|пройти|карт|наличн|оплат|перевод|wi-?fi|вай-?фай|кофе|чай|сертификат|абонемент)"
    r"(?:(?!\b\d)[^,.!;?\n])*\?"
)
"""A question whose answer changes no visit: the way, parking, how to pay, what there is to drink."""
_SIGNS = ("+", "👍", "👌", "✅", "🆗", "💯", "✔", "☑", "🤝")
_AS_SAID = re.compile(r"\bбудет так\b|\bименно так\b|\bтак и есть\b|\bвсе так[\s.!)]*$")
_LONG, _ALIKE = 6, 0.8
_CLAUSE = re.compile(r"(?:(?!\s+а\s)[^,.!?;\n])+[,.!?;]?")
_STRETCHED = re.compile(r"(\w)\1{2,}")


def says_done(text: str) -> set[str]:
    """What a text says that we have done: create, move, cancel, confirm."""
    said = plain(text)
    return {deed for deed, words in _SAYS_DONE.items() if words.search(said)}


def says_booked(text: str) -> bool:
    """Whether it says that there is a visit, whoever made it."""
    return _SAYS_BOOKED.search(plain(text)) is not None


def names_deed(text: str, deed: str) -> bool:
    """Whether it says that something of this kind is done, in any words that a client may take for it."""
    words = _NAMES_DEED.get(deed)
    return words is None or words.search(plain(text)) is not None


def denies(text: str) -> bool:
    """Whether it says that something was not done."""
    return _DENIES.search(plain(text)) is not None


def is_yes(texts: tuple[str, ...]) -> bool:
    """Whether a client's words agree, and say nothing that may take it back; slips are read over.

    A question that asks for what changes no visit takes nothing back.
    """
    whole = _NO_REFUSAL.sub(" ", _STRETCHED.sub(r"\1", " ".join(texts)).lower().replace("ё", "е"))
    whole = _NEUTRAL_QUESTION.sub(" ", whole)
    words = words_of(whole)
    if "?" in whole or _BUT & set(words):
        return False
    return any(sign in whole for sign in _SIGNS) or _AS_SAID.search(whole) is not None or any(map(_is_yes, words))


def is_coming(texts: tuple[str, ...]) -> bool:
    """Whether a client's words say yes to a reminder: a question beside it takes nothing back, a condition does."""
    whole = _NO_REFUSAL.sub(" ", "\n".join(texts).lower().replace("ё", "е"))
    stands = _AS_AGREED.sub(" ", whole)
    if (_BUT | _CHANGES) & set(words_of(stands)):
        return False
    if stands != whole and "?" not in whole:
        return True
    clauses = _CLAUSE.findall(whole)
    return any(is_yes((one,)) or ("?" not in one and _COMES & set(words_of(one))) for one in clauses)


@lru_cache(maxsize=4096)
def _is_yes(word: str) -> bool:
    if word in _YES:
        return True
    return len(word) >= _LONG - 1 and any(len(one) >= _LONG and _is_alike(word, one) for one in _YES)


def _is_alike(word: str, other: str) -> bool:
    """The quick ratios are above the true one, and mostly too low already."""
    matcher = SequenceMatcher(None, word, other)
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(ratio() >= _ALIKE for ratio in ratios)
