"""The API described to programs and to people."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aiadmin import texts
from aiadmin.web import schemas
from aiadmin.web.current import container, wants_html
from aiadmin.web.openapi import document
from aiadmin.web.operation import Operation, documented

blueprint = Blueprint("docs", __name__)


@blueprint.get("/")
@documented(Operation(summary="Что это", answers={200: schemas.Root}, uses=False))
def root() -> ResponseReturnValue:
    """A person is led to the documentation, a program is told where it is."""
    if wants_html():
        return redirect(url_for("docs.page"))
    return {"success": True, "message": texts.ROOT, "docs": url_for("docs.page")}


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
