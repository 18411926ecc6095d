"""All that is known before a burst is answered: values that the service loads, and that decisions are made from.

Times are the salon's wall clock, naive, unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from aiadmin.domain.chat.asks import OpenAsk
from aiadmin.domain.chat.bot_settings import BotSettings
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.floor import Floor
from aiadmin.domain.journal.journal import Service, StaffMember
from aiadmin.domain.journal.online_booking import BookingRules


@dataclass(frozen=True, kw_only=True)
class SalonView:
    """A salon, as its clients may ask about it; of our copy of the journal, no call is made for it.

    Attributes:
        hours: weekday (Monday is 0) to when it opens and closes; a day that is missing is closed. Empty: not known.
        services: by their number, those that are closed online too.
        categories: title by number.
        staff: by their number.
        schedule: when somebody works; an empty tuple is a day off, a missing day is not known.
        rules: YClients' own rules of booking online; None when they are not known.
    """

    title: str
    zone: str
    country: str = "RU"
    currency: str = "₽"
    address: str | None = None
    hours: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    services: Mapping[int, Service] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    staff: Mapping[int, StaffMember] = field(default_factory=dict)
    schedule: Mapping[tuple[int, date], Sequence[tuple[time, time]]] = field(default_factory=dict)
    rules: BookingRules | None = None
    bot: BotSettings = field(default_factory=BotSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVisit:
    """A visit of the client who writes, one record of it.

    Attributes:
        price: what is to be paid for all of it, where that is known.
        guest: the name of somebody else for whom it was booked.
        is_confirmed: whether the journal has it as confirmed.
        is_written_off: whether the desk has marked that the client does not come, though it is still to be.
    """

    record_id: int
    starts: datetime
    length: timedelta
    services: tuple[int, ...]
    titles: tuple[str, ...]
    staff_id: int | None
    staff_name: str | None
    price: Decimal | None = None
    guest: str | None = None
    is_confirmed: bool = False
    is_written_off: bool = False


@dataclass(frozen=True, kw_only=True)
class ClientView:
    """Who writes.

    Attributes:
        name: the given name of their card, as it may be said; None when nobody has told it.
        full_name: all that the card has for a name, as the journal is to keep it.
        is_barred: whether a card says that the salon takes no more bookings of theirs.
        cards: their cards in the journal; several may share a number.
        visits: those to come, as our copy has them, earliest first; one live read before a sentence about them.
        past: those that were, the latest first.
        deleted: those that would be to come, had the salon not deleted them, earliest first.
        phone: the number that writes, digits with the country code.
        also: further numbers by which they are known.
    """

    name: str | None = None
    cards: tuple[int, ...] = ()
    visits: tuple[OwnVisit, ...] = ()
    past: tuple[OwnVisit, ...] = ()
    deleted: tuple[OwnVisit, ...] = ()
    phone: str | None = field(default=None, repr=False)
    also: frozenset[str] = field(default=frozenset(), repr=False)
    full_name: str | None = field(default=None, repr=False)
    is_barred: bool = False

    @property
    def numbers(self) -> frozenset[str]:
        """All their numbers."""
        return self.also | ({self.phone} if self.phone else set())


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What a turn begins with.

    Attributes:
        now: the salon's wall clock.
        written_at: when the last message of the burst was written, by the same clock: long ago where we were away.
        asks: what waits for an answer, the newest first; all were sent before the burst was written.
        quoted: the ask whose message the burst quotes.
        quotes_other: whether it quotes, or reacts to, something that is no ask of ours.
        greeted_at: when we last greeted in this chat.
        media_at: when we last said that we cannot listen.
        replies_of_hour, replies_of_day: how many replies this chat has had.
        booked_today: how many visits were booked by this chat today.
        is_opted_out: whether this client wants no messages.
        is_on: whether the bot answers in this chat now: its mode, the phones of a test, the hours. Where it does not,
            answers to reminders and ratings, stop words and hand-over work all the same, and all else is left to a
            human (`Reply.is_left`).
        repeats: how often the same words came before, in a row.
        promo: the services that the last message of ours offers, where it was an advertisement; None where not.
        quiet: when the salon's notices are silent: from the evening until the morning.
        spoken: what was heard of the burst's voice messages, which may be misheard; empty where all was typed.
    """

    now: datetime
    written_at: datetime
    salon: SalonView
    client: ClientView = field(default_factory=ClientView)
    dialogue: Dialogue = field(default_factory=Dialogue)
    floor: Floor = field(default_factory=Floor)
    asks: tuple[OpenAsk, ...] = ()
    quoted: OpenAsk | None = None
    quotes_other: bool = False
    greeted_at: datetime | None = None
    media_at: datetime | None = None
    replies_of_hour: int = 0
    replies_of_day: int = 0
    booked_today: int = 0
    is_opted_out: bool = False
    is_on: bool = True
    repeats: int = 0
    promo: tuple[int, ...] | None = None
    quiet: tuple[time, time] = (time(21), time(9))
    spoken: str = field(default="", repr=False)

    @property
    def is_quiet(self) -> bool:
        """Whether notices are silent now."""
        (begins, ends), at = self.quiet, self.now.time()
        return begins <= at < ends if begins < ends else at >= begins or at < ends
