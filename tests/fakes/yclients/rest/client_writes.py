"""Changing clients, and the comments in their cards."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body, get, number, route
from tests.fakes.yclients.envelope import old_success, success
from tests.fakes.yclients.refusals import InvalidError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon import clientele
from tests.fakes.yclients.salon.changes import CREATED, DELETED, UPDATED
from tests.fakes.yclients.salon.client_shapes import client as shape
from tests.fakes.yclients.salon.state import SYSTEM_USER_ID, found
from tests.fakes.yclients.salon.times import without_colon

_COMMENTS = "/company/{salon_id}/clients/{id}/comments"


class ClientWrites(Routes):
    """Add, change, delete; write into the card."""

    def routes(self) -> list[web.RouteDef]:
        return [
            route("POST", "/clients/{salon_id}", self.add),
            route("POST", "/clients/{salon_id}/bulk", self.add_many),
            route("PUT", "/client/{salon_id}/{id}", self.change),
            route("DELETE", "/client/{salon_id}/{id}", self.delete),
            *get(_COMMENTS, self.comments),
            route("POST", _COMMENTS, self.comment),
            route("DELETE", _COMMENTS + "/{comment_id}", self.uncomment),
        ]

    async def add(self, request: web.Request) -> web.Response:
        """A new client; 422 without a name, or with a phone that is none or somebody's."""
        salon = self.allowed(request, "clients", "clients_access")
        client = clientele.add(salon, await body(request))
        self._world.journal(salon, by_api=True).told(CREATED, client)
        return old_success(shape(salon, client), status=201)

    async def add_many(self, request: web.Request) -> web.Response:
        """Those that can be added are, the others are named with what is wrong; always 200."""
        salon = self.allowed(request, "clients", "clients_access")
        rows = await request.json()
        created: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for row in rows:
            try:
                client = clientele.add(salon, row)
            except InvalidError as error:
                said = next(iter((error.errors or {}).values()))[0]
                errors.append({"phone": row.get("phone"), "name": row.get("name"), "error": said})
            else:
                self._world.journal(salon, by_api=True).told(CREATED, client)
                created.append(shape(salon, client))
        return old_success({"created": created, "errors": errors})

    async def change(self, request: web.Request) -> web.Response:
        """The fields that are named; categories are called `labels` here."""
        salon = self.allowed(request, "clients", "clients_access")
        client = salon.client(number(request, "id"))
        clientele.write(salon, client, await body(request))
        self._world.journal(salon, by_api=True).told(UPDATED, client)
        return old_success(shape(salon, client))

    async def delete(self, request: web.Request) -> web.Response:
        salon = self.allowed(request, "clients", "clients_access")
        client = salon.client(number(request, "id"))
        self._world.journal(salon, by_api=True).told(DELETED, client)
        del salon.clients[client.id]
        return web.Response(status=204)

    async def comments(self, request: web.Request) -> web.Response:
        salon = self.allowed(request, "clients", "clients_access")
        return success(salon.client(number(request, "id")).comments)

    async def comment(self, request: web.Request) -> web.Response:
        """Write `text` into the card."""
        salon, sent = self.allowed(request, "clients", "client_comments_add_access"), await body(request)
        client = salon.client(number(request, "id"))
        if not sent.get("text"):
            raise InvalidError(text="Обязательное поле")
        at = without_colon(salon.clock(), salon.zone)
        user = {"id": SYSTEM_USER_ID, "name": "Приложение", "avatar": ""}
        written = {"id": salon.numbers.next("comment"), "create_date": at, "update_date": at, "type": "default"}
        client.comments.append(written | {"text": sent["text"], "files": [], "user": user})
        return success(client.comments[-1], status=201)

    async def uncomment(self, request: web.Request) -> web.Response:
        salon = self.allowed(request, "clients", "client_comments_add_access")
        client, wanted = salon.client(number(request, "id")), number(request, "comment_id")
        found({one["id"]: one for one in client.comments}, wanted, "Комментарий не найден")
        client.comments = [one for one in client.comments if one["id"] != wanted]
        return web.Response(status=204)
