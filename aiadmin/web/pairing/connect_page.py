"""The connect page."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, render_template, request

from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import DependencyDownError, LinkError, LinkInvalidError
from aiadmin.web.http.errors import answer_to
from aiadmin.web.http.request_context import company, current_container
from aiadmin.web.openapi.operation import Operation, documented
from aiadmin.web.pairing.prewarm import prewarm
from aiadmin.web.pairing.status import status_of

blueprint = Blueprint("connect", __name__)

SOCKET_PATH = "/socket.io"
MODULES = (
    *(f"connect/{name}.js" for name in ("machine", "phone", "token", "transport", "view")),
    *(f"connect/{name}.js" for name in ("controls", "failures", "http", "picture", "socket")),
    "vendor/socket.io.esm.min.js",
)
"""What the page's script imports, sent to the browser at once: it would find one behind the other."""


@blueprint.get("/marketplace/connect")
@documented(
    Operation(
        summary="Страница подключения WhatsApp",
        answers={200: "text/html"},
        query={"token": "Токен из ссылки", "company": "Номер компании", "salon": "Номер салона в YClients"},
        needed=("token",),
        errors=(401,),
    )
)
def page() -> str:
    """The page of the company that the token opens; `company` and `salon` must not contradict it.

    While its reader makes up their mind, a pairing process gets ready.
    """
    owner = company()
    named = {"company": owner.company_id, "salon": owner.salon_id}
    if any(request.args.get(name, str(number)) != str(number) for name, number in named.items()):
        raise LinkInvalidError
    if not owner.whatsapp_connected:
        with suppress(DependencyDownError):
            prewarm(current_container(), owner)
    return _render("open", owner)


@blueprint.errorhandler(LinkError)
def closed(error: LinkError) -> Response:
    """The same page, saying why the link does not open it."""
    answer = answer_to(error)
    return Response(_render(answer.code), status=answer.status, mimetype="text/html")


def _render(page_state: str, owner: Company | None = None) -> str:
    return render_template(
        "marketplace/connect.html",
        page_state=page_state,
        token=request.args.get("token", "") if owner else "",
        company_id=owner.company_id if owner else "",
        salon_title=owner.title if owner else "",
        status=status_of(owner) if owner else {},
        socket_url_path=SOCKET_PATH,
        modules=MODULES,
    )
