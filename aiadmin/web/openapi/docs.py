"""The API described to programs and to people."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from aiadmin.web.http.request_context import current_container
from aiadmin.web.openapi.document import document
from aiadmin.web.openapi.json_schema import Node
from aiadmin.web.openapi.operation import Operation, documented

_DOCUMENT, _PAGE = "openapi_document", "docs_page"
blueprint = Blueprint("docs", __name__)


@blueprint.get("/openapi.json")
@documented(Operation(summary="Описание API для программ", answers={200: "application/json"}, uses=False))
def openapi() -> dict[str, object]:
    """The OpenAPI 3.1 document."""
    return _document()


@blueprint.get("/docs")
@documented(Operation(summary="Описание API для людей", answers={200: "text/html"}, uses=False))
def page() -> str:
    """The same document as a page."""
    made: dict[str, str] = current_app.extensions
    if _PAGE not in made:
        made[_PAGE] = render_template("docs.html", document=_document())
    return made[_PAGE]


def _document() -> Node:
    """Made once: routes and settings stay as the process began, and anybody may ask for it, again and again."""
    made: dict[str, Node] = current_app.extensions
    if _DOCUMENT not in made:
        made[_DOCUMENT] = document(current_app, current_container().config)
    return made[_DOCUMENT]
