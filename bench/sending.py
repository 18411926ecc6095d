"""How many messages a host sends in a second when nothing holds it back, beside the bare library and the fake itself.

The fake WhatsApp plays the clients' phones too, and is one process: what one core of it could take is the ceiling of
every other figure here.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.services.messages.messages import enqueue
from aiadmin.storage.unit_of_work import UnitOfWork
from bench.hosting import program
from bench.tables import table
from tests.chaos.fleet import Fleet
from tests.chaos.scale import FULL
from tests.chaos.watch import Watch
from tests.chaos.world import World, own_postgres
from tests.support.hosted_salons import Salons

SESSIONS, ROUNDS = 40, 3
EACH = 25
"""Messages of each session; the only one of a run sends as many as ten would."""
STRANGERS = 5
"""So many of them each session writes to for the first time."""
KNOWN, NEW = 79_880_000_001, 79_881_000_001
"""The first of the clients who were written to before, and of those who were not."""
TEXT = "Здравствуйте, Анна!\nНапоминаем: ждём вас завтра, в 14:30.\nУслуги: стрижка\nМастер: Мария"
_SENT = """
SELECT count(*) AS count, extract(epoch FROM max(finished_at) - min(attempted_at))::float AS seconds
FROM outbox_messages WHERE dedup_key LIKE %s AND state = 'sent'
"""


@dataclass(kw_only=True)
class Run:
    """What a run took: seconds, and processor seconds of the sender and of the fake."""

    messages: int
    seconds: float = 0.0
    sender: float = 0.0
    fake: float = 0.0

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    @property
    def ceiling(self) -> float:
        """How many a second the fake could take, with a core of its own."""
        return self.messages / self.fake

    def row(self, what: str, base: Run) -> list[str]:
        """As cells of the table."""
        costs = (f"{1000 * seconds / self.messages:.1f}" for seconds in (self.sender, self.fake))
        ratios = f"{self.rate / base.rate:.2f}", f"{self.rate / self.ceiling:.2f}"
        return [what, str(self.messages), f"{self.rate:.0f}", *costs, f"{self.ceiling:.0f}", *ratios]


def measure(folder: Path, *, is_quick: bool = False) -> str:
    """The table: the bare library and our host in turns, of each the round with the middle processor time."""
    rounds: dict[str, list[Run]] = defaultdict(list)
    with own_postgres(folder) as postgres, World(folder, postgres.url, SESSIONS) as world:
        for phone in (*range(KNOWN, KNOWN + SESSIONS), *range(NEW, NEW + SESSIONS * STRANGERS)):
            world.whatsapp.phone(str(phone))
        for _ in range(1 if is_quick else ROUNDS):
            rounds["bare library, 1 session"].append(_bare(world, 1, EACH * 10))
            rounds[f"bare library, {SESSIONS} sessions"].append(_bare(world, SESSIONS, EACH))
            with world.salons() as salons, closing(_fleet(world, salons, folder)) as fleet:
                host = psutil.Process(fleet.start().pid)
                Watch(world.whatsapp, salons).until_whole(FULL.patience)
                debts = _Debts(world, salons, host)
                debts.run(KNOWN, SESSIONS, 1)  # the clients' keys are fetched once
                rounds["our host, 1 session"].append(debts.run(KNOWN, 1, EACH * 10))
                rounds[f"our host, {SESSIONS} sessions"].append(debts.run(KNOWN, SESSIONS, EACH))
                strangers = debts.run(NEW, SESSIONS, STRANGERS, clients=STRANGERS)
                rounds["... to clients who never had a message"].append(strangers)
    middles = {name: sorted(runs, key=lambda run: run.sender)[len(runs) // 2] for name, runs in rounds.items()}
    one, many = (middles[f"bare library, {sessions}"] for sessions in ("1 session", f"{SESSIONS} sessions"))
    rows = [run.row(name, one if "1 session" in name else many) for name, run in middles.items()]
    costs = ["sender ms", "fake ms", "fake's ceiling /s"]
    header = ["no pacing, one process", "messages", "per s", *costs, "of bare", "of the ceiling"]
    return table("Messages sent; processor time of each", header, rows)


def owe(work: UnitOfWork, company_id: int, phone: str, *, dedup_key: str) -> None:
    """A salon owes a client's phone what is told of a booking."""
    new = NewMessage(
        company_id=CompanyId(company_id),
        text=TEXT,
        dedup_key=dedup_key,
        deadline_at=None,
        purpose=Purpose.BOOKED,
    )
    enqueue(new, to=IdentityObservation(phone=phone), work=work, now=datetime.now(UTC))


def _fleet(world: World, salons: Salons, folder: Path) -> Fleet:
    return Fleet(world, salons.database_url, FULL, folder, MESSAGE_PACING="0", SESSIONS_CAPACITY="400")


def _bare(world: World, sessions: int, each: int) -> Run:
    """One process holds the devices and sends from all of them; no database of ours has to know."""
    run = Run(messages=sessions * each)
    with world.salons() as salons:
        jids = [row["jid"] for row in salons.rows("SELECT jid FROM devices ORDER BY id LIMIT %s", sessions)]
        with program(world, salons.database_url, "bare", jids) as bare:
            assert bare.ask("go")["connected"] == sessions
            bare.ask(f"flood {KNOWN} 1")
            with _cpu(bare.info, run, world):
                run.seconds = bare.ask(f"flood {KNOWN} {each}")["seconds"]
    return run


class _Debts:
    """Messages that are owed all at once, and how long a host needs for them."""

    def __init__(self, world: World, salons: Salons, host: psutil.Process) -> None:
        self._world, self._salons, self._host = world, salons, host
        self._watch = Watch(world.whatsapp, salons)
        self._numbers = itertools.count(1)

    def run(self, first_phone: int, sessions: int, each: int, *, clients: int = 1) -> Run:
        """Owe messages, `each` so many from every salon to so many `clients` of its own; wait until all are sent."""
        run, mark = Run(messages=sessions * each), f"bench:{next(self._numbers)}"
        with _cpu(self._host, run, self._world):
            self._owe(mark, first_phone, sessions, each, clients)
            self._watch.until(lambda: self._sent(mark)[0] == run.messages, FULL.patience, "sent")
        _, run.seconds = self._sent(mark)
        return run

    def _owe(self, mark: str, first_phone: int, sessions: int, each: int, clients: int) -> None:
        owners = self._salons.rows("SELECT company_id FROM devices ORDER BY id LIMIT %s", sessions)
        with self._salons.uow() as work:
            for number, owner in enumerate(owners):
                for count in range(each):
                    phone = str(first_phone + number * clients + count % clients)
                    owe(work, owner["company_id"], phone, dedup_key=f"{mark}:{number}:{count}")
            work.commit()

    def _sent(self, mark: str) -> tuple[int, float]:
        [row] = self._salons.rows(_SENT, f"{mark}:%")
        return row["count"], row["seconds"]


@contextmanager
def _cpu(sender: psutil.Process, run: Run, world: World) -> Iterator[None]:
    """Adds the processor time of the sender and of the fake to `run`."""
    taken: Callable[[psutil.Process], float] = lambda process: sum(process.cpu_times()[:2])  # noqa: E731
    fake = psutil.Process(world.whatsapp.pid)
    before = taken(sender), taken(fake)
    yield
    run.sender, run.fake = taken(sender) - before[0], taken(fake) - before[1]
