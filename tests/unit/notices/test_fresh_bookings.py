"""When a look at a booking is new enough, and when a whole day is looked at."""

from __future__ import annotations

from datetime import timedelta

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.notices.dispatch import FEW, FRESH, is_fresh, is_worth_a_list, visit_day
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind
from tests.support.journals import NOW, record

MOSCOW = "Europe/Moscow"
SECOND = timedelta(seconds=1)


def _notice(**given: object) -> Notice:
    return Notice(
        id=NoticeId(1),
        company_id=CompanyId(1),
        record_id=2,
        kind=NoticeKind.REMINDER_DAY,
        announced=AnnouncedVisit.of(record(**given)),
        due_at=NOW,
        deadline_at=NOW,
    )


def test_a_look_is_new_for_two_minutes() -> None:
    assert not is_fresh(None, NOW)
    assert is_fresh(NOW - FRESH + SECOND, NOW)
    assert not is_fresh(NOW - FRESH, NOW)


def test_a_day_is_looked_at_when_more_than_a_few_of_it_are_due() -> None:
    tomorrow, later = _notice(), _notice(starts_at=NOW + timedelta(days=2))
    assert not is_worth_a_list(tomorrow, [tomorrow] * FEW + [later] * 9, MOSCOW)
    assert is_worth_a_list(tomorrow, [tomorrow] * (FEW + 1), MOSCOW)


def test_the_day_of_a_visit_is_the_salons() -> None:
    midnight = _notice(starts_at=NOW.replace(hour=21, minute=30))
    assert visit_day(midnight, MOSCOW) == NOW.date() + timedelta(days=1)
    assert visit_day(midnight, "UTC") == NOW.date()
