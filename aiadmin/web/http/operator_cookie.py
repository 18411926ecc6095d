"""The cookie of an operator's browser, apart from those of owners: it opens the console and nothing else.

`SameSite=Strict`: no link of another site arrives with it, let alone a form.
"""

from __future__ import annotations

import re

from flask import Response, request

from aiadmin.domain.console.operator_session import LASTS
from aiadmin.services.console.operators import OperatorSecret
from aiadmin.web.http.session_cookie import is_secure

NAME = "aiadmin-console"
SECURE_NAME = f"__Host-{NAME}"
"""A browser takes a cookie of such a name from this very host over https alone: no neighbour can plant one."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def read() -> OperatorSecret | None:
    """What this browser has shown; None where it is no secret of ours by its form."""
    shown = request.cookies.get(_name(), "")
    return OperatorSecret(shown) if _SECRET.fullmatch(shown) else None


def put(response: Response, secret: OperatorSecret) -> Response:
    """Have the browser keep its secret until the session ends at the latest."""
    response.set_cookie(
        _name(), secret.clear, max_age=LASTS, secure=is_secure(), httponly=True, samesite="Strict", path="/"
    )
    return response


def remove(response: Response) -> Response:
    """Have the browser forget its secret."""
    response.delete_cookie(_name(), secure=is_secure(), httponly=True, samesite="Strict", path="/")
    return response


def _name() -> str:
    return SECURE_NAME if is_secure() else NAME
