"""When a number writes, how often, and to whom."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import (
    ASK_AGAIN,
    FIRST_CAP,
    LARGEST_CAP,
    UNLIMITED,
    UNPACED,
    BlockReason,
    Decision,
    Drop,
    LeakyBucket,
    QuietHours,
    Recipient,
    Send,
    Sender,
    SendingPolicy,
    WaitUntil,
    daily_cap,
    day_began,
    may_send,
    when_to_send,
)

NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)
"""In Moscow; everybody is awake."""
MOSCOW = "Europe/Moscow"
ZONES = [MOSCOW, "Asia/Vladivostok", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Auckland"]
OLD = NOON - timedelta(days=365)
HOUR = timedelta(hours=1)
PACED = sorted(set(Purpose) - UNPACED)


def decide(
    purpose: Purpose = Purpose.REMINDER_DAY,
    *,
    number: Sender | None = None,
    person: Recipient | None = None,
    pace: SendingPolicy | None = None,
    now: datetime = NOON,
    deadline_at: datetime | None = None,
    visit_at: datetime | None = None,
) -> Decision:
    """What is decided, where nothing stands in the way but what a test names."""
    return may_send(
        purpose,
        deadline_at=deadline_at or now + timedelta(days=2),
        sender=number or Sender(zone=MOSCOW, linked_at=OLD),
        recipient=person or Recipient(),
        policy=pace or SendingPolicy(),
        now=now,
        needed_by=None if visit_at is None else visit_at - HOUR,
    )


def test_nothing_stands_in_the_way() -> None:
    assert decide() == Send()


OF_A_PERSON = [
    (Recipient(opted_out_at=OLD), Drop(why=BlockReason.OPTED_OUT)),
    (Recipient(unreachable_at=NOON - HOUR), Drop(why=BlockReason.ABSENT)),
    (Recipient(unreachable_at=NOON - ASK_AGAIN), Send()),
    (Recipient(locked_until=NOON + HOUR), WaitUntil(at=NOON + HOUR, why=BlockReason.CONTACT_LOCKED)),
    (Recipient(locked_until=NOON), Send()),
    (Recipient(muted_until=NOON + HOUR), WaitUntil(at=NOON + HOUR, why=BlockReason.SILENT)),
    (Recipient(muted_until=NOON - HOUR), Send()),
    (Recipient(is_muted=True), Send()),
]


@pytest.mark.parametrize(("person", "decision"), OF_A_PERSON)
def test_whom_we_leave_alone(person: Recipient, decision: Decision) -> None:
    assert decide(person=person) == decision


def test_who_wants_no_mailings_gets_none_but_is_told_of_their_bookings() -> None:
    muted = Recipient(is_muted=True)
    assert decide(Purpose.REVIEW, person=muted) == Drop(why=BlockReason.MUTED)
    assert decide(Purpose.MOVED, person=muted) == Send()


def test_a_locked_account_writes_only_to_those_who_wrote_to_it() -> None:
    locked = Sender(zone=MOSCOW, linked_at=OLD, locked_until=NOON + HOUR)
    assert decide(number=locked) == WaitUntil(at=NOON + HOUR, why=BlockReason.ACCOUNT_LOCKED)
    assert decide(number=locked, person=Recipient(has_written=True)) == Send()


NIGHT = NOON.replace(hour=20)
FULL = Sender(zone=MOSCOW, linked_at=OLD, recent=[NOON - 2 * HOUR] * LARGEST_CAP)
IN_VAIN = [
    (NIGHT, Sender(zone=MOSCOW, linked_at=OLD), Recipient(), SendingPolicy()),
    (NOON, FULL, Recipient(), SendingPolicy(quiet=None)),
    (NOON, Sender(zone=MOSCOW, linked_at=OLD), Recipient(muted_until=NOON + 2 * HOUR), SendingPolicy()),
]


@pytest.mark.parametrize("purpose", [Purpose.CANCELLED, Purpose.MOVED])
@pytest.mark.parametrize(("now", "number", "person", "pace"), IN_VAIN)
def test_nobody_is_let_come_in_vain(
    purpose: Purpose, now: datetime, number: Sender, person: Recipient, pace: SendingPolicy
) -> None:
    """Y6: what turns a client away goes out at night, too, when the morning would be too late for the visit."""

    def decided(visit_at: datetime, kind: Purpose = purpose) -> Decision:
        return decide(kind, number=number, person=person, pace=pace, now=now, visit_at=visit_at)

    wait = decided(now + timedelta(days=2))
    assert isinstance(wait, WaitUntil)
    for soon in (wait.at - HOUR, wait.at, wait.at + timedelta(minutes=59)):
        assert decided(soon) == Send()
        assert decided(soon, Purpose.BOOKED) == wait
    assert decided(wait.at + HOUR) == wait


def test_waits_that_follow_each_other_are_one() -> None:
    """The cap is over at midnight, in the quiet hours: an early visit is told of now, and not at night."""
    midnight, morning = NOON.replace(hour=21), NOON.replace(hour=6) + timedelta(days=1)
    early = decide(Purpose.CANCELLED, number=FULL, visit_at=morning + timedelta(minutes=30))
    assert early == Send()
    later = decide(Purpose.CANCELLED, number=FULL, visit_at=morning + HOUR)
    assert later == WaitUntil(at=midnight, why=BlockReason.DAILY_CAP)
    silent = Recipient(muted_until=NIGHT)
    assert decide(Purpose.MOVED, person=silent, visit_at=morning + timedelta(minutes=30)) == Send()


LOCKS = [
    (Sender(zone=MOSCOW, linked_at=OLD, locked_until=NOON + 3 * HOUR), Recipient(), BlockReason.ACCOUNT_LOCKED),
    (Sender(zone=MOSCOW, linked_at=OLD), Recipient(locked_until=NOON + 3 * HOUR), BlockReason.CONTACT_LOCKED),
]


@pytest.mark.parametrize("purpose", [Purpose.CANCELLED, Purpose.MOVED])
@pytest.mark.parametrize(("number", "person", "why"), LOCKS)
def test_what_a_lock_holds_for_too_long_is_left_to_a_call(
    purpose: Purpose, number: Sender, person: Recipient, why: BlockReason
) -> None:
    """A visit put off until tomorrow waited past the time at which the client came, and nobody was asked to call."""

    def decided(visit_at: datetime, kind: Purpose = purpose) -> Decision:
        return decide(kind, number=number, person=person, visit_at=visit_at)

    wait = WaitUntil(at=NOON + 3 * HOUR, why=why)
    assert decided(NOON + 4 * HOUR) == wait
    for soon in (HOUR / 2, 2 * HOUR, 4 * HOUR - timedelta(seconds=1)):
        assert decided(NOON + soon) == Drop(why=why)
        assert decided(NOON + soon, Purpose.BOOKED) == wait


def test_a_gap_between_two_messages_is_no_reason_to_call() -> None:
    busy = Sender(zone=MOSCOW, linked_at=OLD, recent=[NOON - timedelta(seconds=1)] * 20)
    wait = decide(Purpose.CANCELLED, number=busy, visit_at=NOON + HOUR / 2)
    assert isinstance(wait, WaitUntil)
    assert wait.why is BlockReason.BUCKET
    assert decide(Purpose.CANCELLED, number=busy, visit_at=wait.at) == Drop(why=BlockReason.BUCKET)


MINUTES = st.integers(0, 48 * 60).map(lambda minutes: timedelta(minutes=minutes))
UNTIL = st.none() | MINUTES


@given(
    heard_at=MINUTES.map(lambda later: NOON + later),
    ahead=st.integers(1, 40 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    quiet=st.none()
    | st.tuples(st.integers(0, 23), st.integers(0, 23)).map(
        lambda hours: QuietHours(begins=time(hours[0]), ends=time(hours[1]))
    ),
    written=st.integers(0, 60),
    waits=st.fixed_dictionaries(dict.fromkeys(("account", "contact", "silent", "paused"), UNTIL)),
    purpose=st.sampled_from([Purpose.CANCELLED, Purpose.MOVED]),
    zone=st.sampled_from(ZONES),
    bucket=st.none() | st.just(LeakyBucket()),
)
def test_who_is_to_be_kept_away_hears_or_is_called_before_they_set_out(
    heard_at: datetime,
    ahead: timedelta,
    quiet: QuietHours | None,
    written: int,
    waits: dict[str, timedelta | None],
    purpose: Purpose,
    zone: str,
    bucket: LeakyBucket | None,
) -> None:
    """Whatever the hour, the quiet hours, the cap, the locks, the pause and the visit, minute by minute.

    Never neither, and never after: at once, or an hour before the visit at the latest, but for gaps of seconds.
    """
    visit_at, now, gaps = heard_at + ahead, heard_at, timedelta()
    until = {name: None if wait is None else NOON + wait for name, wait in waits.items()}
    pace = SendingPolicy(bucket=bucket, quiet=quiet, most_a_day=FIRST_CAP)
    person = Recipient(locked_until=until["contact"], muted_until=until["silent"])
    while True:
        number = Sender(
            zone=zone,
            linked_at=OLD,
            recent=[heard_at - timedelta(seconds=written)] * written,
            locked_until=until["account"],
            is_paused=until["paused"] is not None and now < until["paused"],
        )
        given = {"number": number, "person": person, "pace": pace, "visit_at": visit_at}
        decision = decide(purpose, now=now, deadline_at=heard_at + timedelta(days=4), **given)
        if not isinstance(decision, WaitUntil):
            break
        assert decision.at > now
        gaps += decision.at - now if decision.why is BlockReason.BUCKET else timedelta()
        now = decision.at
    assert gaps <= timedelta(minutes=15)
    assert now < visit_at
    assert now <= max(heard_at, visit_at - HOUR) + gaps
    is_hard = any(wait is not None and wait > visit_at - HOUR for name, wait in until.items() if name != "silent")
    assert decision in (Send(), Drop(why=BlockReason.BUCKET)) or is_hard or gaps


def test_a_pause_holds_what_turns_a_client_away_until_somebody_has_to_call() -> None:
    paused = Sender(zone=MOSCOW, linked_at=OLD, is_paused=True)
    held = decide(Purpose.CANCELLED, number=paused, visit_at=NOON + 2 * HOUR)
    assert isinstance(held, WaitUntil)
    assert held.why is BlockReason.PAUSED
    soon = decide(Purpose.CANCELLED, number=paused, now=NIGHT, visit_at=NIGHT + HOUR)
    assert soon == Drop(why=BlockReason.PAUSED)


def test_a_wish_holds_even_what_turns_a_client_away() -> None:
    out = decide(Purpose.CANCELLED, person=Recipient(opted_out_at=OLD), visit_at=NOON + HOUR)
    assert out == Drop(why=BlockReason.OPTED_OUT)


def test_a_paused_salon_waits_and_is_looked_at_again() -> None:
    paused = decide(number=Sender(zone=MOSCOW, linked_at=OLD, is_paused=True))
    assert isinstance(paused, WaitUntil)
    assert paused.why is BlockReason.PAUSED


def test_what_is_late_or_would_be_is_dropped() -> None:
    assert decide(deadline_at=NOON) == Drop(why=BlockReason.LATE)
    silent = Recipient(muted_until=NOON + HOUR)
    assert decide(person=silent, deadline_at=NOON + HOUR) == Drop(why=BlockReason.SILENT)
    assert isinstance(decide(person=silent, deadline_at=NOON + HOUR * 2), WaitUntil)


@pytest.mark.parametrize("purpose", sorted(UNPACED))
def test_an_answer_is_not_held_whatever_holds_notices(purpose: Purpose) -> None:
    night = NOON.replace(hour=0)
    busy = Sender(zone=MOSCOW, linked_at=night, recent=[night] * 1000, locked_until=night + HOUR)
    assert decide(purpose, number=busy, person=Recipient(muted_until=night + HOUR), now=night) == Send()


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-11-26T20:59:59", None),
        ("2026-11-26T21:00:00", "2026-11-27T09:00:00"),
        ("2026-11-27T00:00:00", "2026-11-27T09:00:00"),
        ("2026-11-27T08:59:59", "2026-11-27T09:00:00"),
        ("2026-11-27T09:00:00", None),
    ],
)
def test_at_night_it_waits_until_morning_in_the_salons_time(local: str, until: str | None) -> None:
    place = ZoneInfo("Asia/Yekaterinburg")
    now = datetime.fromisoformat(local).replace(tzinfo=place).astimezone(UTC)
    morning = until and datetime.fromisoformat(until).replace(tzinfo=place).astimezone(UTC)
    assert QuietHours().over_at(now, "Asia/Yekaterinburg") == morning


def test_a_night_is_shorter_when_the_clock_jumps() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 3, 28, 21, tzinfo=berlin).astimezone(UTC)
    morning = QuietHours().over_at(evening, "Europe/Berlin")
    assert morning is not None
    assert morning - evening == timedelta(hours=11)
    assert morning.astimezone(berlin).time() == time(9)


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    siesta = QuietHours(begins=time(13), ends=time(15))
    assert siesta.over_at(NOON, MOSCOW) is None
    assert siesta.over_at(NOON + HOUR, MOSCOW) == NOON + 3 * HOUR
    assert QuietHours(begins=time(9), ends=time(9)).over_at(NOON, MOSCOW) is None


def test_the_daily_cap_grows_with_the_age_of_the_link_up_to_an_end() -> None:
    caps = [daily_cap(NOON, NOON + timedelta(days=day)) for day in range(365)]
    assert caps[0] == FIRST_CAP
    assert caps == sorted(caps)
    assert caps[-1] == LARGEST_CAP
    assert daily_cap(NOON, NOON + timedelta(days=365), most=50) == 50
    assert daily_cap(NOON + HOUR, NOON) == FIRST_CAP, "a clock that is behind"


def test_a_number_that_wrote_enough_today_writes_on_tomorrow() -> None:
    pace = SendingPolicy(bucket=None)
    young = Sender(zone=MOSCOW, linked_at=NOON - HOUR, recent=[NOON - HOUR] * FIRST_CAP)
    midnight = datetime(2026, 11, 26, 21, tzinfo=UTC)
    assert decide(number=young, pace=pace) == WaitUntil(at=midnight, why=BlockReason.DAILY_CAP)
    yesterday = Sender(zone=MOSCOW, linked_at=NOON - HOUR, recent=[NOON - 13 * HOUR] * FIRST_CAP)
    assert decide(number=yesterday, pace=pace) == Send()


def test_without_a_pace_only_people_count() -> None:
    busy = Sender(zone=MOSCOW, linked_at=NOON, recent=[NOON] * 1000)
    night = NOON.replace(hour=0)
    assert decide(number=busy, pace=UNLIMITED, now=night) == Send()
    assert decide(number=busy, pace=UNLIMITED, person=Recipient(opted_out_at=NOON)) == Drop(why=BlockReason.OPTED_OUT)


BUCKETS = st.builds(
    lambda size, refill, shortest, more: LeakyBucket(
        size=size,
        refill=timedelta(seconds=refill),
        shortest_gap=timedelta(seconds=shortest),
        longest_gap=timedelta(seconds=shortest + more),
    ),
    st.integers(1, 12),
    st.integers(1, 30),
    st.integers(0, 10),
    st.integers(0, 20),
)
QUIET = st.builds(QuietHours, begins=st.times(), ends=st.times())
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware


@given(BUCKETS, QUIET | st.none(), MOMENTS, st.sampled_from(ZONES), st.lists(st.integers(0, 90), max_size=60))
def test_a_number_never_writes_too_fast_too_much_or_in_quiet_hours_and_always_writes_in_the_end(
    bucket: LeakyBucket, quiet: QuietHours | None, start: datetime, zone: str, pauses: list[int]
) -> None:
    """Messages come as they like; each waits as long as it is told to."""
    pace, now, sent = SendingPolicy(bucket=bucket, quiet=quiet, most_a_day=FIRST_CAP), start, list[datetime]()
    for pause in pauses:
        now = sent_at = _send(now + timedelta(seconds=pause), pace, start, zone, sent)
        assert quiet is None or quiet.over_at(sent_at, zone) is None
    for first in range(len(sent)):
        for last in range(first + 1, len(sent)):
            most = bucket.size + (sent[last] - sent[first]) / bucket.refill
            assert last - first + 1 <= most + 1e-6
    gaps = [later - earlier for earlier, later in itertools.pairwise(sent)]
    assert all(gap >= bucket.shortest_gap for gap in gaps)
    days = [day_began(sent_at, zone) for sent_at in sent]
    assert all(days.count(day) <= daily_cap(start, day + timedelta(hours=30), most=FIRST_CAP) for day in days)


def _send(now: datetime, pace: SendingPolicy, linked_at: datetime, zone: str, sent: list[datetime]) -> datetime:
    """Wait as told, and send; never more than a few waits, each of which is over when it says."""
    decision: Decision | None = None
    for _ in range(6):
        number = Sender(zone=zone, linked_at=linked_at, recent=sent)
        decision = decide(number=number, pace=pace, now=now, deadline_at=now + timedelta(days=30))
        if isinstance(decision, Send):
            sent.append(now)
            return now
        assert isinstance(decision, WaitUntil)
        assert decision.at > now
        now = decision.at
    raise AssertionError(f"it waits and waits: {decision}")


@given(MOMENTS)
def test_gaps_differ_and_stay_within_their_bounds(at: datetime) -> None:
    bucket = LeakyBucket()
    gaps = {bucket.gap_after(at + timedelta(seconds=n)) for n in range(20)}
    assert all(bucket.shortest_gap <= gap <= bucket.longest_gap for gap in gaps)
    assert len(gaps) > 15


@pytest.mark.parametrize("purpose", PACED)
def test_every_notice_keeps_the_quiet_hours(purpose: Purpose) -> None:
    night = NOON.replace(hour=0)
    assert decide(purpose, now=night) == WaitUntil(at=NOON.replace(hour=6), why=BlockReason.QUIET_HOURS)


def test_a_wait_is_followed_to_its_end() -> None:
    """Past the cap, over midnight, through the quiet hours."""
    late = datetime(2026, 1, 10, 20, 30, tzinfo=ZoneInfo("Europe/Moscow"))
    number = Sender(zone="Europe/Moscow", linked_at=late, recent=[late - timedelta(minutes=30)] * 40)
    given = {"sender": number, "recipient": Recipient(), "policy": SendingPolicy(), "now": late}
    due_at = when_to_send(Purpose.PROVIDER, deadline_at=late + timedelta(hours=15), **given)
    assert due_at == datetime(2026, 1, 11, 9, tzinfo=ZoneInfo("Europe/Moscow"))
    never = when_to_send(Purpose.PROVIDER, deadline_at=late + timedelta(hours=10), **given)
    assert never is BlockReason.QUIET_HOURS
