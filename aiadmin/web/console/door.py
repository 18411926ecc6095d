"""The console's door: the admin key for a session, and the way out."""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, Response, render_template, request

from aiadmin.domain.console.operator_session import operator_name
from aiadmin.domain.errors import OperatorSessionError
from aiadmin.services.console.operators import OperatorSecret
from aiadmin.texts.ru import console as texts
from aiadmin.web.console.frame import CONSOLE, address, words
from aiadmin.web.http import operator_cookie, session_cookie
from aiadmin.web.http.json_body import body_of
from aiadmin.web.http.keys import is_same
from aiadmin.web.http.redirects import see_other
from aiadmin.web.http.request_context import current_container, key_limits, peer
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("console_door", __name__)

LOGIN = f"{CONSOLE}/login"
_OWN_PAGE = re.compile(rf"{CONSOLE}(?:/[a-z0-9-]+)*(?:\?[\w=&%.+-]*)?", re.ASCII)
_SAID = {"over": "login_over", "left": "login_left"}


@blueprint.get(LOGIN)
@documented(
    Operation(
        summary="Страница входа в консоль",
        answers={200: "text/html"},
        query={"next": "Куда потом", "said": "Почему здесь"},
        errors=(HTTPStatus.FORBIDDEN,),
    )
)
def show_login() -> Response:
    """The form."""
    return _login(said=_SAID.get(request.args.get("said", "")))


@blueprint.post(LOGIN)
@documented(
    Operation(
        summary="Войти в консоль",
        answers={303: "text/html", 401: "text/html", 422: "text/html"},
        errors=(HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    )
)
def log_in() -> Response:
    """Let in whoever shows the admin key, as long as their address has not tried too often."""
    session_cookie.check_same_origin()
    key_limits().count_login(peer())
    body_of(request)
    container, agent = current_container(), request.headers.get("User-Agent", "")
    if not is_same(request.form.get("key", ""), container.config.admin_api_key):
        if key_limits().may_note_refusal():
            container.operators.note_refusal(agent)
        return _login(wrong="login_wrong", status=HTTPStatus.UNAUTHORIZED)
    name = operator_name(request.form.get("operator", ""))
    if name is None:
        return _login(wrong="login_no_name", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    secret = OperatorSecret.new()
    container.operators.let_in(secret, operator=name, user_agent=agent)
    return operator_cookie.put(see_other(_own_page(request.form.get("next", ""))), secret)


def lead_to_login(_error: OperatorSessionError) -> Response:
    """Have a browser that is not in show the key, and bring it back to the page that it asked for."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else CONSOLE
    was_in = operator_cookie.read() is not None
    target = address("/login", next=_own_page(asked) if asked != CONSOLE else "", said="over" if was_in else "")
    return operator_cookie.remove(see_other(target)) if was_in else see_other(target)


def _login(*, said: str | None = None, wrong: str | None = None, status: int = HTTPStatus.OK) -> Response:
    page = render_template(
        "console/login.html",
        said=said and texts.WORDS[said],
        wrong=wrong and texts.WORDS[wrong],
        next=_own_page(request.values.get("next", "")),
        name=request.form.get("operator", "")[:40],
        **words(current_container().clock()),
    )
    return Response(page, status=status, mimetype="text/html")


def _own_page(asked: str) -> str:
    """A page of the console, whatever is asked for."""
    return asked if _OWN_PAGE.fullmatch(asked) else CONSOLE
