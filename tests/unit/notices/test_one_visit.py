"""Y17: bookings that are one visit of one person are reminded of once, by the first of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal import Attendance, Record
from aiadmin.domain.notice import Notice, NoticeKind, Promise
from aiadmin.domain.plan import NewNotice
from aiadmin.domain.release import Told, is_asking, is_of_one_visit
from aiadmin.domain.reminder import one_per_visit
from tests.unit.sync.journals import NOW, record

BOOKINGS = st.lists(
    st.builds(
        lambda visit, card, hours, kind: (
            kind,
            record(
                visit_id=visit,
                client_id=card,
                client_phone=f"7900000000{card % 2}",
                starts_at=NOW + timedelta(days=1, hours=hours),
            ),
        ),
        visit=st.sampled_from([None, 1, 2]),
        card=st.integers(1, 4),
        hours=st.integers(0, 8),
        kind=st.sampled_from([NoticeKind.REMINDER_DAY, NoticeKind.REVIEW]),
    ),
    max_size=12,
)


def _new(number: int, kind: NoticeKind, booked: Record) -> NewNotice:
    return NewNotice(
        company_id=CompanyId(1),
        record_id=number,
        kind=kind,
        dedup_key=str(number),
        promise=Promise.of(booked),
        due_at=NOW,
        deadline_at=booked.starts_at,
    )


@given(BOOKINGS)
def test_every_visit_of_every_person_is_reminded_of_once_by_its_first_booking(
    bookings: list[tuple[NoticeKind, Record]],
) -> None:
    new = [_new(number, kind, booked) for number, (kind, booked) in enumerate(bookings, 1)]
    kept = one_per_visit(new)

    def visit(one: NewNotice) -> tuple[object, ...]:
        alone = one.record_id if one.promise.visit_id is None else None
        return one.kind, one.promise.visit_id, one.promise.client_phone, alone

    assert len({visit(one) for one in kept}) == len(kept)
    assert {visit(one) for one in kept} == {visit(one) for one in new}
    for one in kept:
        assert one.promise.starts_at == min(each.promise.starts_at for each in new if visit(each) == visit(one))


def test_what_stands_of_one_visit_is_told_with_it() -> None:
    first = record(visit_id=7)
    later = record(visit_id=7, record_id=3, starts_at=first.starts_at + timedelta(hours=1))
    assert is_of_one_visit(later, first)
    for other in (
        {"is_deleted": True},
        {"attendance": Attendance.NO_SHOW},
        {"client_id": 6, "client_phone": "79000000002"},
        {"starts_at": first.starts_at + timedelta(days=1)},
    ):
        given = {"visit_id": 7, "record_id": 3, "starts_at": later.starts_at} | other
        assert not is_of_one_visit(record(**given), first)


def test_who_comes_to_a_part_of_a_visit_is_asked_about_the_rest() -> None:
    first, later = record(visit_id=7, attendance=Attendance.CONFIRMED), record(visit_id=7, record_id=3)
    notice = Notice(
        id=NoticeId(1),
        company_id=CompanyId(1),
        record_id=2,
        kind=NoticeKind.REMINDER_DAY,
        promise=Promise.of(first),
        due_at=NOW,
        deadline_at=first.starts_at,
    )
    assert is_asking(Told(notice=notice, record=first, visit=[later]))
    assert not is_asking(Told(notice=notice, record=first))
