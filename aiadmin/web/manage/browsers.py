"""In which browsers a salon's pages are open: to leave one, to close others, to open the pages on another device."""

from __future__ import annotations

from flask import Blueprint

from aiadmin.domain.errors import SessionMissingError
from aiadmin.domain.ids import OwnerSessionId
from aiadmin.services.companies import connect_links, owner_sessions
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.companies.registration import manage_url
from aiadmin.web.http import schemas
from aiadmin.web.http.request_context import company, current_container, entered, key_limits
from aiadmin.web.manage import schemas as manage_schemas
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("browsers", __name__)


@blueprint.post("/marketplace/manage/logout")
@documented(Operation(summary="Выйти в этом браузере", answers={200: manage_schemas.Ordered}))
def log_out() -> dict[str, object]:
    """This browser's session of this salon ends; its other salons stay open. Who came by a link has none."""
    seen, container = entered(), current_container()
    if seen is None:
        raise SessionMissingError
    owner_sessions.log_out(seen.session, uow=container.uow, clock=container.clock)
    return schemas.dump(manage_schemas.Ordered, text=texts_manage.DONE["logged-out"])


@blueprint.post("/marketplace/manage/browsers/end-all")
@documented(Operation(summary="Выйти на всех устройствах", answers={200: manage_schemas.Ordered}))
def end_all() -> dict[str, object]:
    """Every session of the salon ends, this one included, and so does its connect link."""
    container = current_container()
    owner_sessions.end_all(company().company_id, uow=container.uow, clock=container.clock)
    return schemas.dump(manage_schemas.Ordered, text=texts_manage.DONE["logged-out-everywhere"])


@blueprint.post("/marketplace/manage/browsers/<id:session_id>/end")
@documented(Operation(summary="Закрыть вход на одном устройстве", answers={200: manage_schemas.Ordered}))
def end_one(session_id: int) -> dict[str, object]:
    """The session of another browser of this salon; one of another salon is not touched."""
    container = current_container()
    was_open = owner_sessions.end_one(
        company().company_id, OwnerSessionId(session_id), uow=container.uow, clock=container.clock
    )
    return schemas.dump(manage_schemas.Ordered, text=texts_manage.DONE["closed" if was_open else "was-closed"])


@blueprint.post("/marketplace/manage/browsers/link")
@documented(Operation(summary="Ссылка для другого устройства", answers={201: manage_schemas.Link}))
def make_link() -> tuple[dict[str, object], int]:
    """A link that opens the pages on another device for 24 hours; the one before it stops working."""
    owner, container = company(), current_container()
    key_limits().count_errand(owner.company_id)
    token = connect_links.issue(
        owner.company_id, uow=container.uow, tokens=container.tokens, links=container.links, clock=container.clock
    )
    public = container.config.public_url.rstrip("/")
    return schemas.dump(manage_schemas.Link, url=public + manage_url(owner, token=token)), 201
