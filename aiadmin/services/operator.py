"""YClients' own notifications, sent through the salon's WhatsApp: taken, answered, and reported back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiadmin.domain.activation import Answer
from aiadmin.domain.contact import Sighting
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.message import NewMessage, Purpose
from aiadmin.domain.notice import NoticeKind
from aiadmin.domain.operator import (
    DEADLINE,
    Code,
    Finished,
    Order,
    Progress,
    Status,
    Taken,
    Target,
    after_failure,
    after_look,
    is_double,
    next_status,
)
from aiadmin.services import messages
from aiadmin.services.ports import Clock, JobQueue, NewUnitOfWork, Secrets, UnitOfWork
from aiadmin.services.ports.operator import StatusPost


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Takes orders of YClients."""

    uow: NewUnitOfWork
    secrets: Secrets
    queue: JobQueue
    clock: Clock

    def take(self, company_id: CompanyId, order: Order) -> Sequence[Taken]:
        """Owe each message of the order that was not given to us before; one answer for each, in order.

        The same id again gets the same answer, and its client nothing more.

        Raises:
            DependencyDownError: nothing is taken.
            ValueError: the text is empty or too long.
        """
        with self.uow() as work:
            known = dict(work.operator_messages.find_many(company_id, {one.external_id for one in order.targets}))
            phones = {one.phone for one in order.targets if one.phone}
            unwilling = work.operator_messages.unwilling(company_id, phones) if order.is_advert else frozenset()
            callback = self.secrets.seal(order.callback_url) if order.callback_url else None
            taken = [self._take(company_id, one, order, known, unwilling, callback, work) for one in order.targets]
            work.commit()
        self.queue.look()
        return taken

    def _take(
        self,
        company_id: CompanyId,
        target: Target,
        order: Order,
        known: dict[str, int],
        unwilling: frozenset[str],
        callback: str | None,
        work: UnitOfWork,
    ) -> Taken:
        name = target.external_id
        if name in known:
            return Taken(external_id=name, ext_id=str(known[name]))
        if target.phone is None:
            return Taken(external_id=name, refusal=Code.FIELD_INVALID)
        if target.phone in unwilling:
            return Taken(external_id=name, refusal=Code.OPTED_OUT)
        number = self._owe(company_id, name, target.phone, order.text, callback, work)
        known[name] = number
        return Taken(external_id=name, ext_id=str(number))

    def _owe(
        self, company_id: CompanyId, name: str, phone: str, text: str, callback: str | None, work: UnitOfWork
    ) -> int:
        now = self.clock()
        new = NewMessage(
            company_id=company_id,
            text=text,
            dedup_key=f"operator:{name}",
            deadline_at=now + DEADLINE,
            purpose=Purpose.OPERATOR,
        )
        message_id = messages.owe(new, to=Sighting(phone=phone), work=work, now=now)
        if message_id is None:  # the same order came twice at once, and the other one was quicker
            return work.operator_messages.find_many(company_id, {name})[name]
        look_at = now if callback else None
        return work.operator_messages.add(company_id, name, message_id, callback=callback, look_at=look_at, at=now)


CLAIM = timedelta(seconds=75)
"""Longer than the job may run: what a killed worker held is found again after it."""
BATCH = 100
_WORK_SECONDS = 30.0
"""No further call is begun after this; one may take ten seconds."""


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Tells YClients what became of its messages.

    Attributes:
        steady: seconds of a clock that never jumps.
        chance: a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    secrets: Secrets
    post: StatusPost
    clock: Clock
    steady: Callable[[], float]
    chance: Callable[[], float]

    def report(self) -> Mapping[str, int]:
        """Tell what is due, a batch of one status each to a callback; how many were `told`, `failed`, `refused`.

        At least once: a worker that dies between YClients' answer and our commit tells the status again.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is found again.
        """
        until, counts = self.steady() + _WORK_SECONDS, dict.fromkeys(("told", "failed", "refused"), 0)
        while self.steady() < until and (claimed := self._claim()):
            for url, rows in self._by_callback(claimed).items():
                self._tell(url, rows, until, counts)
        return counts

    def _claim(self) -> Sequence[Progress]:
        now = self.clock()
        with self.uow() as work:
            claimed = work.operator_messages.claim(now=now, until=now + CLAIM, limit=BATCH)
            work.commit()
        return claimed

    def _by_callback(self, claimed: Sequence[Progress]) -> Mapping[str, list[tuple[Progress, Status]]]:
        """What there is to tell, by address; rows without news are put off."""
        groups: dict[str, list[tuple[Progress, Status]]] = defaultdict(list)
        now = self.clock()
        with self.uow() as work:
            for row in claimed:
                status, url = next_status(row, now), self._url(row)
                if url is None:
                    lost = Finished(error="the callback cannot be read")
                    work.operator_messages.settle(row.number, lost, failed=False, at=now)
                elif status is None:
                    following = after_look(row, now)
                    work.operator_messages.settle(row.number, following, failed=False, at=now)
                else:
                    groups[url].append((row, status))
            work.commit()
        return groups

    def _url(self, row: Progress) -> str | None:
        try:
            return self.secrets.unseal(row.callback or "")
        except AiAdminError:
            return None

    def _tell(self, url: str, rows: Sequence[tuple[Progress, Status]], until: float, counts: dict[str, int]) -> None:
        """One call; a batch that is refused is told in halves, for one bad row must not silence the others."""
        if self.steady() >= until:
            return  # the claim ends, and they are found again
        answer = self.post.post(url, [(row.external_id, status) for row, status in rows])
        if answer.is_success:
            self._note(rows)
            counts["told"] += len(rows)
        elif answer.is_transient or len(rows) == 1:
            self._put_off(rows, answer)
            counts["failed" if answer.is_transient else "refused"] += len(rows)
        else:
            middle = len(rows) // 2
            self._tell(url, rows[:middle], until, counts)
            self._tell(url, rows[middle:], until, counts)

    def _note(self, rows: Sequence[tuple[Progress, Status]]) -> None:
        now = self.clock()
        by_status: dict[Status, list[int]] = defaultdict(list)
        for row, status in rows:
            by_status[status].append(row.number)
        with self.uow() as work:
            for status, numbers in by_status.items():
                work.operator_messages.told(numbers, status)
            for row, status in rows:
                following = after_look(replace(row, told=(*row.told, status)), now)
                work.operator_messages.settle(row.number, following, failed=False, at=now)
            work.commit()

    def _put_off(self, rows: Sequence[tuple[Progress, Status]], answer: Answer) -> None:
        now = self.clock()
        with self.uow() as work:
            for row, _ in rows:
                following = after_failure(row, answer, now, self.chance())
                work.operator_messages.settle(row.number, following, failed=True, at=now)
            work.commit()


def double_notices(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock) -> bool:
    """Whether this salon's clients may hear everything twice: from us, and from YClients through us."""
    with uow() as work:
        settings = work.preferences.settings(company_id)
        last = work.operator_messages.last_order_at(company_id)
    return is_double(notices_are_on=any(map(settings.wants, NoticeKind)), last_order_at=last, now=clock())
