"""The bare address: for a person what this is and the way in, for a program where to read on."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from aiadmin.domain.companies.owner_session import OwnerSession
from aiadmin.domain.errors import DependencyDownError
from aiadmin.services.companies import owner_sessions
from aiadmin.texts import ru
from aiadmin.web.http import schemas, session_cookie
from aiadmin.web.http.request_context import current_container, wants_html
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("root", __name__)


@blueprint.get("/")
@documented(Operation(summary="Что это", answers={200: schemas.Root}, uses=False))
def root() -> ResponseReturnValue:
    """A page for a person, with the salons that this browser may open; for a program where the documentation is."""
    if not wants_html():
        return {"success": True, "message": ru.ROOT, "docs": url_for("docs.page")}
    docs = url_for("docs.page") if current_container().config.open_docs else None
    return render_template("marketplace/landing.html", salons=_salons(), docs_url=docs)


def _salons() -> Sequence[OwnerSession]:
    """None while PostgreSQL is away: the page says what it can."""
    browser, container = session_cookie.read(), current_container()
    if browser is None:
        return []
    try:
        return owner_sessions.salons_of(browser, uow=container.uow, clock=container.clock)
    except DependencyDownError:
        return []
