"""A new connect link for a salon that has lost its own."""

from __future__ import annotations

from flask import Blueprint

from aiadmin.services.companies import connect_links
from aiadmin.web.companies.registration import connect_url
from aiadmin.web.http import schemas
from aiadmin.web.http.request_context import company, current_container
from aiadmin.web.openapi.operation import Operation, documented

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
    container, owner = current_container(), company()
    token = connect_links.issue(
        owner.company_id, uow=container.uow, tokens=container.tokens, links=container.links, clock=container.clock
    )
    return schemas.dump(schemas.ConnectLink, company_id=company_id, connect_url=connect_url(owner, token)), 201
