"""Booking-change notices: what a client is told after a booking was made, changed or cancelled.

The question is never what happened, but what the client believes and what is true: several edits are one notice,
and an edit that is taken back before its client had a notice of it is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aiadmin.domain.grouping import grouped
from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.booking_event import BookingEvent, EventKind
from aiadmin.domain.journal.journal import Attendance, Record, is_same_number, is_same_person, is_same_time
from aiadmin.domain.messages.sending_policy import TURNS_AWAY
from aiadmin.domain.notices.notice import IMPORTED, AnnouncedVisit, NoticeKind, StaleReason
from aiadmin.domain.notices.settings import MessageSettings

CHANGE_NOTICE_LIFETIME = timedelta(hours=24)
"""What happened longer ago is not told: we were away, or the phone was. A cancellation is worth telling later."""
MOST_AT_ONCE = 20
"""More bookings of one salon, made within a minute, are an import: no desk books so fast."""
TOLD_IN_CHAT = "told_in_chat"
"""Why there is no notice of a change that the bot has made."""
IMPORT_SETTLES = timedelta(minutes=10)
"""So long after an import was heard of the program that made it still edits what it has made."""
SLIP = timedelta(minutes=5)
"""So soon after typing a booking a desk takes back what it has mistyped."""
_EDITS = frozenset({EventKind.CREATED, EventKind.MOVED, EventKind.CHANGED, EventKind.CANCELLED, EventKind.RESTORED})
_TURNS_AWAY = frozenset(NoticeKind(purpose) for purpose in TURNS_AWAY)
_LEADS_ASTRAY = frozenset({EventKind.CANCELLED, EventKind.MOVED})
_OVER = frozenset({Attendance.CAME, Attendance.NO_SHOW})


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """A row of `booking_events` that is not planned yet.

    Attributes:
        is_told: whether the bot has made this change, and its chat says so: to that client it is no news.
        is_being_made: whether it may be the bot's, whose call has no answer yet.
        made_together: how many bookings the desk made within a minute of this one, which counts too; what clients
            book online is no import, however many do.
    """

    event_id: int
    company_id: CompanyId
    event: BookingEvent
    at: datetime
    made_together: int = 1
    is_told: bool = False
    is_being_made: bool = False


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A record of one client: when it changes hands it becomes another booking, of another client.

    The client is a person: two cards with one phone are one.
    """

    company_id: CompanyId
    record_id: int
    client_id: int | None
    client_phone: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class LastNotice:
    """The newest notice that told, or was to tell, one client of a booking.

    Attributes:
        planned_at: when it was planned.
        is_waiting: whether it may still be taken back.
        is_leaving: whether it is a message that may or may not go out: what the client believes is not known yet.
        is_said: whether it went out, or the salon was asked to call about it; a notice that was dropped otherwise
            has not reached its client.
        is_imported: whether it was only kept, for the booking is one of an import.
    """

    notice_id: NoticeId
    kind: NoticeKind
    announced: AnnouncedVisit
    planned_at: datetime
    is_waiting: bool
    is_said: bool
    is_leaving: bool = False
    is_imported: bool = False


