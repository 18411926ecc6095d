"""Whether a message may be sent now: how often a number writes, when, and to whom. Nothing here guesses.

A number that writes too much, too regularly, at night, or to people who never wrote to it is restricted by WhatsApp.
So each number has a bucket of messages that fills slowly, leaves a gap of random length after each message, writes
more a day the longer it has been linked, and writes to no recipient who is locked or wants none.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aiadmin.domain.messages.message import MessageReason, Purpose


class BlockReason(StrEnum):
    """What stands between a message and its client; also why it was dropped."""

    LATE = "late"
    PAUSED = "paused"
    OPTED_OUT = "opted_out"
    MUTED = "muted"
    ABSENT = MessageReason.NOT_ON_WHATSAPP
    CONTACT_LOCKED = MessageReason.REACHOUT_LOCKED
    ACCOUNT_LOCKED = "account_locked"
    SILENT = "silent"
    QUIET_HOURS = "quiet_hours"
    DAILY_CAP = "daily_cap"
    BUCKET = "bucket"
    NO_PHONE = "no_phone"
    YCLIENTS_AWAY = "yclients_away"
    """Whether a notice is still true cannot be asked."""


OF_THE_SALON = frozenset(
    {
        BlockReason.PAUSED,
        BlockReason.QUIET_HOURS,
        BlockReason.DAILY_CAP,
        BlockReason.BUCKET,
    }
)
"""What holds every message of the salon alike, for every recipient."""

HUMAN = frozenset({Purpose.MANUAL, Purpose.STAFF, Purpose.TRIAL})
"""A person has just typed these: not even a pause holds them."""
UNPACED = HUMAN | {Purpose.REPLY}
"""A person waits for these: a human who typed, or a client who has just written. Replies count for the day alone."""
MARKETING = frozenset({Purpose.REVIEW})
"""What goes only to clients who want it."""

TURNS_AWAY = frozenset({Purpose.CANCELLED, Purpose.MOVED})
"""What keeps a client from coming in vain."""
COURTESY = frozenset({BlockReason.QUIET_HOURS, BlockReason.DAILY_CAP, BlockReason.SILENT})
"""What gives way where a client would come in vain; a pause, a lock or a client's wish does not."""
TO_SET_OUT = timedelta(hours=1)
"""How long before a visit a client sets out."""

LOOK_AGAIN = timedelta(minutes=1)
"""How soon a paused salon is looked at again."""
ASK_AGAIN = timedelta(days=30)
"""A client who had no WhatsApp may have it by now."""


@dataclass(frozen=True, kw_only=True)
class Send:
    """Now."""


@dataclass(frozen=True, kw_only=True)
class WaitUntil:
    """Not before `at`; ask again then."""

    at: datetime
    why: BlockReason


@dataclass(frozen=True, kw_only=True)
class Drop:
    """Never."""

    why: BlockReason


Decision = Send | WaitUntil | Drop


@dataclass(frozen=True, kw_only=True)
class LeakyBucket:
    """How a number spreads its messages.

    Attributes:
        size: so many may follow each other with nothing but gaps between.
        refill: one more may go each time this has passed.
        shortest_gap, longest_gap: between two messages.
    """

    size: int = 10
    refill: timedelta = timedelta(seconds=12)
    shortest_gap: timedelta = timedelta(seconds=4)
    longest_gap: timedelta = timedelta(seconds=12)

    def gap_after(self, sent_at: datetime) -> timedelta:
        """The gap after a message: it looks random, and is the same for every caller.

        >>> LeakyBucket().gap_after(datetime(2026, 1, 1)) == LeakyBucket().gap_after(datetime(2026, 1, 1))
        True
        """
        fraction = zlib.crc32(sent_at.isoformat().encode()) / 2**32
        return self.shortest_gap + (self.longest_gap - self.shortest_gap) * fraction

    def free_at(self, recent: Sequence[datetime]) -> datetime | None:
        """When the next message may go after these, which are in order; None for at any time."""
        if not recent:
            return None
        empty_until = recent[0]
        for sent_at in recent:
            empty_until = max(empty_until, sent_at) + self.refill
        return max(recent[-1] + self.gap_after(recent[-1]), empty_until - self.refill * (self.size - 1))


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """From `begins` to `ends` in the salon's time, over midnight where `ends` comes first; equal ones are no time."""

    begins: time = time(21)
    ends: time = time(9)

    def over_at(self, now: datetime, zone: str) -> datetime | None:
        """When the quiet hours that it is now are over; None when it is none of them."""
        local = now.astimezone(ZoneInfo(zone))
        return _next(local, self.ends).astimezone(now.tzinfo) if self.holds(local.time()) else None

    def holds(self, clock: time) -> bool:
        """Whether it is quiet when the salon's clock shows this."""
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


