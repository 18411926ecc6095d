"""`GET /api/v1/company/{id}`: what a salon says about itself."""

from aiohttp import web

from tests.fakes.yclients.envelope import check_user, old_failure, partner_of, success
from tests.fakes.yclients.world import RefusedError, World


class Companies:
    """The routes, around one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        paths = ("/api/v1/company/{salon_id}", "/api/v1/company/{salon_id}/")
        return [web.get(path, self.company) for path in paths]

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
        return success(_described(int(text)))


def _described(salon_id: int) -> dict[str, object]:
    return {
        "id": salon_id,
        "title": f"Салон {salon_id}",
        "public_title": f"Салон {salon_id}",
        "country": "Россия",
        "city": "Москва",
        "timezone": 3,
        "timezone_name": "Europe/Moscow",
        "address": "ул. Примерная, 1",
        "phone": "+7 495 000-00-00",
        "phones": ["+7 495 000-00-00"],
        "main_group_id": 9206,
        "groups": [],
        "bookforms": [],
        "access": {},
    }
