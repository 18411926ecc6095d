"""What a salon sells: headings and services. Lists are never in pages here."""

from aiohttp import web

from tests.fakes.yclients.asked import get, number, optional
from tests.fakes.yclients.envelope import old_success, success
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon import shapes
from tests.fakes.yclients.salon.entities import Service
from tests.fakes.yclients.salon.state import Salon, found


class Catalogue(Routes):
    """Headings and services, on the newer paths (partner and user) and on the older ones (partner alone)."""

    def routes(self) -> list[web.RouteDef]:
        return [
            *get("/company/{salon_id}/service_categories", self.categories),
            *get("/company/{salon_id}/service_categories/{id}", self.category),
            *get("/company/{salon_id}/services", self.services),
            *get("/company/{salon_id}/services/{id}", self.service),
            *get("/service_categories/{salon_id}", self.old_categories),
            *get("/services/{salon_id}", self.old_services),
        ]

    async def categories(self, request: web.Request) -> web.Response:
        rows = _categories(self.salon(request))
        return success(rows, meta={"total_count": len(rows)})

    async def category(self, request: web.Request) -> web.Response:
        salon = self.salon(request)
        one = found(salon.categories, number(request, "id"), "Категория не найдена")
        return success(shapes.category(salon, one))

    async def services(self, request: web.Request) -> web.Response:
        """All of them, or those of one heading (`category_id`) or master (`staff_id`)."""
        salon = self.salon(request)
        rows = _services(salon, optional(request, "staff_id"), optional(request, "category_id"))
        return success(rows, meta={"total_count": len(rows)})

    async def service(self, request: web.Request) -> web.Response:
        salon = self.salon(request)
        return success(shapes.service(salon, salon.service(number(request, "id"))))

    async def old_categories(self, request: web.Request) -> web.Response:
        return old_success(_categories(self.open_salon(request)))

    async def old_services(self, request: web.Request) -> web.Response:
        salon = self.open_salon(request)
        return old_success(_services(salon, optional(request, "staff_id"), optional(request, "category_id")))


def _categories(salon: Salon) -> list[dict[str, object]]:
    return [shapes.category(salon, one) for one in sorted(salon.categories.values(), key=lambda one: one.weight)]


def _services(salon: Salon, staff_id: int | None, category_id: int | None) -> list[dict[str, object]]:
    def is_asked_for(one: Service) -> bool:
        master = salon.staff.get(staff_id) if staff_id else None
        done = not staff_id or (master is not None and one.id in master.service_ids)
        return done and category_id in (None, one.category_id)

    chosen = [one for one in salon.services.values() if is_asked_for(one)]
    return [shapes.service(salon, one) for one in sorted(chosen, key=lambda one: one.weight)]
