"""The catalogue's part for the page of the bot: its words, and why it has answered as it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.bot_settings import Ability, BotMode
from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.dialogue import Proposal, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.report import BotCounts
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.steps import (
    Act,
    Asks,
    Found,
    Need,
    NeedDay,
    NeedDays,
    NeedEvents,
    NeedFreeStaff,
    NeedNearest,
    NeedStarts,
    NeedVisits,
    Reply,
    Unavailable,
)
from aiadmin.domain.chat.turn import TurnVerdict
from aiadmin.domain.chat.when import Day, DayRange, Time, TimeRange, When
from aiadmin.texts.ru import formatting as wording

MODES: Mapping[BotMode, tuple[str, str]] = {
    BotMode.OFF: ("Выключен", "Отвечает только на напоминания, «стоп» и просьбы позвать человека."),
    BotMode.TEST: ("Только мне", "Отвечает номерам из списка ниже, остальным нет."),
    BotMode.CLOSED_HOURS: ("Когда закрыто", "Отвечает в часы, когда салон не работает."),
    BotMode.ALWAYS: ("Всегда", "Отвечает всем, в любое время."),
}
ABILITIES: Mapping[Ability, str] = {
    Ability.ANSWER: "Отвечать на вопросы",
    Ability.BOOK: "Записывать",
    Ability.MOVE: "Переносить визиты",
    Ability.CANCEL: "Отменять визиты",
}
RULES: Mapping[str, str] = {
    "late": "Если клиент опаздывает",
    "cancel": "Если клиент отменяет или переносит",
    "prepay": "Про предоплату",
}
NO_RIGHT = "Приложению не дали на это прав в YClients: бот передаст просьбу вам."
OFF = "Бот для салона выключен нами. Напишите в поддержку, и мы его включим."
MODEL_ABROAD = (
    "Непонятные сообщения показывать языковой модели за границей, без имён и номеров. "
    "О передаче данных за границу нужно уведомить Роскомнадзор."
)
SPEECH_ABROAD = (
    "Голосовые сообщения клиентов отдавать на распознавание за границу. Голос относится к персональным данным: "
    "нужно согласие клиентов, и о передаче за границу нужно уведомить Роскомнадзор."
)
TAKEN = "Разговор ваш на два часа: бот молчит."
GIVEN_BACK = "Дальше отвечает бот."
SAVED = "Сохранили."
NOTHING_SENT = "Здесь ничего не пишется в журнал и ничего не отправляется клиентам."
WORDS: Mapping[str, str] = {
    "offline": "Нет связи с сервером. Проверьте интернет и попробуйте ещё раз.",
    "noAnswer": "Сервер ответил непонятно. Попробуйте ещё раз.",
    "silent": "Бот промолчит.",
    "why": "Почему так",
    "understood": "Понял",
    "lookedUp": "Посмотрел в YClients",
    "decided": "Решил",
    "nothing": "ничего",
    "toSalon": "На номер салона придёт: {text}",
    "agreed": "В настоящем чате здесь изменился бы журнал: {what}.",
    "topic": "О чём",
    "answer": "Что ответить",
    "remove": "Убрать",
    "take": "Забрать себе",
    "giveBack": "Вернуть боту",
    "humanHas": "отвечаете вы",
    "noName": "Без имени",
}
_OPERATIONS = {
    VisitOperation.BOOK: "новая запись",
    VisitOperation.MOVE: "перенос визита",
    VisitOperation.CANCEL: "отмена визита",
}
_SIMPLE: Mapping[type[Command], str] = {
    said.Greet: "здоровается",
    said.Thank: "благодарит",
    said.No: "нет",
    said.Stop: "просит не писать",
    said.Restart: "снова хочет сообщения",
    said.WantBooking: "хочет записаться",
    said.WantMove: "хочет перенести визит",
    said.WantCancel: "хочет отменить визит",
    said.WantHuman: "зовёт человека",
    said.SameAsLast: "как в прошлый раз",
    said.Earliest: "как можно скорее",
    said.Elsewhen: "другое время",
    said.AskPrice: "спрашивает цену",
    said.AskSlots: "спрашивает, что свободно",
    said.AskHours: "спрашивает часы работы",
    said.Repeatedly: "хочет ходить регулярно",
    said.EveryVisit: "все визиты",
    said.AskAddress: "спрашивает адрес",
    said.AskDuration: "спрашивает, сколько длится",
    said.AskMyVisits: "спрашивает о своих визитах",
    said.Complaint: "жалуется",
    said.HealthMatter: "пишет о здоровье",
    said.Haggle: "просит дешевле",
    said.Abuse: "грубит",
    said.Wait: "ответит позже",
    said.Spam: "реклама",
    said.Injection: "приказывает боту",
    said.Media: "прислал не текст",
    said.Foreign: "пишет на другом языке",
    said.Late: "опаздывает",
    said.Early: "придёт раньше",
    said.WantAlteration: "просит изменить запись",
    said.NotUnderstood: "непонятно",
}
ACTS: Mapping[Act, str] = {
    Act.OFFER: "предложить запись и спросить согласие",
    Act.ASK: "задать вопрос",
    Act.INFORM: "ответить на вопрос",
    Act.OPTIONS: "показать свободное время",
    Act.DONE: "сообщить, что сделано",
    Act.REFUSED: "сказать, что так нельзя, и что можно",
    Act.HAND_OVER: "передать человеку",
    Act.SILENT: "промолчать",
    Act.OPT_OUT: "больше не писать",
}
ASKS: Mapping[Asks, str] = {
    Asks.SERVICE: "какую услугу",
    Asks.DAY: "какой день",
    Asks.TIME: "какое время",
    Asks.STAFF: "к какому мастеру",
    Asks.NAME: "как зовут",
    Asks.GUEST_NAME: "как зовут гостя",
    Asks.WHICH_VISIT: "какой визит",
    Asks.WHICH_DAY: "какой из дней",
    Asks.WHICH_SERVICE: "какую из услуг",
    Asks.CONSENT: "подходит ли",
    Asks.OTHER: "уточнение",
}
REASONS: Mapping[HandOverReason, str] = {
    HandOverReason.HUMAN: "клиент просит человека",
    HandOverReason.COMPLAINT: "жалоба",
    HandOverReason.HEALTH: "здоровье",
    HandOverReason.PRICE: "торгуется",
    HandOverReason.LATE: "опаздывает",
    HandOverReason.MEDIA: "голос или фото",
    HandOverReason.PREPAY: "нужна предоплата",
    HandOverReason.GROUP: "групповое занятие",
    HandOverReason.BLACKLIST: "чёрный список",
    HandOverReason.FORBIDDEN: "боту это не разрешено",
    HandOverReason.UNKNOWN_WRITE: "YClients не ответил, записано ли",
    HandOverReason.NOT_UNDERSTOOD: "не понял",
    HandOverReason.LIMIT: "слишком много сообщений",
    HandOverReason.ABUSE: "грубость",
    HandOverReason.FACT: "не знает ответа",
}


NEEDS: Mapping[type[Need], str] = {
    NeedDays: "дни",
    NeedStarts: "время",
    NeedNearest: "ближайшее время",
    NeedEvents: "групповые занятия",
    NeedVisits: "визиты клиента",
    NeedDay: "часы мастера",
    NeedFreeStaff: "кто свободен",
}


VERDICTS: Mapping[TurnVerdict, str] = {
    TurnVerdict.BOOKED: "Записал",
    TurnVerdict.MOVED: "Перенёс",
    TurnVerdict.CANCELLED: "Отменил",
    TurnVerdict.ANSWERED: "Ответил",
    TurnVerdict.HANDED_OVER: "Передал вам",
    TurnVerdict.DECLINED: "Отказал",
    TurnVerdict.SILENT: "Промолчал",
}


def counts(seen: BotCounts, outside: int | None) -> Sequence[tuple[str, str]]:
    """What a bot has done, a name and a figure each; nothing where it has done nothing."""
    if not seen.conversations:
        return []
    done = [
        (name, str(seen.verdicts.get(verdict, 0))) for verdict, name in VERDICTS.items() if verdict in seen.verdicts
    ]
    why = [(REASONS[reason], str(count)) for reason, count in sorted(seen.handed_over.items())]
    closed = [] if outside is None else [("Когда салон закрыт", f"{outside} %")]
    return [("Разговоров", str(seen.conversations)), *done, *why, *closed]


def understood(commands: Sequence[Command], salon: SalonView) -> Sequence[str]:
    """What a burst was understood to say, a line each."""
    return [_command(one, salon) for one in commands]


def _command(one: Command, salon: SalonView) -> str:
    if isinstance(one, said.NamedService):
        named = _or(salon.services[each].title for each in one.ids if each in salon.services)
        return f"{'не ' if one.is_excluded else ''}услуга: {named or one.unclear or 'такой нет'}"
    if isinstance(one, said.NamedStaff):
        return f"{'не ' if one.is_excluded else ''}мастер: {_staff(one, salon)}"
    if isinstance(one, said.Suits):
        return f"когда: {' или '.join(filter(None, map(_when, one.whens))) or 'непонятно'}"
    if isinstance(one, (said.Unread, said.AskFact)):
        return f"не понял слово: {one.text}" if isinstance(one, said.Unread) else f"спрашивает: {one.topic}"
    if isinstance(one, said.AskWorks):
        return f"спрашивает, работает ли {_or(_name(who, salon) for who in one.ids) or 'кто-нибудь'}"
    return _SIMPLE.get(type(one)) or _valued(one)


_NUMBERED: Mapping[type[Command], str] = {
    said.ChoosePriced: "выбирает по цене",
    said.Choose: "выбирает строку {0.number}",
    said.NamedPrice: "за {0.amount}",
    said.Rating: "оценка {0.stars}",
}


def _valued(one: Command) -> str:
    """Commands that are a word of the client's own."""
    if isinstance(one, said.Yes):
        return f"да, но: {one.but}" if one.but else "да"
    if isinstance(one, said.ImpossibleTime):
        return f"такого дня или времени нет: {one.said}"
    if isinstance(one, said.Choose | said.NamedPrice | said.Rating):
        return _NUMBERED[type(one)].format(one)
    if isinstance(one, said.Name):
        return f"зовут: {f'{one.given} {one.family}'.strip()}"
    if isinstance(one, said.Guest):
        return f"с кем: {one.who or one.name or one.count}"
    return type(one).__name__


