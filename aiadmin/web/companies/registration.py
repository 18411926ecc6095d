"""Registering a salon."""

from __future__ import annotations

from urllib.parse import urlencode

import structlog
from flask import Blueprint

from aiadmin.domain.companies.company import Company
from aiadmin.domain.ids import SalonId
from aiadmin.services.companies import registration
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import current_container
from aiadmin.web.openapi.operation import Operation, documented

log = structlog.get_logger(__name__)
blueprint = Blueprint("registration", __name__)


@blueprint.post("/marketplace/register")
@documented(
    Operation(
        summary="Зарегистрировать салон",
        body=schemas.Register,
        answers={201: schemas.Registered},
        errors=(403, 409),
    )
)
def register() -> tuple[dict[str, object], int]:
    """A new company with its key and its first link; a registered salon is refused and nothing about it changes."""
    given, container = schemas.load(schemas.Register, read_object()), current_container()
    made = registration.register(
        salon_id=SalonId(given["salon_id"]),
        phone=given["phone"],
        email=given["email"],
        store=container.registrations.ask,
        secrets=container.secrets,
        tokens=container.tokens,
        clock=container.clock,
        window=container.config.activation_window,
    )
    log.info("company registered", company_id=made.company.company_id, salon_id=made.company.salon_id)
    answer = schemas.dump(
        schemas.Registered,
        company_id=made.company.company_id,
        salon_id=made.company.salon_id,
        api_key=made.api_key,
        connect_url=connect_url(made.company, made.token),
    )
    return answer, 201


def connect_url(owner: Company, token: str | None = None) -> str:
    """The address of the connect page, without the host.

    Args:
        token: of a link; none for a browser that is let in.
    """
    query = {"company": owner.company_id, "salon": owner.salon_id}
    return f"/marketplace/connect?{urlencode(({'token': token} if token else {}) | query)}"


def manage_url(owner: Company, section: str = "", *, token: str | None = None) -> str:
    """The address of the management page, or of a section of it such as `/bot`, without the host.

    Args:
        token: of a link, for a browser that is yet to be let in.
    """
    query = {"token": token, "company": owner.company_id} if token else {"company": owner.company_id}
    return f"/marketplace/manage{section}?{urlencode(query)}"


def entry_url(owner: Company, token: str, section: str = "") -> str:
    """The address of a section for a browser that has just been let in.

    The token stands behind the `#`, which no server and no log sees: see `web.manage.entry`.
    """
    return f"{manage_url(owner, section)}#token={token}"
