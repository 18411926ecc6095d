"""`GET /company/{id}`, who may enter its journal, and what the app's system user may do there."""

from aiohttp import web

from tests.fakes.yclients.asked import get
from tests.fakes.yclients.envelope import check_token, check_user, old_failure, old_success, partner_of, success
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon import shapes


class Companies(Routes):
    """A salon about itself."""

    def routes(self) -> list[web.RouteDef]:
        return [
            *get("/companies", self.companies),
            *get("/company/{salon_id}", self.company),
            *get("/company_users/{salon_id}", self.users),
            *get("/user/permissions/{salon_id}", self.permissions),
        ]

    async def companies(self, request: web.Request) -> web.Response:
        """Those where the user has access (`my=1`); others are not listed here."""
        partner_of(request, self._world)
        if request.query.get("my") != "1":
            return old_success([])
        check_token(request, self._world)
        mine = [salon_id for salon_id in sorted(self._world.salons) if self._world.serves(salon_id)]
        return old_success([shapes.company(self._world.salon(salon_id)) for salon_id in mine])

    async def company(self, request: web.Request) -> web.Response:
        """One salon; errors come in the old shape here."""
        text = request.match_info["salon_id"]
        try:
            partner_of(request, self._world)
            if not text.isdigit():
                return old_failure(404, "Компания не найдена")
            check_user(request, self._world, int(text))
        except RefusedError as error:
            return old_failure(error.status, error.message)
        wants = {name: request.query.get(name) == "1" for name in ("showBookforms", "show_groups", "my")}
        shaped = shapes.company(
            self._world.salon(int(text)),
            bookforms=wants["showBookforms"],
            groups=wants["show_groups"],
            rights=wants["my"],
        )
        return success(shaped)

    async def users(self, request: web.Request) -> web.Response:
        """Who has an account in the salon, each with an `access` map."""
        return success(self.salon(request).users)

    async def permissions(self, request: web.Request) -> web.Response:
        """The system user's own rights, in groups."""
        return success(self.salon(request).rights | {"send_sms": True})
