"""The catalogue's part for a salon's overview: how it stands in a sentence, what was counted, who waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.manage.figures import (
    DAYS,
    AnswerDay,
    Attention,
    AttentionKind,
    Figures,
    FirstSteps,
    Step,
)
from aiadmin.domain.manage.salon_state import StateKind
from aiadmin.domain.manage.uptime import UptimeDay, total
from aiadmin.domain.notices.upcoming import UpcomingGroup
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru import manage as texts_manage

_TELL_MINUTES, _TELL_HOURS = timedelta(minutes=90), timedelta(hours=48)
NOTHING_YET = "—"
SOMEBODY = "Клиент без имени"
_DAYS = wording.count(DAYS, "день", "дня", "дней")


@dataclass(frozen=True)
class Card:
    """A figure with its name and what stands below it."""

    name: str
    value: str
    below: str


def cards(figures: Figures) -> Sequence[Card]:
    """What the messages have brought; what is not known is said to be so."""
    return [_sent(figures), _confirmed(figures), _declined(figures), _no_shows(figures), *_booked(figures)]


def _sent(figures: Figures) -> Card:
    share = figures.delivered_share
    below = "ещё ничего не уходило" if share is None else f"{share} % доставлено"
    return Card(f"Отправлено за {_DAYS}", wording.number(figures.sent), below)


def _confirmed(figures: Figures) -> Card:
    if figures.confirmed_share is None:
        return Card("Подтвердили визит", NOTHING_YET, "вопросов ещё не было")
    of = f"{wording.number(figures.confirmed)} из {wording.number(figures.asked)}, кого спросили"
    return Card("Подтвердили визит", f"{figures.confirmed_share} %", of)


def _declined(figures: Figures) -> Card:
    name = "Предупредили об отмене"
    if not figures.asked:
        return Card(name, NOTHING_YET, "вопросов ещё не было")
    freed = (
        f"окна на {wording.money(figures.freed, figures.currency)} можно занять"
        if figures.freed and figures.currency
        else "окна можно занять"
    )
    return Card(name, wording.number(figures.declined), freed if figures.declined else f"за {_DAYS}")


def _no_shows(figures: Figures) -> Card:
    if figures.no_shows is None:
        return Card("Не пришли", NOTHING_YET, "в журнале не отмечено, кто пришёл")
    now = f"{figures.no_show_share} % визитов"
    before = figures.no_show_share_before
    return Card("Не пришли", wording.number(figures.no_shows), now if before is None else f"{now}, раньше {before} %")


def _booked(figures: Figures) -> Iterator[Card]:
    if figures.booked is not None:
        yield Card("Записал бот", wording.number(figures.booked), f"визитов за {_DAYS}")


HEADLINES: Mapping[str, str] = {
    "good": "Всё работает",
    "busy": "Связь восстанавливается",
    "bad": "Нужно ваше участие",
    "paused": "Отправка на паузе",
}
NOT_YET = "Почти готово"
LINKS: Mapping[str, str] = {"connection": "Подключение", "payment": "Оплатить"}
"""What leads from there to the page where it is mended."""
_NOT_YET = frozenset({IntegrationStatus.PENDING, IntegrationStatus.PAIRING, IntegrationStatus.ACTIVATING})
_PASSES = frozenset({"linked", "starting", "reconnecting", "degraded", "backoff", "waits-for-host", "no-host"})
"""What goes by itself, or by us."""


def headline(overview: Mapping[str, Any], now: datetime) -> Mapping[str, str]:
    """How a salon stands: a tone, a heading, and one sentence of what is known for certain.

    Args:
        overview: what the page of the connections shows.
    """
    kinds = [one["kind"] for one in overview["states"]]
    yclients, link, title = overview["yclients"], LINKS["connection"], None
    if overview["paused_at"]:
        tone, text = "paused", texts_manage.PAUSED
    elif kinds:
        tone, text = "busy" if set(kinds) <= _PASSES else "bad", overview["states"][0]["text"]
        link = LINKS["payment"] if StateKind.FROZEN in kinds else link
    elif yclients["status"] in _NOT_YET:
        tone, text, title = "busy", yclients["text"], NOT_YET
    elif yclients["status"] == IntegrationStatus.ACTIVATION_FAILED:
        tone, text = "bad", " ".join(filter(None, (yclients["text"], yclients["reason"])))
    else:
        tone, text = "good", " ".join(_known(overview, now))
    return {"tone": tone, "title": title or HEADLINES[tone], "text": text, "link": link}


def others(overview: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What else stands in the way, beside what the sentence says."""
    said = "paused" if overview["paused_at"] else next((one["kind"] for one in overview["states"]), None)
    return [one for one in overview["states"] if one["kind"] != said]


def _known(overview: Mapping[str, Any], now: datetime) -> Iterator[str]:
    whatsapp = overview["whatsapp"]
    if whatsapp["connected"]:
        yield f"WhatsApp {wording.whole_phone(whatsapp['phone'])}: {_lower(whatsapp['text'])}"
    else:
        yield whatsapp["text"]
    full = [run for run in overview["sync"] if run["kind"] == "full"]
    read = [run["finished_at"] for run in overview["sync"] if run["finished_at"] and run["state"] == "done"]
    if full and full[0]["state"] != "done":
        yield full[0]["text"]
    elif read:
        yield f"Журнал обновлён {_ago(now - datetime.fromisoformat(max(read)))}."


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _ago(passed: timedelta) -> str:
    """
    >>> [_ago(timedelta(minutes=minutes)) for minutes in (0, 3, 200, 4000)]
    ['только что', '3 минуты назад', '3 часа назад', '2 дня назад']
    """
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "только что"
    if passed < _TELL_MINUTES:
        return f"{wording.count(minutes, 'минуту', 'минуты', 'минут')} назад"
    if passed < _TELL_HOURS:
        return f"{wording.count(minutes // 60, 'час', 'часа', 'часов')} назад"
    return f"{wording.count(passed.days, 'день', 'дня', 'дней')} назад"


