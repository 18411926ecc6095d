"""The part of the catalogue of texts that is about notices: what salons set, and what their clients read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.template import LONGEST, VARIABLES, TemplateData, TemplateError
from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.texts.agreement import agreed
from aiadmin.texts.notice_wording import NoticeWording
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.visit_facts import numbers

_HELLO = "Здравствуйте, {name}!\n"
_WHAT = "Услуги: {services}\nМастер: {master}\n"
_ANSWER = "Ответьте, пожалуйста: 1 — приду, 2 — не смогу."

TEMPLATES: Mapping[NoticeKind, str] = {
    NoticeKind.BOOKED: f"{_HELLO}Вы записаны {{date}}, в {{time}}.\n{_WHAT}"
    "Стоимость: {price}\nАдрес: {address}\n"
    "Если планы изменятся, напишите сюда. А чтобы не получать таких сообщений, ответьте СТОП.",
    NoticeKind.MOVED: f"{_HELLO}Ваша запись перенесена: теперь ждём вас {{date}}, в {{time}}.\n{_WHAT}"
    "Если это время не подходит, напишите сюда, и мы подберём другое.",
    NoticeKind.CHANGED: f"{_HELLO}Время вашего визита прежнее: {{date}}, в {{time}}. А запись теперь такая.\n{_WHAT}"
    "Стоимость: {price}\nЕсли что-то не подходит, напишите сюда.",
    NoticeKind.CANCELLED: f"{_HELLO}Ваша запись {{date}}, в {{time}}, отменена.\n"
    "Будем рады видеть вас в другой раз: напишите сюда, и мы подберём время.",
    NoticeKind.REMINDER_DAY: f"{_HELLO}Напоминаем: ждём вас {{date}}, в {{time}}.\n{_WHAT}"
    f"Адрес: {{address}}\n{_ANSWER}",
    NoticeKind.REMINDER_HOURS: f"{_HELLO}Скоро увидимся: {{date}}, в {{time}}.\n"
    f"Адрес: {{address}}\nВсё в силе? {_ANSWER}",
    NoticeKind.REMINDER_AGAIN: f"{_HELLO}Мы пока не знаем, придёте ли вы {{date}}, в {{time}}. {_ANSWER}",
    NoticeKind.REVIEW: f"{_HELLO}Спасибо, что были у нас! Всё ли понравилось? Напишите пару слов, нам это важно.\n"
    "Оставить отзыв: {link}",
}
"""What clients read where a salon has not written a text of its own. Links are rare: WhatsApp distrusts them."""

AS_IT_IS = (
    f"{_HELLO}Ваша запись изменилась: теперь ждём вас {{date}}, в {{time}}.\n{_WHAT}"
    "Стоимость: {price}\nЕсли что-то не подходит, напишите сюда."
)
"""What is left of a visit that begins at another time, when a part of it is off or was moved."""
LISTS: Mapping[NoticeKind | None, tuple[str, str]] = {
    NoticeKind.BOOKED: (
        f"{_HELLO}Вы записаны:",
        "Адрес: {address}\nЕсли планы изменятся, напишите сюда. А чтобы не получать таких сообщений, ответьте СТОП.",
    ),
    NoticeKind.MOVED: (
        f"{_HELLO}Ваши записи перенесены, теперь ждём вас:",
        "Если что-то не подходит, напишите сюда, и мы подберём другое время.",
    ),
    NoticeKind.CHANGED: (
        f"{_HELLO}Ваши записи изменились, время прежнее:",
        "Если что-то не подходит, напишите сюда.",
    ),
    NoticeKind.CANCELLED: (
        f"{_HELLO}Эти ваши записи отменены:",
        "Будем рады видеть вас в другой раз: напишите сюда, и мы подберём время.",
    ),
    None: (f"{_HELLO}В ваших записях изменения, теперь ждём вас:", "Если что-то не подходит, напишите сюда."),
}
"""What stands before and after a list of several visits that one client is told of at once; with None before and
after the bookings of a visit of which a part is off or was moved."""
_LIST_LINE = "• {date}, в {time} — {services}, мастер {master}"
_TOLD = (
    (("date", "time"), "Ждём вас {date}, в {time}."),
    (("date",), "Ждём вас {date}."),
    (("time",), "Ждём вас в {time}."),
    (("services",), "Услуги: {services}."),
    (("master",), "Мастер: {master}."),
    (("price",), "Стоимость: {price}."),
    (("address",), "Адрес: {address}."),
    (("link",), "Ваша запись: {link}"),
)
"""What a question told of a visit, to a client who is not asked any more."""

VARIABLE_MEANINGS: Mapping[str, str] = {
    "name": "имя клиента",
    "date": "день: «в пятницу, 27 ноября», а после «на», «до» или «Дата:» так, как там нужно",
    "time": "время: «14:30»",
    "master": "имя мастера",
    "services": "услуги через запятую",
    "price": "сколько стоит визит",
    "address": "адрес салона",
    "link": "ссылка на запись, а после визита на отзывы",
}
"""What a salon may use in its texts."""

_DATES = (
    (re.compile(r"\b(?:во?)\s+\{date\}", re.IGNORECASE), "{date}"),
    (re.compile(r"\b(на\s*:?\s+)\{date\}", re.IGNORECASE), r"\1{date_on}"),
    (re.compile(r"\b((?:до|с|со|от|после|кроме|позже|раньше|вместо)\s+)\{date\}", re.IGNORECASE), r"\1{date_until}"),
    (re.compile(r"\b(ко?\s+)\{date\}", re.IGNORECASE), r"\1{date_towards}"),
    (
        re.compile(
            r"((?:^|[\n.!?;|•·,(])[^\w\n{]*(?:(?:нов|ваш)\w*\s+)?(?:дата|день|число|время|sana|күні|күнү)"
            r"(?:\s*(?:/|и|,)\s*время)?(?:\s+(?:визита|записи|при[её]ма|посещения|сеанса|процедуры|встречи))?"
            r"[\s*_~]*[:—–-][\s*_~]*)\{date\}",
            re.IGNORECASE,
        ),
        r"\1{date_alone}",
    ),
)
"""What stands before a day, and the day as it is said behind it."""

TEMPLATE_FLAWS: Mapping[str, str] = {
    "empty": "Напишите текст: одних переменных мало.",
    "too-long": f"Текст должен быть не длиннее {wording.count(LONGEST, 'символа', 'символов', 'символов')}, "
    "а в этом {what}.",
    "brace": "Фигурная скобка без пары. Скобки нужны только вокруг переменных, например {{name}}.",
    "variable": "Переменной {what} нет. Есть такие: " + ", ".join(f"{{{{{name}}}}}" for name in VARIABLES) + ".",
    "control": "Здесь есть невидимый символ, который WhatsApp не покажет. Сотрите его.",
}
"""Why a text is refused; `TemplateError.code` says which."""

SETTING_FLAWS: Mapping[str, str] = {
    "switch": "Нужно «да» или «нет» (true или false).",
    "clock": "Нужно время от 00:00 до 23:59, например 18:00.",
    "range": "Нужно целое число от {least} до {most}.",
    "link": "Нужен обычный адрес в интернете, который начинается с https://, не длиннее 200 символов: "
    "без пробелов, кавычек и пароля, с именем сайта, а не его номером.",
    "quiet": "Это время попадает в тихие часы: выберите другое или измените тихие часы.",
    "unknown": "Такой настройки нет.",
    "choice": "Такого варианта нет.",
    "list": "Нужен список.",
    "object": "Нужны пары «имя: значение».",
    "many": "Не больше {most}.",
    "phones": "Один из номеров не похож на телефон: нужен, например, +7 900 123-45-67.",
    "ticks": "Отметьте мастеров из списка.",
    "text": "Нужен текст.",
    "long": "Слишком длинно: не больше {most} знаков.",
    "empty": "Заполните и вопрос, и ответ.",
}
"""What is wrong with one setting; `SettingError.code` says which."""


def _agreed(template: str, facts: TemplateData) -> str:
    written = agreed(template, numbers(facts))
    for before, said in _DATES:
        written = before.sub(said, written)
    return written


WORDING = NoticeWording(
    templates=TEMPLATES,
    as_it_is=AS_IT_IS,
    lists=LISTS,
    line=_LIST_LINE,
    told=_TOLD,
    words=wording.words,
    agreed=_agreed,
)
"""What Russian has for notices."""


def setting_flaws(error: SettingsInvalidError) -> Mapping[str, str]:
    """A sentence for each setting that is wrong."""
    return {
        name: SETTING_FLAWS[flaw.code].format(least=flaw.least, most=flaw.most) for name, flaw in error.flaws.items()
    }


def template_flaw(error: TemplateError) -> str:
    """A sentence for what is wrong with a text; `error.position` is where."""
    is_length = error.code == "too-long"
    what = wording.count(int(error.what), "символ", "символа", "символов") if is_length else error.what
    return TEMPLATE_FLAWS[error.code].format(what=what)
