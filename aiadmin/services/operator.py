"""YClients' own notifications, sent through the salon's WhatsApp: taken, and answered one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aiadmin.domain.contact import Sighting
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal import DEFAULT_ZONE
from aiadmin.domain.message import NewMessage, Purpose
from aiadmin.domain.notice import NoticeKind
from aiadmin.domain.operator import DEADLINE, Code, Order, Taken, Target, is_double, refusal_of
from aiadmin.domain.pace import Hindrance, Pace, when_to_send
from aiadmin.services.ports import Clock, JobQueue, NewUnitOfWork, Secrets, UnitOfWork

"""Of a salon whose journal was never read."""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Takes orders of YClients."""

    uow: NewUnitOfWork
    secrets: Secrets
    queue: JobQueue
    clock: Clock

    def take(self, company_id: CompanyId, order: Order) -> Sequence[Taken]:
        """Owe each message of the order that was not given to us before; one answer for each, in order.

        The same id again gets the same answer, and its client nothing more. A message keeps to the salon's pace and
        quiet hours; one that could only go too late, or to somebody who wants none, is refused at once.

        Raises:
            DependencyDownError: nothing is taken.
        """
        now = self.clock()
        callback = self.secrets.seal(order.callback_url) if order.callback_url else None
        with self.uow() as work:
            work.releases.lock_salon(company_id)  # the same order may come twice at once
            names = {one.external_id for one in order.targets}
            phones = {one.phone for one in order.targets if one.phone}
            counter = _Counter(
                company_id=company_id,
                order=order,
                callback=callback,
                known=dict(work.operator_messages.find_many(company_id, names)),
                unwilling=work.operator_messages.unwilling(company_id, phones) if order.is_advert else frozenset(),
                zone=salon.zone if (salon := work.sync_runs.salon(company_id)) else DEFAULT_ZONE,
                pace=work.preferences.settings(company_id).pace,
                now=now,
                work=work,
            )
            taken = [counter.take(one) for one in order.targets]
            work.commit()
        self.queue.look()
        return taken


@dataclass(frozen=True, kw_only=True)
class _Counter:
    """One order, in one transaction."""

    company_id: CompanyId
    order: Order
    callback: str | None = field(repr=False)
    known: dict[str, int]
    unwilling: frozenset[str]
    zone: str
    pace: Pace
    now: datetime
    work: UnitOfWork

    def take(self, target: Target) -> Taken:
        name = target.external_id
        if name not in self.known:
            refusal = self._owe(name, target.phone)
            if refusal is not None:
                return Taken(external_id=name, refusal=refusal)
        return Taken(external_id=name, ext_id=str(self.known[name]))

    def _owe(self, name: str, phone: str | None) -> Code | None:
        """None when it is owed; or why not."""
        if phone is None:
            return Code.FIELD_INVALID
        if phone in self.unwilling:
            return Code.OPTED_OUT
        contact_id = self.work.contacts.see(self.company_id, Sighting(phone=phone), self.now)
        number = self.work.releases.number(self.company_id, zone=self.zone, now=self.now)
        due_at = when_to_send(
            Purpose.OPERATOR,
            deadline_at=self.now + DEADLINE,
            number=replace(number, is_paused=False),  # hosts hold a paused salon's messages
            person=self.work.standings.person(self.company_id, contact_id),
            pace=self.pace,
            now=self.now,
        )
        if isinstance(due_at, Hindrance):
            return refusal_of(due_at)
        new = NewMessage(
            company_id=self.company_id,
            text=self.order.text,
            dedup_key=f"operator:{name}",
            deadline_at=self.now + DEADLINE,
            purpose=Purpose.OPERATOR,
        )
        message_id = self.work.outbox_messages.add(new, contact_id, self.now, due_at=due_at)
        assert message_id is not None  # noqa: S101 - the name is new, and nobody else takes orders of this salon now
        self.known[name] = self.work.operator_messages.add(
            self.company_id,
            name,
            message_id,
            callback=self.callback,
            look_at=self.now if self.callback else None,
            at=self.now,
        )
        return None


def double_notices(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock) -> bool:
    """Whether this salon's clients may hear everything twice: from us, and from YClients through us."""
    with uow() as work:
        settings = work.preferences.settings(company_id)
        last = work.operator_messages.last_order_at(company_id)
    return is_double(notices_are_on=any(map(settings.wants, NoticeKind)), last_order_at=last, now=clock())