def day_name(day: AnswerDay) -> str:
    """A day as a table of them names it."""
    return wording.days(datetime(day.day.year, day.day.month, day.day.day))["date_alone"]  # noqa: DTZ001 - a date


def attention(one: Attention, zone: ZoneInfo) -> str:
    """Why this client needs a human."""
    match one.kind:
        case AttentionKind.WAITS:
            return f"«{one.words}»" if one.words else "Ждёт ответа человека"
        case AttentionKind.DECLINED:
            at = one.visit_at or one.at
            return f"Не сможет прийти {wording.day_and_clock(at.astimezone(zone))}: визит ещё в журнале"
        case AttentionKind.NOT_REACHED:
            reason = texts_manage.message_reason(one.reason) or "сообщение не дошло"
            return f"{reason[0].upper()}{reason[1:]}: позвоните"


ATTENTION_MARKS: Mapping[AttentionKind, str] = {
    AttentionKind.WAITS: "ждёт ответа",
    AttentionKind.DECLINED: "не придёт",
    AttentionKind.NOT_REACHED: "не дошло",
}


def upcoming_when(one: UpcomingGroup, now: datetime, zone: ZoneInfo) -> str:
    """When: the time alone today, with the day later on; what is due already goes as soon as it may."""
    local, today = one.at.astimezone(zone), now.astimezone(zone).date()
    if one.at <= now:
        return "сейчас"
    if local.date() == today:
        return wording.clock(local)
    if local.date() == today + timedelta(days=1):
        return f"завтра, {wording.clock(local)}"
    return wording.moment(local)


def upcoming_what(one: UpcomingGroup) -> str:
    """Which notice, and to how many."""
    clients = wording.count(one.count, "клиент", "клиента", "клиентов")
    return f"{texts_manage.PURPOSES[one.kind]} · {clients}"


def upcoming_names(one: UpcomingGroup) -> str:
    """To whom, as far as they have names and there is room."""
    others = one.count - len(one.names)
    more = f" и ещё {wording.number(others)}" if one.names and others > 0 else ""
    return ", ".join(one.names) + more


@dataclass(frozen=True)
class StepLine:
    """A first step: what it is, why, where it is done, and whether it is."""

    title: str
    below: str
    section: str | None
    is_done: bool


def steps(seen: FirstSteps) -> Sequence[StepLine]:
    """The first steps in their order."""
    records = wording.count(seen.records, "запись", "записи", "записей")
    words = {
        Step.PHONE: ("Подключите WhatsApp", "WhatsApp подключён", "с этого номера клиенты получают сообщения"),
        Step.JOURNAL: ("Читаем журнал", "Журнал прочитан", records if seen.records else "это делаем мы"),
        Step.TRIAL: ("Отправьте пробное себе", "Пробное отправлено", "так сообщение видит клиент"),
        Step.FIRST: ("Первое сообщение клиенту", "Первое сообщение ушло", "уходит само, когда появляется запись"),
    }
    return [
        StepLine(words[step][step in seen.done], words[step][2], _WHERE.get(step), step in seen.done) for step in Step
    ]


_WHERE: Mapping[Step, str] = {Step.PHONE: "connection", Step.TRIAL: "texts"}
"""In which section it is done; the others are done by us."""


def uptime(days: Sequence[UptimeDay]) -> str:
    """How much of the month the phone was connected."""
    share = total(days)
    if share is None:
        return "Здесь появится, сколько времени WhatsApp салона был на связи."
    return f"За {wording.count(len(days), 'день', 'дня', 'дней')} на связи {_per_cent(share)} времени."


def uptime_day(one: UptimeDay) -> str:
    """A day as the strip and its table name it."""
    return wording.days(datetime(one.day.year, one.day.month, one.day.day))["date_alone"]  # noqa: DTZ001 - a date


def uptime_words(one: UptimeDay) -> str:
    """What is known of a day."""
    if one.share is None:
        return "нет данных"
    away = one.known - one.online
    if away < _TELL_AWAY:
        return "на связи весь день"
    if away < _TELL_MINUTES:
        length = wording.count(round(away.total_seconds() / 60), "минуту", "минуты", "минут")
    else:
        length = wording.count(round(away.total_seconds() / 3600), "час", "часа", "часов")
    return f"на связи {_per_cent(one.share)}, без связи {length}"


_TELL_AWAY = timedelta(minutes=1)


def _per_cent(share: float) -> str:
    """A hundred only for all of it.

    >>> _per_cent(1.0), _per_cent(0.99999), _per_cent(0.5)
    ('100\\xa0%', '99,9\\xa0%', '50\\xa0%')
    """
    tenths = 1000 if share >= 1 else min(int(share * 1000), 999)
    return f"{tenths // 10}{f',{tenths % 10}' if tenths % 10 else ''}\xa0%"
