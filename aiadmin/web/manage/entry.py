"""The way into a salon's pages: a link's bearer gets a session, and its address stays without the token."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from aiadmin.domain.errors import LinkError, LinkInvalidError, SessionError
from aiadmin.services.companies import owner_sessions
from aiadmin.texts import ru
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.companies.registration import entry_url
from aiadmin.web.http import session_cookie
from aiadmin.web.http.errors import answer_to
from aiadmin.web.http.redirects import see_other
from aiadmin.web.http.request_context import company, current_container, entered


def by_link(section: str = "") -> Response | None:
    """Let the bearer of a link in, and lead it to the address without the token; None for a browser that is in.

    The token stands behind the `#`, which no server and no log sees: should the browser keep no cookie for us, in a
    frame of YClients, its page can still offer a tab of its own. The page takes it off the address at once.

    Raises:
        LinkInvalidError: the company in the address is another than the link's.
    """
    if entered() is not None:
        return None
    owner = company()
    if request.args.get("company", str(owner.company_id)) != str(owner.company_id):
        raise LinkInvalidError
    response = see_other(entry_url(owner, request.args["token"], section))
    if request.method == "HEAD":
        return response  # a messenger looks what is behind the link
    return session_cookie.let_in(response, owner.company_id)


def answer_closed(blueprint: Blueprint) -> None:
    """Answer what does not let a browser in with a page that leads on."""
    blueprint.register_error_handler(LinkError, closed)
    blueprint.register_error_handler(SessionError, closed)


def closed(error: Exception) -> Response:
    """Why the page does not open, what this browser may open instead, and the way to YClients."""
    answer, container = answer_to(error), current_container()
    browser = session_cookie.read()
    page = render_template(
        "marketplace/install.html",
        title=texts_manage.REFUSED_TITLES.get(answer.code, texts_manage.REFUSED_TITLE),
        text=ru.ERRORS[answer.code],
        code=answer.code,
        salons=owner_sessions.salons_of(browser, uow=container.uow, clock=container.clock) if browser else [],
    )
    return Response(page, status=answer.status, mimetype="text/html")