def _staff(one: said.NamedStaff, salon: SalonView) -> str:
    if one.is_any:
        return "любой"
    if one.is_other:
        return "другой"
    return _or(_name(who, salon) for who in one.ids) or f"{one.unknown} (такого нет)"


def _name(staff_id: int, salon: SalonView) -> str:
    return salon.staff[staff_id].name if staff_id in salon.staff else "любой"


def _or(names: Iterator[str]) -> str:
    return " или ".join(names)


def _when(one: When) -> str:
    parts = (_day(one.day) if one.day else "", _time(one.time) if one.time else "")
    return ", ".join(part for part in parts if part)


def _day(one: Day) -> str:
    ranges = [_days(each) for each in one.any_of]
    refused = [f"не {_days(each)}" for each in one.not_on]
    return " или ".join(ranges + refused) or "дни недели"


def _days(one: DayRange) -> str:
    if one.last is None:
        return f"с {_date(one.first)}"
    return _date(one.first) if one.is_one_day else f"{_date(one.first)} – {_date(one.last)}"


def _time(one: Time) -> str:
    ranges = [_times(each) for each in one.any_of]
    refused = [f"не {_times(each)}" for each in one.not_in]
    return " или ".join(ranges + refused) or "относительно визита"


def _times(one: TimeRange) -> str:
    if one.is_point and one.first is not None:
        return f"{one.first:%H:%M}"
    first = f"с {one.first:%H:%M}" if one.first else ""
    last = f"до {one.last:%H:%M}" if one.last else ""
    return f"{first} {last}".strip()