@dataclass(frozen=True, kw_only=True)
class NewNotice:
    """A notice to plan; of one `dedup_key` a company has at most one.

    Attributes:
        dropped: why it is not to be sent at all: then it is only kept, for people to see.
    """

    company_id: CompanyId
    record_id: int
    kind: NoticeKind
    dedup_key: str
    announced: AnnouncedVisit
    due_at: datetime
    deadline_at: datetime
    dropped: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do: take back a notice that waits, plan a new one, both or neither; or look again later."""

    superseded: NoticeId | None = None
    new: NewNotice | None = None
    is_too_early: bool = False


NOTHING = Plan()
TOO_EARLY = Plan(is_too_early=True)


def by_booking(events: Iterable[StoredEvent]) -> Mapping[Booking, Sequence[StoredEvent]]:
    """Events of each booking and person, in their order; the newest says by which card and phone they are known."""
    bookings: dict[tuple[CompanyId, int], list[StoredEvent]] = {}
    for one in events:
        bookings.setdefault((one.company_id, one.event.after.record_id), []).append(one)
    people = (grouped(each, _is_of_same_person) for each in bookings.values())
    return {_booking(each): each for groups in people for each in groups}


def _is_of_same_person(one: StoredEvent, known: Sequence[StoredEvent]) -> bool:
    return is_same_person(known[-1].event.after, one.event.after)


def _booking(events: Sequence[StoredEvent]) -> Booking:
    newest = events[-1].event.after
    return Booking(
        company_id=events[-1].company_id,
        record_id=newest.record_id,
        client_id=newest.client_id,
        client_phone=newest.client_phone,
    )


def plan(
    events: Sequence[StoredEvent],
    last: LastNotice | None,
    settings: MessageSettings,
    *,
    now: datetime,
    are_phones_hidden: bool = False,
) -> Plan:
    """What follows from events of one booking and one client, which are in order.

    Args:
        last: the newest change notice of this booking for this client, or None.
        are_phones_hidden: whether the salon does not let us see phones: then a client without one may have one.
    """
    if not events:
        return NOTHING
    truth = events[-1].event.after
    events = [one for one in events if is_same_number(one.event.after, truth)]
    heard = last if last is not None and is_same_number(last.announced, truth) else None
    if any(one.is_being_made for one in events):
        return TOO_EARLY
    told = next((one for one in reversed(events) if one.is_told), None)
    if told is not None:
        return _after_chat(events, told, last, settings, now, are_phones_hidden=are_phones_hidden)
    edits = [one for one in events if _is_news(one, now) and not _is_settling(one, events, heard)]
    if not edits:
        return _import(events, heard, now)
    if last is not None and last.is_leaving:
        return TOO_EARLY
    return _news(edits, truth, last, heard, settings, now, are_phones_hidden=are_phones_hidden)


def _after_chat(
    events: Sequence[StoredEvent],
    told: StoredEvent,
    last: LastNotice | None,
    settings: MessageSettings,
    now: datetime,
    *,
    are_phones_hidden: bool,
) -> Plan:
    """What follows from events of which the bot has made one: what the chat says of it is what the client knows."""
    if last is not None and last.is_leaving:
        return TOO_EARLY
    announced = AnnouncedVisit.of(told.event.after)
    known = replace(announced, was=announced)
    edits = [one for one in events[events.index(told) + 1 :] if _is_news(one, now)]
    if edits:
        heard = LastNotice(
            notice_id=NoticeId(0),
            kind=NoticeKind.BOOKED,
            announced=announced,
            planned_at=told.at,
            is_waiting=False,
            is_said=True,
        )
        truth = events[-1].event.after
        made = _news(edits, truth, last, heard, settings, now, are_phones_hidden=are_phones_hidden)
        if made.new is not None:
            return made
    waiting = last.notice_id if last is not None and last.is_waiting else None
    return Plan(superseded=waiting, new=_kept(told, NoticeKind.BOOKED, known, last, now, why=TOLD_IN_CHAT))


def _news(
    edits: Sequence[StoredEvent],
    truth: Record,
    last: LastNotice | None,
    heard: LastNotice | None,
    settings: MessageSettings,
    now: datetime,
    *,
    are_phones_hidden: bool,
) -> Plan:
    """What takes the place of what waits, after edits.

    Args:
        heard: `last`, if it was for the number that the client has now.
    """
    knows, is_first = _knows(edits, heard, settings), _is_first(edits[0].event, heard, settings)
    waiting = last if last is not None and last.is_waiting else None
    taken_back = Plan(superseded=waiting.notice_id if waiting else None)
    kind = _kind(knows, truth, settings, is_first)
    if kind is None or not settings.wants(kind):
        return taken_back
    announced = replace(_announcement(kind, knows, truth), is_first=is_first)
    if (
        waiting is not None
        and waiting is heard
        and waiting.kind is kind
        and waiting.announced.reads_the_same(announced)
    ):
        return NOTHING
    if knows is not None and _is_out_of_sight(announced, knows, truth, now):
        return replace(taken_back, new=_kept(edits[-1], kind, announced, last, now, why=StaleReason.PAST))
    is_missed = kind in _TURNS_AWAY and _has_lost_phone(truth, announced, are_phones_hidden=are_phones_hidden)
    if announced.starts_at <= now or not (_may_be_told(truth) or is_missed):
        return taken_back
    told_at = edits[-1].at
    news_until = announced.starts_at if kind in _TURNS_AWAY else told_at + CHANGE_NOTICE_LIFETIME
    new = NewNotice(
        company_id=edits[-1].company_id,
        record_id=truth.record_id,
        kind=kind,
        dedup_key=_dedup_key(truth.record_id, kind, announced, last),
        announced=announced,
        due_at=told_at + timedelta(seconds=settings.gather_seconds),
        deadline_at=min(announced.starts_at, news_until),
    )
    return replace(taken_back, new=new)


def _is_out_of_sight(announced: AnnouncedVisit, knows: AnnouncedVisit, truth: Record, now: datetime) -> bool:
    """Whether a booking was moved where no notice follows, and may come back: into the past, or to a no-show."""
    is_no_show = truth.attendance is Attendance.NO_SHOW and not truth.is_deleted
    return announced.starts_at <= now < knows.starts_at or is_no_show


def _import(events: Sequence[StoredEvent], heard: LastNotice | None, now: datetime) -> Plan:
    """A booking of an import, as it is made or as it is mended right after: its client is told nothing.

    They reckon with it from elsewhere, so that it is kept as what they know.
    """
    found = [one for one in events if _is_imported(one) or _is_settling(one, events, heard)]
    if not found or found[-1].event.after.is_deleted or not _may_be_told(found[-1].event.after):
        return NOTHING
    newest = found[-1]
    announced = AnnouncedVisit.of(newest.event.after)
    if heard is not None and (not heard.is_imported or heard.announced.reads_the_same(announced)):
        return NOTHING
    known = replace(announced, was=announced)
    return Plan(new=_kept(newest, NoticeKind.BOOKED, known, heard, now, why=IMPORTED))


def _kept(
    one: StoredEvent, kind: NoticeKind, announced: AnnouncedVisit, last: LastNotice | None, now: datetime, *, why: str
) -> NewNotice:
    """What nobody is told, kept for what its client knows besides: it is what she knew before."""
    record_id = one.event.after.record_id
    return NewNotice(
        company_id=one.company_id,
        record_id=record_id,
        kind=kind,
        dedup_key=_dedup_key(record_id, kind, announced, last),
        announced=announced,
        due_at=now,
        deadline_at=now,
        dropped=why,
    )


def _is_imported(one: StoredEvent) -> bool:
    """Whether a booking is made together with many; a client who is given one of them later has a notice."""
    is_made = one.event.kind is EventKind.CREATED and _is_made_within(IMPORT_SETTLES, one)
    is_many = one.made_together > MOST_AT_ONCE and not one.event.after.is_online
    return is_made and is_many


def _is_settling(one: StoredEvent, events: Sequence[StoredEvent], heard: LastNotice | None) -> bool:
    """Whether an edit is a part of the import that its booking was made by, and of which no notice was sent."""
    if heard is not None:
        imported_at = heard.planned_at if heard.is_imported else None
    else:
        imported_at = next((each.at for each in events if _is_imported(each)), None)
    return one.event.kind in _EDITS and imported_at is not None and one.at - imported_at < IMPORT_SETTLES


def _is_made_within(span: timedelta, one: StoredEvent) -> bool:
    """Whether a booking that is new to a client is new altogether, and was not another's for long before.

    What is in the journal tells when it changed; that its card has another number is told by no booking.
    """
    after, before = one.event.after, one.event.before
    changed_at = one.at if before is not None or after.changed_at is None else after.changed_at
    return after.created_at is None or changed_at - after.created_at < span


def _is_news(one: StoredEvent, now: datetime) -> bool:
    """Whether the booking was edited of late, whichever reading has found it.

    A cancellation or a move counts as long as its client has not come in vain.
    """
    is_recent = now - one.at < CHANGE_NOTICE_LIFETIME or one.event.kind in _LEADS_ASTRAY
    return one.event.kind in _EDITS and not _is_imported(one) and is_recent


def _is_awaiting_payment(record: Record | None, settings: MessageSettings) -> bool:
    return record is not None and record.is_unpaid and settings.wait_for_payment and not record.is_deleted


def _knows(
    edits: Sequence[StoredEvent], heard: LastNotice | None, settings: MessageSettings
) -> AnnouncedVisit | None:
    """What the client believes of the booking before she is told of these edits; None for no booking.

    That is what she was told last. Where none of our words has reached her, because it waits for the morning, was
    held by a lock or dropped, it is what she knew without them, which depends on who made the booking:

    * She herself, online or through a bot: she knows it as she made it, from then on.
    * The desk, by hand: mostly while she is on the line or at the counter, but nobody can tell. For `SLIP` it counts
      as unknown, because a booking that is taken back so soon was mistyped, or talked over with her. From then on
      she is taken to know of it: that a booking is off which she has not heard of does her no harm, and one that
      nobody called off brings her to a closed door.
    * Another program, many at once (an import): she knows of it from there.
    * Nobody, until it is paid for: YClients has told her that she is to pay, and takes it back by itself.
    """
    if heard is None:
        known = _knew(edits[0], settings) or _learned(edits, settings)
    elif heard.is_said:
        known = heard.announced
    elif heard.announced.was is not None:
        known = heard.announced.was
    else:
        has_stood = edits[0].at - heard.planned_at >= SLIP
        known = heard.announced if has_stood else _learned(edits, settings)
    return None if known is None or known.is_deleted else known


def _knew(first: StoredEvent, settings: MessageSettings) -> AnnouncedVisit | None:
    """What the client knew of a booking before the first edit that we look at.

    Where a number was corrected, from having made it, as above.
    """
    before = first.event.before
    if before is None or _is_awaiting_payment(before, settings):
        return None
    is_corrected = first.event.kind is EventKind.CREATED
    has_stood = before.created_at is None or first.at - before.created_at >= SLIP
    return AnnouncedVisit.of(before) if not is_corrected or before.is_online or has_stood else None


def _learned(edits: Sequence[StoredEvent], settings: MessageSettings) -> AnnouncedVisit | None:
    """What the client has come to know of a booking while it was edited, without a notice."""
    for one, next_at in zip(edits, [*(later.at for later in edits[1:]), edits[-1].at], strict=True):
        state = one.event.after
        if state.is_deleted or _is_awaiting_payment(state, settings):
            continue
        if _has_made(one, settings) or next_at - one.at >= SLIP:
            return AnnouncedVisit.of(state)
    return None


def _has_made(one: StoredEvent, settings: MessageSettings) -> bool:
    """Whether the client herself has just booked, or paid for what she has booked."""
    is_made = one.event.kind is EventKind.CREATED and _is_made_within(SLIP, one) and one.event.after.is_online
    return is_made or _is_awaiting_payment(one.event.before, settings)


def _is_first(first: BookingEvent, heard: LastNotice | None, settings: MessageSettings) -> bool:
    """Whether the client still has to have a first word of ours about the booking."""
    if heard is None:
        is_unheard = first.before is None or first.kind is EventKind.CREATED
        return is_unheard or _is_awaiting_payment(first.before, settings)
    return heard.announced.is_first and not heard.is_said


def _kind(
    knows: AnnouncedVisit | None, truth: Record, settings: MessageSettings, is_first: bool
) -> NoticeKind | None:
    """What would set the client right; None when they are, and have it from us.

    A first word tells of the booking as it has become, where the salon wants nothing else told or where nothing but
    who does what is another than in what the client may know of it.
    """
    if truth.is_deleted:
        return None if knows is None else NoticeKind.CANCELLED
    if knows is None:
        return None if _is_awaiting_payment(truth, settings) else NoticeKind.BOOKED
    kind = None
    if not is_same_time(knows, truth):
        kind = NoticeKind.MOVED
    elif knows.work != AnnouncedVisit.of(truth).work:
        kind = NoticeKind.CHANGED
    is_whole = kind is None or not settings.wants(kind) or (kind is NoticeKind.CHANGED and not truth.is_online)
    return NoticeKind.BOOKED if is_first and is_whole else kind


def _announcement(kind: NoticeKind, knows: AnnouncedVisit | None, truth: Record) -> AnnouncedVisit:
    """A cancellation names the booking that the client knows, whatever was done to it before it was deleted."""
    if kind not in _TURNS_AWAY or knows is None:
        return replace(AnnouncedVisit.of(truth), was=knows)
    phone = truth.client_phone or knows.client_phone
    if kind is NoticeKind.CANCELLED:
        return replace(knows, is_deleted=True, client_phone=phone, was=replace(knows, was=None))
    return replace(AnnouncedVisit.of(truth), client_phone=phone, was=knows)


def _may_be_told(truth: Record) -> bool:
    return bool(truth.client_phone) and _is_expected(truth)


def _is_expected(truth: Record) -> bool:
    is_over = not truth.is_deleted and truth.attendance in _OVER
    return truth.client_id is not None and not truth.is_group and not is_over


def _has_lost_phone(truth: Record, announced: AnnouncedVisit, *, are_phones_hidden: bool) -> bool:
    """Whether a client had a phone that we do not see any more: the desk erased it, or lets us see none.

    Dispatch finds out whether it may be used; otherwise the salon is asked to call. Of hidden phones
    no more may be left than a name.
    """
    is_named = are_phones_hidden and bool(truth.client_name)
    return not truth.client_phone and _is_expected(truth) and (bool(announced.client_phone) or is_named)


def _dedup_key(record_id: int, kind: NoticeKind, announced: AnnouncedVisit, last: LastNotice | None) -> str:
    """The same after the same: a step that is planned twice, after a crash or at once, is one notice.

    The notice before is a part of it, because a booking may be moved to and fro, and each move has its own.
    """
    content = hashlib.sha256(json.dumps(announced.to_json(), sort_keys=True).encode()).hexdigest()[:16]
    after = last.notice_id if last else 0
    return f"{kind}:{record_id}:{announced.client_id}:{content}:{after}"
