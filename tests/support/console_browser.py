"""An operator's browser: logs in at the console, and sends its forms as the pages have them."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.site import ADMIN_KEY, Site

CONSOLE = "/console"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


class Operator:
    """A browser with cookies of its own."""

    def __init__(self, site: Site, name: str = "Ада") -> None:
        self.client: FlaskClient = site.client.application.test_client()
        self.name, self.form_token = name, ""

    def log_in(self, key: str = ADMIN_KEY, **more: Any) -> TestResponse:
        form = {"key": key, "operator": self.name, **more}
        answer = self.client.post(f"{CONSOLE}/login", data=form, headers=OUR_PAGE)
        if answer.status_code == 303:
            found = re.search(r'name="form_token" value="(\w+)"', self.get("").text)
            assert found is not None
            self.form_token = found[1]
        return answer

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"{CONSOLE}{path}", query_string=query or None, headers={"Accept": "text/html"})

    def post(self, path: str, **form: Any) -> TestResponse:
        given = {"form_token": self.form_token, **form}
        return self.client.post(f"{CONSOLE}{path}", data=given, headers=OUR_PAGE)
