"""The one way to lead a browser on."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response


def see_other(address: str) -> Response:
    """An answer that has the browser ask for another address of ours, without the host."""
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address}, mimetype="text/html")
