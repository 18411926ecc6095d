"""Whether the bot answers in a chat now: by its mode, the phones of a test, and the salon's hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from aiadmin.domain.chat.bot_settings import BotMode
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.messages.contact import spellings


def is_on(salon: SalonView, phone: str | None, now: datetime) -> bool:
    """Whether the bot answers who writes from `phone`, by the salon's wall clock `now`.

    Hours that are not known are hours in which somebody is there.
    """
    match salon.bot.mode:
        case BotMode.ALWAYS:
            return True
        case BotMode.TEST:
            return phone is not None and bool(spellings([phone]) & spellings(salon.bot.test_phones))
        case BotMode.CLOSED_HOURS:
            return bool(salon.hours) and not _is_open(salon.hours, now)
        case BotMode.OFF:
            return False


def _is_open(hours: Mapping[int, tuple[time, time]], now: datetime) -> bool:
    """Whether it is between opening and closing; a night's hours belong to the day on which they began."""
    clock, today = now.time(), now.weekday()
    opens, closes = hours.get(today, (time.max, time.max))
    if opens <= clock and (clock < closes or closes <= opens):
        return True
    opened, closed = hours.get((today - 1) % 7, (time.min, time.min))
    return closed < opened and clock < closed
