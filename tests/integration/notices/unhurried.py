"""A desk in a hurry: messages follow each other at once, and only quiet hours make them wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aiadmin.domain.messages.message import DeviceClaim, SendOutcome, SendResult
from aiadmin.domain.messages.sending_policy import SendingPolicy
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.services.messages import messages
from tests.integration.notices.test_calls import Desk
from tests.support.salon import MOSCOW


def unhurried(settings: MessageSettings) -> SendingPolicy:
    """Quiet hours count, and messages may follow each other at once."""
    return replace(settings.policy, bucket=None)


def clock(desk: Desk, by: timedelta) -> str:
    """What the salon's clock shows so long from now."""
    return f"{(desk.now() + by).astimezone(MOSCOW):%H:%M}"


def just_now(desk: Desk) -> str:
    """What the salon's clock showed two minutes ago; midnight, where that was yesterday: later today is not due."""
    then, now = ((desk.now() - by).astimezone(MOSCOW) for by in (timedelta(minutes=2), timedelta(0)))
    return f"{then:%H:%M}" if then.date() == now.date() else "00:00"


def tomorrow(desk: Desk, ahead: timedelta) -> timedelta:
    """So long from now or a little longer, that it is tomorrow by the salon's clock at any hour of the day."""
    now = desk.now().astimezone(MOSCOW)
    one = (now + timedelta(days=1)).replace(hour=1, minute=0, second=0, microsecond=0)
    return max(ahead, one - now)


def long_ago(desk: Desk) -> None:
    """As far as we know every booking was made days ago."""
    desk.salon.world.execute("UPDATE records SET created_at = created_at - interval '5 days'")


def due(desk: Desk, later: timedelta | None = None, *, looks: int = 3) -> list[str]:
    """What reminds, or waits, is planned and leaves by now; its texts.

    A look that changes nothing is the last, as the next would change nothing either.
    """
    if later is not None:
        desk.later = later
    desk.planner.plan_reminders()
    desk.salon.world.execute("UPDATE notices SET claimed_until = NULL WHERE reason IS DISTINCT FROM 'quiet_hours'")
    texts: list[str] = []
    hold = DeviceClaim(device_id=desk.salon.device.device_id, epoch=desk.salon.device.epoch)
    for _ in range(looks):
        before = desk.rows()
        desk.releaser.work()
        sent = 0
        while pulled := messages.pull([hold], uow=desk.salon.world.uow, clock=desk.now):
            [one] = pulled
            sent += 1
            texts.append(one.text)
            result = SendResult(outcome=SendOutcome.SENT, message_id=f"M{one.outbox_message_id}", sent_at=desk.now())
            messages.record_result(one, result, uow=desk.salon.world.uow, clock=desk.now, jitter=0.0)
        if not sent and desk.rows() == before:
            break
    return texts
