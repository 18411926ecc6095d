"""What pages weigh on a slow network: texts come as gzip, and scripts together."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

import pytest
from werkzeug.test import TestResponse

from aiadmin.web.http.compression import LEAST_BYTES, padded
from tests.support.site import Salon, Site

MANAGE = "/marketplace/manage"
SECTIONS = ("", "/chats", "/sending", "/texts", "/bot", "/connection", "/help")
IMPORT = re.compile(r"from '(.+?)'")


def _get(site: Site, path: str, accepted: str, **headers: str) -> TestResponse:
    return site.client.get(path, headers={"Accept-Encoding": accepted, **headers}, buffered=True)


@pytest.fixture
def stylesheet(site: Site, salon: Salon) -> str:
    page = site.client.get(f"{MANAGE}/help?token={salon.token}", follow_redirects=True).text
    return re.findall(r'"(/static/[^"]+/manage/manage\.css)"', page)[0]


def test_a_page_comes_as_gzip_to_whoever_takes_it(site: Site, salon: Salon) -> None:
    site.client.get(f"{MANAGE}?token={salon.token}")
    page = f"{MANAGE}/help?company={salon.company_id}"
    packed, plain = _get(site, page, "gzip, deflate, br"), _get(site, page, "gzip;q=0, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "<h1>Помощь</h1>" in gzip.decompress(packed.data).decode()
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_short_answer_comes_as_it_is(site: Site) -> None:
    answer = _get(site, "/nowhere", "gzip")
    assert "Content-Encoding" not in answer.headers
    assert 0 < len(answer.data) < LEAST_BYTES


def test_how_long_a_page_is_does_not_tell_what_it_repeats() -> None:
    text = b"a secret of somebody " * 100
    lengths = {len(padded(text)) for _ in range(40)}
    assert len(lengths) > 10
    assert gzip.decompress(padded(text)) == text


def test_a_file_comes_as_gzip_and_is_known_again(site: Site, stylesheet: str) -> None:
    packed, plain = _get(site, stylesheet, "gzip"), _get(site, stylesheet, "identity")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = _get(site, stylesheet, "gzip", **{"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    part = _get(site, stylesheet, "gzip", Range="bytes=0-9")
    assert (part.status_code, part.data) == (206, plain.data[:10])


def test_a_section_names_every_script_that_its_own_imports(site: Site, salon: Salon) -> None:
    """A browser would find them one behind the other, a trip of the network for each."""
    site.client.get(f"{MANAGE}?token={salon.token}")
    for section in SECTIONS:
        page = site.client.get(f"{MANAGE}{section}?company={salon.company_id}").text
        named = set(re.findall(r'(?:src|href)="(/static/[^"]+\.js)"', page))
        assert named
        for script in named:
            imported = {urljoin(script, address) for address in IMPORT.findall(_get(site, script, "gzip;q=0").text)}
            assert imported <= named, section
