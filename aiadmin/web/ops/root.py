"""The bare address: what this is, and where to read on."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aiadmin.texts import ru
from aiadmin.web.http import schemas
from aiadmin.web.http.request_context import current_container, wants_html
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("root", __name__)


@blueprint.get("/")
@documented(Operation(summary="Что это", answers={200: schemas.Root}, uses=False))
def root() -> ResponseReturnValue:
    """Redirect a person to the documentation where it is open; give a program its address."""
    if not wants_html():
        return {"success": True, "message": ru.ROOT, "docs": url_for("docs.page")}
    if current_container().config.open_docs:
        return redirect(url_for("docs.page"))
    return render_template("marketplace/install.html", title=ru.ROOT_TITLE, text=ru.ROOT_FOR_SALONS, code="root")
