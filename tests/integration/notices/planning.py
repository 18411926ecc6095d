"""A salon in whose journal things happen, and a planner whose time we set."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from aiadmin.domain.ids import MessageId
from aiadmin.domain.messages.message import SendOutcome, SendResult
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.services.messages import messages
from aiadmin.services.notices.dispatch import unlimited
from aiadmin.services.notices.planning import NoticePlanner
from tests.support.salon import Salon

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

_EDITS = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Client:
    """One of several clients of a salon, and the booking of theirs that a test is about."""

    phone: str
    lid: str
    booking: dict[str, Any]


class Plans:
    """Plans and releases the notices of one salon; `later` is how far its clock is ahead of ours."""

    def __init__(self, salon: Salon) -> None:
        self.salon, self.later = salon, timedelta(0)
        self.booking = salon.booking
        box = salon.box
        self.planner = NoticePlanner(uow=box.uow, clock=self.now)
        self.releaser = replace(box.notice_dispatcher, policy=unlimited)
        salon.listen()
        self.set(gather_seconds=0, quiet_from="00:00", quiet_to="00:00")

    def of(self, client: Client) -> Self:
        """The same salon at this moment, seen for another client: for what is done to them, and what they write."""
        seen = copy.copy(self)
        seen.salon = copy.copy(self.salon)
        seen.salon.phone, seen.salon.lid, seen.booking = client.phone, client.lid, client.booking
        return seen

    def now(self) -> datetime:
        return self.salon.world.clock() + self.later

    def set(self, **settings: Any) -> None:
        """The owner's wishes."""
        with self.salon.world.uow() as work:
            wishes = MessageSettings.parse(
                {**work.message_settings.settings(self.salon.company_id).to_json(), **settings}
            )
            work.message_settings.set_settings(self.salon.company_id, wishes, self.now())
            work.commit()

    def edit(self, booking: Mapping[str, Any], **fields: Any) -> None:
        """Change a booking; each time in other words, or webhooks of one second that say the same would be one."""
        fields = {"comment": f"{next(_EDITS)}"} | fields
        self.salon.yclients.edit_record(self.salon.salon_id, booking["id"], **fields)

    def read(self) -> None:
        """YClients tells of everything, and workers have read it."""
        self.salon.salons.hear_all(self.salon.installed)
        self.salon.salons.check()

    def news(self) -> int:
        """Everything is read, and what follows is planned; how many notices are new."""
        self.read()
        return self.planner.plan_change_notices()

    def send(self) -> list[str]:
        """What is due goes out; its texts."""
        self.salon.world.execute("UPDATE notices SET claimed_until = NULL")
        self.releaser.work()
        texts = []
        while pulled := self.salon.pull():
            for message in pulled:
                texts.append(message.text)
                number = MessageId(message.outbox_message_id)
                result = SendResult(
                    outcome=SendOutcome.SENT, message_id=f"M{number}", sent_at=self.salon.world.clock()
                )
                messages.record_result(
                    message, result, uow=self.salon.world.uow, clock=self.salon.world.clock, jitter=0.0
                )
        self.releaser.work()
        return texts

    def rows(self) -> list[tuple[str, str, str | None]]:
        """Every notice's kind, state and reason, in order."""
        found = self.salon.world.rows(
            "SELECT kind, state, reason FROM notices WHERE company_id = :id ORDER BY id", id=self.salon.company_id
        )
        return [(row[0], row[1], row[2]) for row in found]

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.rows()]

    def age(self, booking: Mapping[str, Any], by: timedelta) -> None:
        """It was made so long ago, as far as we know, and told of then."""
        self.salon.world.execute(
            "UPDATE outbox_messages AS message SET created_at = message.created_at - :by, sent_at = sent_at - :by"
            " FROM notices"
            " WHERE notices.outbox_message_id = message.id AND notices.company_id = :id"
            " AND notices.record_id = :record",
            by=by,
            id=self.salon.company_id,
            record=booking["id"],
        )
        self.salon.world.execute(
            "UPDATE booking_events SET handled_at = at"
            " WHERE company_id = :id AND record_id = :record AND handled_at IS NULL",
            id=self.salon.company_id,
            record=booking["id"],
        )
        self.salon.world.execute(
            "UPDATE records SET created_at = created_at - :by WHERE company_id = :id AND record_id = :record",
            by=by,
            id=self.salon.company_id,
            record=booking["id"],
        )
