"""Posting changes to apps, with all that YClients promises and does not promise about it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tests.fakes.yclients.chaos import HOOK, mangled
from tests.fakes.yclients.hooks.delivery import DROPPED, HELD, Delivery
from tests.fakes.yclients.hooks.faults import DROP, DUPLICATE, LATE, REORDER, HookFault, HookFaults
from tests.fakes.yclients.hooks.sender import Sender
from tests.fakes.yclients.salon.changes import UPDATED, Change
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.settings import Settings

_LETS_ANOTHER_PASS_FOR = 1.0
_ENTITY, _LIFECYCLE = "entity", "lifecycle"


class Post:
    """Everything that was posted or waits for it. Nothing promises an order: deliveries run side by side."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.deliveries: list[Delivery] = []
        self.faults = HookFaults()
        self._settings = settings
        self._sender = Sender(settings, clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._overtaken: asyncio.Event | None = None

    def tell(self, salon: Salon, change: Change) -> None:
        """A change goes to every address that is active and hears of such things."""
        settings = self._settings
        resource = settings.hook_company_resource if change.resource == "company" else change.resource
        body = {"company_id": change.salon_id, "resource": resource, "resource_id": change.resource_id}
        body |= {"status": change.status, "data": self._loosened(change.data)}
        times = settings.hook_updates_per_edit if change.status == UPDATED else 1
        for hook in salon.hooks:
            is_own = change.by_api and not hook.flags["self_sending"]
            if hook.flags["active"] and hook.flags.get(change.flag) and not is_own:
                for _ in range(times):
                    self._take(_ENTITY, hook.url, body)

    def announce(self, event: dict[str, Any]) -> None:
        """What became of an installation goes to the app's callback address, if it has one."""
        if self._settings.callback_url:
            self._take(_LIFECYCLE, self._settings.callback_url, event)

    async def send(self, numbers: Sequence[int]) -> list[Delivery]:
        """Send these, one after the other, however often each is named and whatever became of it before."""
        chosen = [self.deliveries[number - 1] for number in numbers]
        for delivery in chosen:
            await self._sender.send(delivery)
        return chosen

    async def settled(self, timeout: float) -> bool:
        """Wait until nothing is on its way; False when the time is over."""
        deadline = time.monotonic() + timeout
        while self._tasks and time.monotonic() < deadline:
            await asyncio.wait(self._tasks, timeout=deadline - time.monotonic(), return_when=asyncio.FIRST_COMPLETED)
        return not self._tasks

    async def clear(self) -> None:
        """Forget all deliveries, the unsent ones too."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.deliveries.clear()
        self.faults.clear()
        self._overtaken = None

    async def close(self, _app: object = None) -> None:
        await self.clear()
        await self._sender.close()

    def _loosened(self, data: Any) -> Any:
        seed = self._settings.type_chaos
        return data if seed is None else mangled(data, seed, HOOK)

    def _take(self, kind: str, url: str, body: dict[str, Any]) -> None:
        delivery = Delivery(len(self.deliveries) + 1, kind, url, body)
        self.deliveries.append(delivery)
        is_entity = kind == _ENTITY
        if self._settings.hooks_are_held and is_entity:
            delivery.state = HELD
            return
        fault = self.faults.take(delivery, self._settings.hook_chaos) if is_entity else None
        if fault is not None and fault.kind == DROP:
            delivery.state = DROPPED
            return
        self._start(delivery, fault)

    def _start(self, delivery: Delivery, fault: HookFault | None) -> None:
        """Send it from a task of its own; one that is to be overtaken waits for the next."""
        overtakes = self._overtaken
        self._overtaken = asyncio.Event() if fault is not None and fault.kind == REORDER else None
        task = asyncio.get_running_loop().create_task(self._deliver(delivery, fault, overtakes, self._overtaken))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self,
        delivery: Delivery,
        fault: HookFault | None,
        overtakes: asyncio.Event | None,
        overtaken: asyncio.Event | None,
    ) -> None:
        await asyncio.sleep(self._settings.hook_delay)
        if fault is not None and fault.kind == LATE:
            await asyncio.sleep(fault.delay)
        if overtaken is not None:
            await _within(overtaken.wait(), _LETS_ANOTHER_PASS_FOR)
        await self._sender.send(delivery)
        if fault is not None and fault.kind == DUPLICATE:
            await self._sender.send(delivery)
        if overtakes is not None:
            overtakes.set()


async def _within(waiting: Any, seconds: float) -> None:
    """Wait for it, but no longer than that."""
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return
