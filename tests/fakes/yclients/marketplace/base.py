"""What the partner's routes share."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body
from tests.fakes.yclients.envelope import partner_of
from tests.fakes.yclients.refusals import InvalidError, RefusedError
from tests.fakes.yclients.world import World

NOT_A_NUMBER = "Значение должно быть числом"
NO_ACCESS = "Нет доступа к приложению"
Check = Callable[[Any], bool]


class PartnerRoutes:
    """Some routes, around one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def own(self, request: web.Request, app_id: int) -> str:
        """The token of the partner whose app this is; raises RefusedError."""
        token = partner_of(request, self._world)
        if app_id not in self._world.partners[token]:
            raise RefusedError(403, NO_ACCESS)
        return token

    async def asked(self, request: web.Request, **fields: Check) -> dict[str, Any]:
        """The body, with the partner's own `application_id` and what else it must have; raises RefusedError."""
        partner_of(request, self._world)
        sent = await body(request)
        check(sent, {"application_id": is_number, **fields})
        self.own(request, sent["application_id"])
        return sent


def check(sent: Mapping[str, Any], fields: Mapping[str, Check]) -> None:
    """Raises InvalidError that names the fields that are missing or wrong."""
    wrong = [name for name, fits in fields.items() if not fits(sent.get(name))]
    if wrong:
        raise InvalidError(
            **{name: NOT_A_NUMBER if fields[name] is is_number else "Неверное значение" for name in wrong}
        )


def is_number(value: object) -> bool:
    """A JSON number without a fraction: `"5"` and `true` are none."""
    return type(value) is int
