"""The connect page."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, render_template, request

from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import DependencyDownError, LinkError, LinkInvalidError, SessionError
from aiadmin.services.companies import owner_sessions
from aiadmin.web.http import session_cookie
from aiadmin.web.http.errors import answer_to
from aiadmin.web.http.request_context import company, current_container, entered
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
        errors=(401,),
    )
)
def page() -> Response:
    """The page of the company that the token opens, or this browser's session; nothing in the address contradicts it.

    A link lets its bearer into the salon's other pages as well. While its reader makes up their mind, a pairing
    process gets ready.
    """
    owner = company()
    named = {"company": owner.company_id, "salon": owner.salon_id}
    if any(request.args.get(name, str(number)) != str(number) for name, number in named.items()):
        raise LinkInvalidError
    if not owner.whatsapp_connected:
        with suppress(DependencyDownError):
            prewarm(current_container(), owner)
    seen, container = entered(), current_container()
    if seen is not None:
        token = owner_sessions.page_token(seen.session, tokens=container.tokens, clock=container.clock)
        return Response(_render("open", owner, token))
    response = Response(_render("open", owner, request.args["token"]))
    return response if request.method == "HEAD" else session_cookie.let_in(response, owner.company_id)


@blueprint.errorhandler(LinkError)
@blueprint.errorhandler(SessionError)
def closed(error: LinkError | SessionError) -> Response:
    """The same page, saying why the link does not open it."""
    answer = answer_to(error)
    code = answer.code if isinstance(error, LinkError) else "link-invalid"
    return Response(_render(code), status=answer.status, mimetype="text/html")


def _render(page_state: str, owner: Company | None = None, token: str = "") -> str:
    return render_template(
        "marketplace/connect.html",
        page_state=page_state,
        token=token,
        company_id=owner.company_id if owner else "",
        salon_title=owner.title if owner else "",
        status=status_of(owner) if owner else {},
        socket_url_path=SOCKET_PATH,
        modules=MODULES,
    )
