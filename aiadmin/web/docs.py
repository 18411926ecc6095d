"""The API described to programs and to people."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from aiadmin.web.current import container
from aiadmin.web.openapi import document
from aiadmin.web.operation import Operation, documented

blueprint = Blueprint("docs", __name__)


@blueprint.get("/openapi.json")
@documented(Operation(summary="Описание API для программ", answers={200: "application/json"}, uses=False))
def openapi() -> dict[str, object]:
    """The OpenAPI 3.1 document."""
    return document(current_app, container().config)


@blueprint.get("/docs")
@documented(Operation(summary="Описание API для людей", answers={200: "text/html"}, uses=False))
def page() -> str:
    """The same document as a page."""
    return render_template("docs.html", document=document(current_app, container().config))
