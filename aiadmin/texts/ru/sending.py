"""The catalogue's part for the sending plan: what goes when, what does not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.notice import StaleReason
from aiadmin.domain.notices.upcoming import DayLoad, DroppedNotice, SendingPlan, UpcomingNotice
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru import manage as texts_manage

MOST_LISTED = 100
SOMEBODY = "Клиент без имени"
WITHDRAWN = "Это сообщение не уйдёт."
REASONS: Mapping[str, str] = {
    StaleReason.DELETED: "запись удалили",
    StaleReason.GONE: "такой записи в журнале больше нет",
    StaleReason.RESTORED: "запись вернули",
    StaleReason.MOVED: "запись перенесли",
    StaleReason.OTHER_MASTER: "сменился мастер",
    StaleReason.OTHER_SERVICES: "сменились услуги",
    StaleReason.OTHER_CLIENT: "запись передали другому клиенту",
    StaleReason.OTHER_NUMBER: "номер клиента исправили: на верный ушло своё сообщение",
    StaleReason.NO_CLIENT: "в записи нет клиента",
    StaleReason.GROUP: "это групповая запись",
    StaleReason.CAME: "клиент уже пришёл",
    StaleReason.NO_SHOW: "клиент не пришёл",
    StaleReason.NOT_CAME: "в журнале не отмечено, что клиент был",
    StaleReason.CONFIRMED: "визит уже подтверждён",
    StaleReason.PAST: "время прошло",
    StaleReason.UNDER_WAY: "визит уже начался",
    StaleReason.CARD_GONE: "карточки клиента объединили",
    StaleReason.JUST_TOLD: "клиенту только что написали о том же",
    StaleReason.DECLINED: "клиент уже ответил, что не придёт",
    StaleReason.SUPERSEDED: "вместо него ушло более новое",
    StaleReason.SWITCHED_OFF: "такие сообщения выключены",
    StaleReason.WITHDRAWN: "вы отменили отправку",
    BlockReason.LATE: "не успели: сообщение устарело",
    BlockReason.PAUSED: "отправка была на паузе",
    BlockReason.OPTED_OUT: "клиент просил не писать",
    BlockReason.MUTED: "в YClients у клиента выключены рассылки",
    BlockReason.ABSENT: "у клиента нет WhatsApp",
    BlockReason.CONTACT_LOCKED: "WhatsApp пока не даёт писать этому клиенту первыми",
    BlockReason.ACCOUNT_LOCKED: "WhatsApp пока не даёт писать первыми тем, кто вам не писал",
    BlockReason.SILENT: "в этом чате отвечаете вы",
    BlockReason.QUIET_HOURS: "тихие часы, а потом будет поздно",
    BlockReason.DAILY_CAP: "предел сообщений в день",
    BlockReason.BUCKET: "очередь не успела дойти",
    BlockReason.NO_PHONE: "у клиента нет телефона",
    BlockReason.YCLIENTS_AWAY: "YClients не отвечал: не смогли проверить, в силе ли запись",
}
"""Why a notice is not sent, by `notices.reason`; and of one to come why it will not be."""
_TODAY, _TOMORROW = "Сегодня", "Завтра"
_OTHERWISE = "не отправлено"


@dataclass(frozen=True)
class PlannedLine:
    """A notice of the plan in words.

    Attributes:
        why: why it will not be sent as things stand; empty where it will.
        moved: from when it was moved, where quiet hours, a lock or a human in the chat have done that; else empty.
    """

    record_id: int
    kind: str
    clock: str
    what: str
    who: str = field(repr=False)
    visit: str
    why: str
    moved: str


@dataclass(frozen=True)
class DroppedLine:
    """A notice that was not sent, in words."""

    when: str
    what: str
    who: str = field(repr=False)
    why: str


def days(plan: SendingPlan) -> Sequence[tuple[str, Sequence[PlannedLine]]]:
    """The first `MOST_LISTED` notices of the plan under their days."""
    zone = ZoneInfo(plan.zone)
    listed = groupby(plan.upcoming[:MOST_LISTED], key=lambda one: max(one.at, plan.now).astimezone(zone).date())
    return [(_day(day, plan), [_line(one, plan, zone) for one in group]) for day, group in listed]


def _line(one: UpcomingNotice, plan: SendingPlan, zone: ZoneInfo) -> PlannedLine:
    local = one.at.astimezone(zone)
    is_moved = not isinstance(one.goes, BlockReason) and one.at - max(one.due_at, plan.now) >= timedelta(minutes=1)
    return PlannedLine(
        record_id=one.record_id,
        kind=one.kind.value,
        clock="сейчас" if one.at <= plan.now else wording.clock(local),
        what=texts_manage.PURPOSES[one.kind],
        who=_who(one.name, one.phone),
        visit=f"визит {wording.day_and_clock(one.visit_at.astimezone(zone))}",
        why=f"не уйдёт: {REASONS[one.goes]}" if isinstance(one.goes, BlockReason) else "",
        moved=f"сдвинуто с {wording.clock(one.due_at.astimezone(zone))}: раньше писать нельзя" if is_moved else "",
    )


def dropped(one: DroppedNotice, plan: SendingPlan) -> DroppedLine:
    """What was not sent, and why."""
    return DroppedLine(
        when=wording.moment(one.at.astimezone(ZoneInfo(plan.zone))),
        what=texts_manage.PURPOSES[one.kind],
        who=_who(one.name, one.phone),
        why=REASONS.get(one.reason) or texts_manage.MESSAGE_REASONS.get(one.reason, _OTHERWISE),
    )


def day_name(one: DayLoad, plan: SendingPlan) -> str:
    """A day of the plan."""
    return _day(one.day, plan)


def hour_name(at: datetime) -> str:
    """An hour of the plan, as its table names it.

    >>> hour_name(datetime(2026, 11, 30, 9))
    '30 нояб., 09:00'
    """
    return wording.moment(at)


def _day(day: date, plan: SendingPlan) -> str:
    today = plan.now.astimezone(ZoneInfo(plan.zone)).date()
    if day == today:
        return _TODAY
    if day == today + timedelta(days=1):
        return _TOMORROW
    return wording.days(datetime(day.year, day.month, day.day))["date_alone"]  # noqa: DTZ001 - a date


def _who(name: str | None, phone: str | None) -> str:
    number = wording.whole_phone(phone)
    return ", ".join(part for part in (name, number) if part) or SOMEBODY
