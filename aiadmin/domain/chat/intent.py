"""What a client's message means to us: an answer to "will you come?", a word to stop or to start, or neither."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from aiadmin.domain.messages.message import MessageKind


class Intent(StrEnum):
    """What a message means."""

    YES = "yes"
    NO = "no"
    STOP = "stop"
    START = "start"
    UNCLEAR = "unclear"
    """Words that a human has to read."""
    NOTHING = "nothing"
    """Nothing that anybody has to answer: thanks, a heart, a reaction that was taken back."""


LONGEST_ANSWER = 60
"""Whoever writes more than that tells a story: a human reads it, whatever it begins with."""

_LOOK_ALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
"""Latin letters that look like Russian ones; phones mix them, and so do people in a hurry."""
_SKIN_OR_STYLE = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")
_WORD = re.compile(r"[\w+-]+")
_YES_SIGNS, _NO_SIGNS = frozenset("👍👌✅✔🆗🙆"), frozenset("👎❌🚫🙅✖")
_STOP = re.compile(
    "стоп|stop|unsubscribe|отписаться|отпишите|отписка|(?:больше )?не пишите(?: больше)?"
    "|(?:больше )?не присылайте(?: больше)?"
)
_START = re.compile("старт|start|подписаться|подпишите")
_YES = re.compile(
    r"(?:1|\++|да+|ага|угу|ок|окей|хорошо|ладно|конечно|обязательно|непременно|yes|ok|okay"
    r"|подтверждаю|подтвержда[её]м|подтвердить|подтвержд[её]н[оа]?|согласн[аы]?|согласен|приду|прид[её]м|буду|будем"
    r"|приеду|приедем|смогу|сможем|могу|ждите|(?:все )?в силе)"
)
_NO = re.compile(
    r"(?:не (?:смогу|сможем|приду|прид[её]м|буду|будем|получится|получается|приеду|могу|подтверждаю|надо|нужно)"
    r"|2|-|не+т?|не-?а|no|отмена|отмените|отменяю|отменить|отменяем|отказ|отказываюсь)"
)
"""The longer ones first."""
_TRIFLES = frozenset(
    _WORD.findall(
        "я мы и а ну вам вас мне меня у спасибо благодарю пожалуйста здравствуйте добрый день вечер утро привет"
        " визит рассылка рассылку рассылки сообщения от прийти придти быть запись записи на к вовремя точно завтра"
        " сегодня все уже тогда очень извините простите время это"
    )
)
"""Words that change nothing beside an answer, and are nothing without one."""


def understand(text: str | None, kind: MessageKind = MessageKind.TEXT) -> Intent:
    """What a message means, whatever its case, punctuation, emoji, and Latin letters among Russian ones.

    Doubt is UNCLEAR: an answer that we read wrongly costs a salon a client.

    Args:
        text: the text, or the emoji of a reaction; None for a voice message or the like.

    >>> [str(understand(said)) for said in ("Да!", "нет, не смогу", "1", "СТОП", "а можно в 15:00?")]
    ['yes', 'no', 'yes', 'stop', 'unclear']
    """
    if kind is MessageKind.REACTION:
        return _of_signs(text or "") or Intent.NOTHING
    if text is None or kind is not MessageKind.TEXT:
        return Intent.UNCLEAR
    plain = _plain(text)
    for words, meaning in ((_STOP, Intent.STOP), (_START, Intent.START)):
        rest, is_said = _without(words, plain)
        if is_said and not _strange(rest):
            return meaning
    if len(text.strip()) > LONGEST_ANSWER or "?" in text:
        return Intent.UNCLEAR
    return _together(_of_words(plain), _of_signs(text))


def _together(words: Intent, signs: Intent | None) -> Intent:
    """Words with signs beside them: `Да ❌` is for a human."""
    if signs is None or words is Intent.UNCLEAR:
        return words
    return signs if words in {Intent.NOTHING, signs} else Intent.UNCLEAR


def _plain(text: str) -> str:
    """Words alone, in small letters, Latin look-alikes made Russian where there is Russian beside them."""
    lower = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    words = (word.strip("-") or word for word in _WORD.findall(lower))
    return " ".join(_russian(word) for word in words)


def _russian(word: str) -> str:
    """One word; one that is Latin only by its look is Russian: whoever types `да` with a Latin `a` means yes."""
    changed = word.translate(_LOOK_ALIKES)
    return word if re.search("[a-z]", changed) else changed


def _of_signs(text: str) -> Intent | None:
    signs = set(_SKIN_OR_STYLE.sub("", text))
    is_yes, is_no = bool(signs & _YES_SIGNS), bool(signs & _NO_SIGNS)
    if is_yes and is_no:
        return Intent.UNCLEAR
    if is_yes or is_no:
        return Intent.YES if is_yes else Intent.NO
    return None


def _of_words(plain: str) -> Intent:
    """An answer and trifles around it; one word that is neither, or both answers, are for a human."""
    rest, is_no = _without(_NO, plain)
    rest, is_yes = _without(_YES, rest)
    if _strange(rest) or (is_yes and is_no):
        return Intent.UNCLEAR
    if is_yes or is_no:
        return Intent.YES if is_yes else Intent.NO
    return Intent.NOTHING


def _without(answer: re.Pattern[str], plain: str) -> tuple[str, bool]:
    rest, count = re.subn(rf"(?<!\S)(?:{answer.pattern})(?!\S)", " ", plain)
    return rest, count > 0


def _strange(rest: str) -> list[str]:
    return [word for word in rest.split() if word not in _TRIFLES]