FIRST_CAP, CAP_GROWS = 40, 20
"""Messages on the day a phone was linked, and how many more each day: a new device that writes much is noticed."""
LARGEST_CAP = 500


def daily_cap(linked_at: datetime, now: datetime, *, most: int = LARGEST_CAP) -> int:
    """How many messages a number may write today.

    >>> daily_cap(datetime(2026, 1, 1), datetime(2026, 1, 4, 12))
    100
    """
    return min(FIRST_CAP + CAP_GROWS * max((now - linked_at).days, 0), most)


def day_began(now: datetime, zone: str) -> datetime:
    """The last midnight in the salon's time."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(now.tzinfo)


@dataclass(frozen=True, kw_only=True)
class SendingPolicy:
    """The rules of a salon; a `bucket` or `quiet` of None is no such rule."""

    bucket: LeakyBucket | None = field(default_factory=LeakyBucket)
    quiet: QuietHours | None = field(default_factory=QuietHours)
    most_a_day: int | None = LARGEST_CAP


UNLIMITED = SendingPolicy(bucket=None, quiet=None, most_a_day=None)
"""For measurements: as fast as it goes, at any hour."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The salon's side.

    Attributes:
        zone: the salon's IANA timezone.
        linked_at: since when the phone is linked.
        recent: when it wrote, in order; all of today at least. What is in `UNPACED` does not count.
        replies_today: how many answers it wrote today: they wait for nothing, but what can wait gives way to them.
        locked_until: until when WhatsApp lets it write to no new recipient.
    """

    zone: str
    linked_at: datetime
    recent: Sequence[datetime] = ()
    replies_today: int = 0
    locked_until: datetime | None = None
    is_paused: bool = False


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The client's side.

    Attributes:
        has_written: whether they ever wrote to the salon: WhatsApp's lock is about those who did not.
        is_muted: the salon sends them no mailings (YClients' `sms_not`).
    """

    opted_out_at: datetime | None = None
    unreachable_at: datetime | None = None
    locked_until: datetime | None = None
    muted_until: datetime | None = None
    has_written: bool = False
    is_muted: bool = False


def may_send(
    purpose: Purpose,
    *,
    deadline_at: datetime,
    sender: Sender,
    recipient: Recipient,
    policy: SendingPolicy,
    now: datetime,
    needed_by: datetime | None = None,
) -> Decision:
    """Whether a message goes now, later or never. What could only go after its deadline is dropped at once.

    Args:
        needed_by: until when the client has to know that a visit is off, or at another time (`Notice.needed_by`).
            That goes out by then or never: where the policy would hold it for longer it gives way, at once and not
            when the first of several waits is over; where a lock or a pause would, it is dropped, for somebody to
            call.
    """
    if now >= deadline_at:
        return Drop(why=BlockReason.LATE)
    if purpose in UNPACED:
        return Send()
    never = _never(purpose, recipient, now)
    if never is not None:
        return Drop(why=never)
    needed_by = needed_by if purpose in TURNS_AWAY else None
    waits = list(_waits(sender, recipient, policy, now))
    if needed_by is not None and needed_by < _polite_at(sender, recipient, policy, now):
        waits = [one for one in waits if one.why not in COURTESY]
    if not waits:
        return Send()
    return Drop(why=waits[0].why) if _is_vain(waits[0], deadline_at, needed_by) else waits[0]


def _polite_at(sender: Sender, recipient: Recipient, policy: SendingPolicy, now: datetime) -> datetime:
    """When the policy asks for no wait any more; one may end in another: a midnight in quiet hours."""
    at = now
    for _ in range(_LOOKS):
        wait = next((one for one in _waits(sender, recipient, policy, at) if one.why in COURTESY), None)
        if wait is None:
            break
        at = wait.at
    return at