def _date(day: date) -> str:
    return wording.days(datetime.combine(day, time()))["date_alone"]


def looked_up(needs: Sequence[Need], found: Found, salon: SalonView) -> Sequence[str]:
    """What was asked of YClients, and what it said, a line each."""
    return [f"{_need(one, salon)}: {_answer(one, found)}" for one in needs]


def _need(one: Need, salon: SalonView) -> str:
    who = f", {_name(one.staff_id, salon)}" if isinstance(one, NeedDays | NeedStarts | NeedNearest | NeedDay) else ""
    when = f" {_date(one.day)}" if isinstance(one, NeedStarts | NeedDay) else ""
    at = f" {_date(one.at.date())} в {one.at:%H:%M}" if isinstance(one, NeedFreeStaff) else ""
    return f"{NEEDS[type(one)]}{when}{at}{who}"


def _answer(one: Need, found: Found) -> str:
    answer = found.answer_to(one)
    if isinstance(answer, Unavailable):
        return "нет ответа"
    if not isinstance(answer, Sequence):
        return "нет" if answer is None else "есть"
    return ", ".join(map(_item, answer)) or "нет"


def _item(one: object) -> str:
    at = getattr(one, "wall_clock", None) or getattr(one, "starts", None) or one
    if isinstance(at, datetime):
        return f"{at:%d.%m %H:%M}"
    return f"{at:%d.%m}" if isinstance(at, date) else str(at)


def asked(needs: Sequence[Need], salon: SalonView) -> Sequence[str]:
    """What was asked of YClients, a line each; what it said then is not kept."""
    return [_need(one, salon) for one in needs]


def decided(reply: Reply) -> str:
    """What was decided."""
    return decision(reply.act, reply.asks, reply.hand_over)


def decision(act: Act, asks: Asks | None, hand_over: HandOverReason | None) -> str:
    """A decision in words."""
    sentence = ACTS[act]
    if hand_over is not None:
        sentence += f" ({REASONS[hand_over]})"
    if asks is not None:
        sentence += f"; вопрос: {ASKS[asks]}"
    return sentence


def operation(proposal: Proposal | None) -> str | None:
    """What would have become of the journal; None for nothing."""
    return None if proposal is None else _OPERATIONS[proposal.operation]
