"""A new connect link for a salon that has lost its own."""

from __future__ import annotations

from flask import Blueprint

from aiadmin.services import links
from aiadmin.web import schemas
from aiadmin.web.current import company, container
from aiadmin.web.operation import Operation, documented
from aiadmin.web.registration import connect_url

blueprint = Blueprint("links", __name__)


@blueprint.post("/marketplace/companies/<id:company_id>/connect-link")
@documented(
    Operation(
        summary="Выдать новую ссылку для подключения; прежняя перестаёт работать",
        answers={201: schemas.ConnectLink},
    )
)
def renew_link(company_id: int) -> tuple[dict[str, object], int]:
    """A fresh link for a company that has lost its own."""
    held, owner = container(), company()
    token = links.issue(owner.company_id, uow=held.uow, tokens=held.tokens, links=held.links, clock=held.clock)
    return schemas.dump(schemas.ConnectLink, company_id=company_id, connect_url=connect_url(owner, token)), 201
