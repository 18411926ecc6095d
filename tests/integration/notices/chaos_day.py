"""A salon's life in fast motion: a desk that never rests, webhooks that are lost, late or twice, and our workers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.services.journal import webhook_processing
from tests.fakes.yclients.client import FakeYClients
from tests.support.salon import MOSCOW, Salon
from tests.support.world import Salons, World

_HOOKS = (("lost", 20), ("twice", 10), ("late", 20), ("right", 50))
"""Of a hundred webhooks."""


@dataclass
class FastClock:
    """One time for us and for YClients."""

    yclients: FakeYClients
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move(self, step: timedelta) -> None:
        self.now += step
        self.yclients.clock(now=self.now.isoformat())


class FastContainer(Container):
    """The product's adapters, by another clock."""

    def __init__(self, config: Config, clock: Callable[[], datetime]) -> None:
        super().__init__(config)
        self._fast = clock

    def clock(self) -> datetime:
        return self._fast()


class FastWorld(World):
    """The database, by another clock."""

    def __init__(self, engine: Any, clock: Callable[[], datetime]) -> None:
        super().__init__(engine)
        self._fast = clock

    def clock(self) -> datetime:
        return self._fast()


@dataclass
class ChaosDay:
    """Plays it.

    Attributes:
        found: what comparisons have found so far, by kind.
        did: what the desk did, and what became of webhooks.
    """

    box: FastContainer
    world: FastWorld
    yclients: FakeYClients
    clock: FastClock
    chance: random.Random
    found: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.clock.move(timedelta())
        self.salons = Salons(self.box, self.world, self.yclients)
        self.salon = Salon(self.salons, self.yclients)
        self.installed = self.salon.installed
        self.salons.synchronise(self.installed)
        self._seen = 0
        self._late: list[dict[str, Any]] = []
        self.live: list[int] = []

    def step(self, step: timedelta, *, edits: int) -> None:
        """So much time passes, in which the desk does so many things; our workers do what is due."""
        self.clock.move(step)
        for _ in range(edits):
            self._edit()
        self._hear()
        self._work()

    def settle(self) -> None:
        """The desk rests until every list of changes has been asked for once more, and every gap is over."""
        for _ in range(25):
            self.step(timedelta(minutes=1), edits=0)

    def compare(self) -> int:
        """How many differences there are now."""
        compared = self.box.reconciliation.compare(self.installed.company_id)
        assert compared is not None
        found = {kind.value: number for kind, number in compared.differences.items() if number}
        self.found.update(found)
        self.box.notice_planner.plan_change_notices()
        return sum(found.values())

    def _edit(self) -> None:
        deeds = [self._book, self._move, self._move, self._exchange, self._restaff, self._attend, self._delete]
        deed = self.chance.choice(deeds) if self.live else self._book
        deed()
        self.did[deed.__name__.strip("_")] += 1

    def _book(self) -> None:
        booked = self.salon.book(self.chance.randint(9, 19), self.chance.randint(1, 8), **self._client())
        self.live.append(booked["id"])

    def _client(self) -> dict[str, Any]:
        number = self.chance.randint(1, 8)
        return {"client": {"phone": f"7999222000{number}", "name": f"Анна {number}"}}

    def _change(self, **fields: Any) -> None:
        self.yclients.edit_record(self.installed.salon_id, self.chance.choice(self.live), **fields)

    def _move(self) -> None:
        day = self.clock().astimezone(MOSCOW).date() + timedelta(days=self.chance.randint(1, 8))
        self._change(datetime=f"{day} {self.chance.randint(9, 19):02}:00:00")

    def _exchange(self) -> None:
        self._change(**self._client())

    def _restaff(self) -> None:
        staff = self.yclients.state(self.installed.salon_id)["staff"]
        self._change(staff_id=self.chance.choice(staff)["id"])

    def _attend(self) -> None:
        self._change(attendance=self.chance.choice([0, 2]))

    def _delete(self) -> None:
        number = self.live.pop(self.chance.randrange(len(self.live)))
        self.yclients.delete_record(self.installed.salon_id, number)

    def _hear(self) -> None:
        """Some webhooks are lost, some come twice, some a step later than others that were sent after them."""
        sent = [one["body"] for one in self.yclients.deliveries() if one["kind"] == "entity"]
        arrived, self._late, kept = list(self._late), [], sent[self._seen :]
        self._seen = len(sent)
        for body in kept:
            [fate] = self.chance.choices([name for name, _ in _HOOKS], [share for _, share in _HOOKS])
            self.did[f"webhook {fate}"] += 1
            if fate == "late":
                self._late.append(body)
            elif fate != "lost":
                arrived += [body] * (2 if fate == "twice" else 1)
        self.chance.shuffle(arrived)
        for body in arrived:
            self.salons.hear(self.installed, body)

    def _work(self) -> None:
        """What workers do of what is due: one round of each job."""
        webhook_processing.drain(uow=self.box.uow, clock=self.clock)
        self.box.refetcher.work()
        for row in self._due():
            self.box.synchroniser.work(row.company_id, SyncKind(row.key))
        self.box.notice_planner.plan_change_notices()
        self.box.notice_planner.plan_reminders()
        self.did["released"] += self._release()

    def _due(self) -> Sequence[Any]:
        with self.box.uow() as work:
            return work.sync_runs.due_keys(self.clock(), limit=9)

    def _release(self) -> int:
        """Every message that is released is sent at once: how it is sent is tried elsewhere."""
        released = self.box.notice_dispatcher.work()
        self.world.execute(
            "UPDATE outbox_messages SET state = 'sent', finished_at = :now WHERE state = 'pending'", now=self.clock()
        )
        return released
