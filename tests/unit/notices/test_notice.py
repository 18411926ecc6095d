"""What a notice promises, and when that is not true any more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.notices.notice import (
    CHANGE_NOTICES,
    AnnouncedVisit,
    Notice,
    NoticeKind,
    StaleReason,
    stale_reason,
)
from tests.support.journals import COLOURING, HAIRCUT, NOW, record

REMINDERS = (NoticeKind.REMINDER_DAY, NoticeKind.REMINDER_HOURS, NoticeKind.REMINDER_AGAIN)
OF_LIVE = (*sorted(CHANGE_NOTICES - {NoticeKind.CANCELLED}), *REMINDERS)
LATER = NOW + timedelta(days=2)


def _notice(kind: NoticeKind, promised: Record) -> Notice:
    return Notice(
        id=NoticeId(1),
        company_id=CompanyId(1),
        record_id=promised.record_id,
        kind=kind,
        announced=AnnouncedVisit.of(promised),
        due_at=NOW,
        deadline_at=NOW + timedelta(hours=1),
    )


def test_every_kind_is_a_purpose_of_a_message() -> None:
    assert {Purpose(kind) for kind in NoticeKind} < set(Purpose)


def test_a_promise_survives_its_row_and_is_compared_without_what_came_before() -> None:
    was = AnnouncedVisit.of(record(services=(COLOURING, HAIRCUT)))
    announced = replace(AnnouncedVisit.of(record(starts_at=LATER, staff_id=None)), was=was)
    read = AnnouncedVisit.from_json(json.loads(json.dumps(announced.to_json())))
    assert (read, read.was) == (announced, was)
    assert was.services == (1, 2)
    assert announced == replace(announced, was=None)


@pytest.mark.parametrize("kind", OF_LIVE)
@pytest.mark.parametrize(
    ("becomes", "why"),
    [
        ({}, None),
        ({"is_deleted": True}, StaleReason.DELETED),
        ({"client_id": None}, StaleReason.NO_CLIENT),
        ({"client_id": 6, "client_phone": "79000000002"}, StaleReason.OTHER_CLIENT),
        ({"is_group": True}, StaleReason.GROUP),
        ({"starts_at": LATER}, StaleReason.MOVED),
        ({"attendance": Attendance.CAME}, StaleReason.CAME),
        ({"attendance": Attendance.NO_SHOW}, StaleReason.NO_SHOW),
        ({"comment": "у окна", "staff_name": "Оксана П."}, None),
    ],
)
def test_what_is_said_of_a_booking_is_true_as_long_as_it_is_so(
    kind: NoticeKind, becomes: dict[str, Any], why: StaleReason | None
) -> None:
    booked = record()
    assert stale_reason(_notice(kind, booked), replace(booked, **becomes), NOW) == why


@pytest.mark.parametrize("kind", OF_LIVE)
def test_nothing_is_said_of_a_booking_that_is_gone_or_has_begun(kind: NoticeKind) -> None:
    notice = _notice(kind, record())
    assert stale_reason(notice, None, NOW) is StaleReason.DELETED
    assert stale_reason(notice, record(), record().starts_at) is StaleReason.PAST


@pytest.mark.parametrize(
    ("becomes", "why"),
    [({"staff_id": 10}, StaleReason.OTHER_MASTER), ({"services": (COLOURING,)}, StaleReason.OTHER_SERVICES)],
)
def test_who_does_what_matters_to_news_and_not_to_reminders(becomes: dict[str, Any], why: StaleReason) -> None:
    for kind in OF_LIVE:
        found = stale_reason(_notice(kind, record()), record(**becomes), NOW)
        assert found == (why if kind in CHANGE_NOTICES else None)


def test_a_confirmed_visit_is_reminded_of_but_not_asked_about_again() -> None:
    confirmed = record(attendance=Attendance.CONFIRMED)
    found = {kind: stale_reason(_notice(kind, confirmed), confirmed, NOW) for kind in OF_LIVE}
    assert found.pop(NoticeKind.REMINDER_AGAIN) is StaleReason.CONFIRMED
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (record(is_deleted=True), None),
        (None, None),
        (record(is_deleted=True, starts_at=LATER), None),
        (record(client_id=6, client_phone="79000000002"), None),
        (record(client_id=None), None),
        (record(), StaleReason.RESTORED),
        (record(starts_at=LATER), StaleReason.RESTORED),
    ],
)
def test_a_cancellation_is_true_until_this_client_is_booked_again(
    now: Record | None, why: StaleReason | None
) -> None:
    notice = _notice(NoticeKind.CANCELLED, record(is_deleted=True))
    assert stale_reason(notice, now, NOW) == why
    assert stale_reason(notice, now, record().starts_at) is StaleReason.PAST


@pytest.mark.parametrize(
    ("becomes", "why"),
    [
        ({}, None),
        ({"attendance": Attendance.WAITING}, StaleReason.NOT_CAME),
        ({"attendance": Attendance.NO_SHOW}, StaleReason.NOT_CAME),
        ({"is_deleted": True}, StaleReason.DELETED),
        ({"client_id": 6, "client_phone": "79000000002"}, StaleReason.OTHER_CLIENT),
        ({"staff_id": 10}, None),
    ],
)
def test_a_review_is_asked_for_after_a_visit_that_took_place(
    becomes: dict[str, Any], why: StaleReason | None
) -> None:
    came = record(starts_at=NOW - timedelta(hours=5), attendance=Attendance.CAME)
    assert stale_reason(_notice(NoticeKind.REVIEW, came), replace(came, **becomes), NOW) == why
