"""Which addresses hear of a salon's changes. Whoever posts replaces everybody's addresses, not only their own."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body, get, route
from tests.fakes.yclients.envelope import old_success
from tests.fakes.yclients.refusals import InvalidError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon.state import DEFAULT_FLAGS, Hook, Salon

_MOST = 10


class HooksSettings(Routes):
    """One list for the whole salon."""

    def routes(self) -> list[web.RouteDef]:
        path = "/hooks_settings/{salon_id}"
        return [*get(path, self.shown), route("POST", path, self.replace)]

    async def shown(self, request: web.Request) -> web.Response:
        return old_success(shown(self.allowed(request, "settings", "webhook_read_access")))

    async def replace(self, request: web.Request) -> web.Response:
        """All addresses at once, one to ten different ones, with the same flags for each."""
        salon, sent = self.allowed(request, "settings", "webhook_read_access"), await body(request)
        urls = sent.get("urls")
        if not isinstance(urls, list) or not all(isinstance(url, str) and "://" in url for url in urls):
            raise InvalidError(urls="Неверный адрес")
        if not 1 <= len(set(urls)) <= _MOST or len(set(urls)) != len(urls):
            raise InvalidError(urls=f"От 1 до {_MOST} разных адресов")
        flags = {name: int(bool(sent.get(name, default))) for name, default in DEFAULT_FLAGS.items()}
        salon.hooks = [Hook(url, dict(flags)) for url in urls]
        return old_success(shown(salon), status=201)


def shown(salon: Salon) -> dict[str, Any]:
    """The addresses with the flags of the first, and each one's own flags beside them."""
    flags = salon.hooks[0].flags if salon.hooks else dict.fromkeys(DEFAULT_FLAGS, 0)
    each = [{"url": hook.url, **hook.flags} for hook in salon.hooks]
    return {"urls": [hook.url for hook in salon.hooks], **flags, "url_settings": each}
