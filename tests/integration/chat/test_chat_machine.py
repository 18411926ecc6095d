"""Whatever is said, corrected, taken back and repeated, and whoever dies meanwhile: each burst is handled once.

A real PostgreSQL under a clock of the test's own; every example is a chat with somebody new.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, MessageWithdrawn, ReceivedEvent
from aiadmin.services.chat.openings import Opening, OpeningReader
from aiadmin.services.messages import messages
from tests.support.played_salon import PlayedSalon

WORDS = st.sampled_from(
    ["да", "нет", "Здравствуйте", "Можно записаться?", "спасибо", "не знаю", "СТОП", "СТАРТ", "👍"]
)
PASSES = st.sampled_from([timedelta(seconds=one) for one in (1, 4, 6, 30, 200)])
_NUMBERS = itertools.count(1)
_TURNS_OF_EACH = """
SELECT message.message_id, count(turn.id) FROM inbox_messages AS message
LEFT JOIN chat_turns AS turn ON turn.inbox_ids @> ARRAY[message.id]
WHERE message.contact_id = :id AND message.direction = 'in' GROUP BY message.id
"""


class Killed(BaseException):
    """As if the process had ended."""


@dataclass(frozen=True)
class Interrupted(OpeningReader):
    """Lets something happen once, after a turn was read and before it is finished."""

    happens: list[Callable[[], None]] = field(default_factory=list)

    def read(self, *args: Any, **facts: Any) -> Opening:
        opening = super().read(*args, **facts)
        while self.happens:
            self.happens.pop()()
        return opening


class ChatMachine(RuleBasedStateMachine):
    """One chat."""

    def __init__(self, played: PlayedSalon, device_id: DeviceId) -> None:
        super().__init__()
        number = next(_NUMBERS)
        self.played, self.device_id = played, device_id
        self.person = IdentityObservation(lid=f"{number}777@lid", phone=f"7901{number:07}")
        self.said: list[str] = []
        self.changed: set[str] = set()
        self.events: list[ReceivedEvent] = []

    # --- what happens ---

    @rule(words=WORDS)
    def client_writes(self, words: str) -> None:
        self.said.append(self._hear(words, Direction.IN))

    @rule(words=WORDS)
    def salon_writes(self, words: str) -> None:
        self._hear(words, Direction.OWN_PHONE)

    @precondition(lambda self: self.events)
    @rule(choice=st.integers(0, 99))
    def whatsapp_repeats(self, choice: int) -> None:
        self._store(self.events[choice % len(self.events)])

    @precondition(lambda self: self.said)
    @rule(choice=st.integers(0, 99), words=WORDS | st.none())
    def client_corrects(self, choice: int, words: str | None) -> None:
        name = self.said[choice % len(self.said)]
        self.changed.add(name)
        self._hear(words, Direction.IN, name=name)

    @precondition(lambda self: self.said)
    @rule(choice=st.integers(0, 99))
    def client_takes_back(self, choice: int) -> None:
        name = self.said[choice % len(self.said)]
        self.changed.add(name)
        self._receive(MessageWithdrawn(message_id=name, peer=self.person, direction=Direction.IN))

    @rule(passed=PASSES)
    def time_passes(self, passed: timedelta) -> None:
        self.played.box.now += passed

    @rule()
    def worker_works(self) -> None:
        self.played.box.chat_handler.work()

    @rule()
    def worker_dies(self) -> None:
        def die() -> None:
            raise Killed

        self._works(die)

    @rule(words=WORDS)
    def worker_is_interrupted(self, words: str) -> None:
        self._works(lambda: self.client_writes(words))

    @rule()
    def worker_is_overtaken(self) -> None:
        def overtake() -> None:
            self.played.box.now += timedelta(minutes=3)
            self.played.box.chat_handler.work()

        self._works(overtake)

    # --- what holds ---

    def teardown(self) -> None:
        for _ in range(3):
            self.played.box.now += timedelta(minutes=5)
            while self.played.box.chat_handler.work():
                pass
        assert self._rows("SELECT message_id FROM inbox_messages WHERE handled_at IS NULL AND contact_id = :id") == []
        assert self._rows("SELECT 1 FROM chats WHERE due_at IS NOT NULL AND contact_id = :id") == []
        assert self.played.rows("SELECT 1 FROM quarantine") == []
        handled = self._rows(_TURNS_OF_EACH)
        unchanged = {name: count for name, count in handled if name not in self.changed}
        assert set(unchanged.values()) <= {1}, unchanged
        sent = self._rows("SELECT id FROM outbox_messages WHERE purpose = 'reply' AND contact_id = :id")
        told = self._rows("SELECT outbox_message_id FROM chat_turns WHERE reply IS NOT NULL AND contact_id = :id")
        assert sorted(sent) == sorted(told), "each reply is of a turn, and each turn has one"

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        whom = self.played.rows("SELECT id FROM contacts WHERE lid = :lid", lid=self.person.lid)
        return list(self.played.rows(statement, id=whom[0][0])) if whom else []

    # --- how ---

    def _works(self, meanwhile: Callable[[], None]) -> None:
        handler = self.played.box.chat_handler
        openings = Interrupted(views=handler.openings.views, happens=[meanwhile])
        with contextlib.suppress(Killed):
            replace(handler, openings=openings).work()

    def _hear(self, text: str | None, direction: Direction, *, name: str | None = None) -> str:
        """None is what only the phone can read."""
        message_id = name or f"{self.person.lid}:{next(_NUMBERS)}"
        self._receive(
            MessageSeen(
                message_id=message_id,
                peer=self.person,
                direction=direction,
                kind=MessageKind.TEXT if text is not None else MessageKind.OTHER,
                text=text,
                media=None if text is not None else "edited",
                quoted_id=None,
                sent_at=self.played.box.now,
                is_edit=name is not None,
            )
        )
        return message_id

    def _receive(self, event: MessageSeen | MessageWithdrawn) -> None:
        heard = ReceivedEvent(
            device_id=self.device_id,
            company_id=self.played.company_id,
            event=event,
            received_at=self.played.box.now,
        )
        self.events.append(heard)
        self._store(heard)

    def _store(self, heard: ReceivedEvent) -> None:
        messages.store([heard], uow=self.played.box.uow)


def test_whatever_happens_each_burst_is_handled_once(played: PlayedSalon) -> None:
    with played.box.uow() as work:
        account = LinkedAccount(jid="79990000000:1@s.whatsapp.net", lid=None)
        device = work.devices.add(played.company_id, account, played.box.now)
        work.commit()
    device_id = device if isinstance(device, int) else device.device_id
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: ChatMachine(played, DeviceId(device_id)),
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
