"""The control of what a player of conversations needs: a salon from a file, faults by method, what was written."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.clock import Clock
from tests.fakes.yclients.method_faults import MethodFaults
from tests.fakes.yclients.salon import conversation
from tests.fakes.yclients.world import World


class ConversationControl:
    """The routes, around one world and its faults."""

    def __init__(self, world: World, faults: MethodFaults) -> None:
        self._world, self._faults = world, faults

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_fake/conversation", self.load),
            web.post("/_fake/method_faults", self.method_faults),
            web.get("/_fake/writes/{salon_id}", self.writes),
        ]

    async def load(self, request: web.Request) -> web.Response:
        """A new salon in place of the old, from a `file` without its conversations and one of these as `case`.

        The time stands where the conversation says until it is moved; faults are gone, addresses of webhooks stay.
        """
        body: dict[str, Any] = await request.json()
        file, case, clock = body["file"], body.get("case") or {}, self._world.clock
        if not isinstance(clock, Clock):
            raise web.HTTPConflict(text="this clock cannot be moved")
        now = conversation.now_of(file, case)
        clock.set(now, stands=True)
        hooks = self._world.salon(body["salon_id"]).hooks
        del self._world.salons[body["salon_id"]]
        salon = self._world.salon(body["salon_id"])
        salon.hooks = hooks
        conversation.load(salon, file, case)
        self._faults.set({})
        return web.json_response({"now": now.isoformat()})

    async def method_faults(self, request: web.Request) -> web.Response:
        """These faults by method and no others; see `method_faults`."""
        try:
            self._faults.set(await request.json())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"armed": True})

    async def writes(self, request: web.Request) -> web.Response:
        """What apps have changed in a salon's records since it was filled, oldest first."""
        salon = self._world.salon(int(request.match_info["salon_id"]))
        return web.json_response({"writes": salon.writes})