def _is_vain(wait: WaitUntil, deadline_at: datetime, needed_by: datetime | None) -> bool:
    """Whether nothing is to be hoped for from a wait: the salon had better call, while its client is still at home.

    A gap between two messages is seconds long: the message is still the quicker way.
    """
    if wait.at >= deadline_at:
        return True
    if needed_by is None:
        return False
    return wait.at >= needed_by + TO_SET_OUT if wait.why is BlockReason.BUCKET else wait.at > needed_by


_LOOKS = 5
"""A wait may end in another one: a midnight in quiet hours, their end in an empty bucket."""


def when_to_send(
    purpose: Purpose,
    *,
    deadline_at: datetime,
    sender: Sender,
    recipient: Recipient,
    policy: SendingPolicy,
    now: datetime,
) -> datetime | BlockReason:
    """When a message may go that is looked at only now, or why it never may: waits are followed to their end."""
    at = now
    for _ in range(_LOOKS):
        decision = may_send(
            purpose, deadline_at=deadline_at, sender=sender, recipient=recipient, policy=policy, now=at
        )
        if isinstance(decision, Send):
            return at
        if isinstance(decision, Drop):
            return decision.why
        at = decision.at
    return BlockReason.LATE


def _never(purpose: Purpose, recipient: Recipient, now: datetime) -> BlockReason | None:
    if recipient.opted_out_at is not None:
        return BlockReason.OPTED_OUT
    if recipient.is_muted and purpose in MARKETING:
        return BlockReason.MUTED
    if recipient.unreachable_at is not None and now < recipient.unreachable_at + ASK_AGAIN:
        return BlockReason.ABSENT
    return None


def _waits(sender: Sender, recipient: Recipient, policy: SendingPolicy, now: datetime) -> Iterator[WaitUntil]:
    yield from _of_person(sender, recipient, now)
    yield from _of_number(sender, policy, now)


def _of_person(sender: Sender, recipient: Recipient, now: datetime) -> Iterator[WaitUntil]:
    account = None if recipient.has_written else sender.locked_until
    for until, why in (
        (recipient.locked_until, BlockReason.CONTACT_LOCKED),
        (account, BlockReason.ACCOUNT_LOCKED),
        (recipient.muted_until, BlockReason.SILENT),
    ):
        if until is not None and until > now:
            yield WaitUntil(at=until, why=why)


def _of_number(sender: Sender, policy: SendingPolicy, now: datetime) -> Iterator[WaitUntil]:
    if sender.is_paused:
        yield WaitUntil(at=now + LOOK_AGAIN, why=BlockReason.PAUSED)
    quiet_until = policy.quiet.over_at(now, sender.zone) if policy.quiet else None
    if quiet_until is not None:
        yield WaitUntil(at=quiet_until, why=BlockReason.QUIET_HOURS)
    today = day_began(now, sender.zone)
    if policy.most_a_day is not None:
        written = sum(sent_at >= today for sent_at in sender.recent) + sender.replies_today
        if written >= daily_cap(sender.linked_at, now, most=policy.most_a_day):
            midnight = _next(now.astimezone(ZoneInfo(sender.zone)), time(0))
            yield WaitUntil(at=midnight.astimezone(now.tzinfo), why=BlockReason.DAILY_CAP)
    free_at = policy.bucket.free_at(sender.recent) if policy.bucket else None
    if free_at is not None and free_at > now:
        yield WaitUntil(at=free_at, why=BlockReason.BUCKET)


def _next(local: datetime, clock: time) -> datetime:
    """The next time that the salon's clock shows `clock`, strictly after `local`.

    An hour that the clock skips in spring becomes the one after; of one that comes twice in autumn the first counts.
    """
    day = local.date() if local.time() < clock else local.date() + timedelta(days=1)
    return datetime.combine(day, clock, tzinfo=local.tzinfo)


def typing_time(text: str) -> timedelta:
    """How long a client sees "typing".

    >>> [typing_time("я" * length).total_seconds() for length in (0, 100, 1000)]
    [1.0, 2.0, 3.0]
    """
    return timedelta(seconds=min(1 + len(text) / 100, 3))
