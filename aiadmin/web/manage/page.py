"""The management page of a salon that is set up."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from aiadmin.domain.errors import LinkError, LinkInvalidError
from aiadmin.services.manage import overview
from aiadmin.texts import ru
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.companies.registration import connect_url
from aiadmin.web.http.errors import answer_to
from aiadmin.web.http.request_context import company, current_container
from aiadmin.web.openapi.operation import Operation, documented
from aiadmin.web.pairing.connect_page import SOCKET_PATH

blueprint = Blueprint("manage", __name__)

YCLIENTS_JOURNAL = "https://yclients.com/timetable/{salon_id}"
"""Where an owner sees the salon's bookings there; no address of its settings is documented."""


@blueprint.get("/marketplace/manage")
@documented(
    Operation(
        summary="Страница управления салоном",
        answers={200: "text/html"},
        query={"token": "Токен из ссылки", "company": "Номер компании"},
        needed=("token",),
        errors=(401,),
    )
)
def page() -> str:
    """The page of the company that the token opens; `company` must not contradict it."""
    owner = company()
    if request.args.get("company", str(owner.company_id)) != str(owner.company_id):
        raise LinkInvalidError
    token = request.args["token"]
    return render_template(
        "marketplace/manage.html",
        owner=owner,
        zone=overview.zone(owner.company_id, uow=current_container().uow),
        token=token,
        connect_url=connect_url(owner, token),
        journal_url=YCLIENTS_JOURNAL.format(salon_id=owner.salon_id),
        words=texts_manage.PAGE,
        socket_url_path=SOCKET_PATH,
    )


@blueprint.errorhandler(LinkError)
def closed(error: LinkError) -> Response:
    """A page for people, with what this tab remembers of links that work."""
    answer = answer_to(error)
    words = {"title": texts_manage.REFUSED_TITLE, "text": ru.ERRORS[answer.code], "code": answer.code}
    page = render_template("marketplace/install.html", **words)
    return Response(page, status=answer.status, mimetype="text/html")
