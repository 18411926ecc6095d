"""The way in, in a real browser: a link, a reload, a frame of another site, and a hostile page on another origin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.page.serving import database_url, module_database_url, redis_url
from tests.page.test_manage_page import address, salon, site
from tests.support.site import Salon, Site
from tests.support.tabs import Tabs

__all__ = ["address", "database_url", "module_database_url", "redis_url", "salon", "site"]
ATTACKS = """async ([base, company]) => {
  const url = `${base}/marketplace/manage/disconnect`;
  const named = { 'X-Company-Id': String(company) };
  const json = { 'Content-Type': 'application/json' };
  const ways = [
    { mode: 'no-cors' },
    { mode: 'no-cors', body: '{}', headers: { 'Content-Type': 'text/plain' } },
    { headers: named },
    { headers: { ...named, ...json }, body: '{}' },
    { mode: 'no-cors', referrerPolicy: 'no-referrer' },
  ].map((way) => ({ method: 'POST', credentials: 'include', ...way }));
  const seen = [];
  for (const way of ways) seen.push(await fetch(url, way).then((answer) => answer.type, () => 'refused'));
  const read = await fetch(`${base}/marketplace/manage/overview`, { credentials: 'include', headers: named })
    .then((answer) => answer.text(), () => 'refused');
  return [seen, read];
}"""
FORM = """([base, company]) => {
  const form = Object.assign(document.createElement('form'), { method: 'POST', enctype: 'text/plain' });
  form.action = `${base}/marketplace/manage/disconnect?company=${company}`;
  document.body.append(form);
  form.submit();
}"""
"""A page of its own then: browsers that keep cookies from frames of others send them there."""


@contextmanager
def hostile_site() -> Iterator[str]:
    """A page on an origin of its own, which has no rules for what it loads."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><link rel=icon href=data:,><title>evil</title><body>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    with tabs.lend(locale="ru-RU") as lent:
        lent.set_default_timeout(30_000)
        yield lent


def open_by_link(page: Page, address: str, salon: Salon) -> None:
    page.goto(f"{address}/marketplace/manage?token={salon.token}&company={salon.company_id}")
    page.wait_for_selector("main[data-ready]")


def is_linked(site: Site, salon: Salon) -> bool:
    with site.container.uow() as work:
        return work.companies.get(salon.company_id).whatsapp_connected


def cross_site(context: BrowserContext, address: str) -> None:
    """The cookie as https has it: sent to whatever page asks, which Lax would hide in this test."""
    cookies = [{**cookie, "sameSite": "None", "secure": True, "url": None} for cookie in context.cookies(address)]
    context.clear_cookies()
    context.add_cookies([{key: cookie[key] for key in cookie if key != "url"} for cookie in cookies])  # type: ignore[typeddict-item]


def test_the_token_leaves_the_address_and_a_reload_stays_in(page: Page, address: str, salon: Salon) -> None:
    open_by_link(page, address, salon)
    assert page.url == f"{address}/marketplace/manage?company={salon.company_id}"
    page.reload()
    page.wait_for_selector("main[data-ready]")
    assert salon.token not in page.content()
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0


def test_a_hostile_page_neither_changes_nor_reads_anything(
    page: Page, address: str, site: Site, salon: Salon
) -> None:
    open_by_link(page, address, salon)
    cross_site(page.context, address)
    page.reload()
    page.wait_for_selector("main[data-ready]")  # the cookie still opens our own page
    with hostile_site() as evil:
        page.goto(evil)
        seen, read = page.evaluate(ATTACKS, [address, salon.company_id])
        assert seen == ["opaque", "opaque", "refused", "refused", "opaque"]
        assert read == "refused"
        with page.expect_response("**/disconnect?*") as answer:
            page.evaluate(FORM, [address, salon.company_id])
        assert answer.value.status == 403  # 401 would say that the browser had sent no cookie along
    assert is_linked(site, salon)
    with site.container.uow() as work:
        assert [one.action for one in work.audit.recent(salon.company_id, limit=9)] == []


def test_a_frame_that_keeps_no_cookie_leads_to_a_tab_that_does(page: Page, address: str, salon: Salon) -> None:
    clean = f"{address}/marketplace/manage?company={salon.company_id}"
    page.goto(f"{clean}#token={salon.token}")  # where a link leads, and the cookie was not kept
    way = page.get_by_role("link", name="Открыть в новой вкладке")
    way.wait_for()
    assert page.url == clean
    assert page.get_by_role("link", name="Открыть YClients").is_visible()
    with page.expect_popup() as opened:
        way.click()
    opened.value.wait_for_selector("main[data-ready]")
    assert opened.value.url == clean
    opened.value.close()


def test_a_connected_phone_leads_on_to_the_cabinet(page: Page, address: str, salon: Salon) -> None:
    page.goto(f"{address}/marketplace/connect?token={salon.token}&company={salon.company_id}")
    page.get_by_role("link", name="Открыть кабинет").click()
    page.wait_for_selector("main.overview[data-ready]")
    assert page.url == f"{address}/marketplace/manage?company={salon.company_id}"
