"""The API's documentation page: made on the server from the OpenAPI document, without anybody else's script."""

from __future__ import annotations

import json

from tests.page.conftest import ConnectPage


def test_an_operation_shows_its_route_access_parameters_and_errors(connect: ConnectPage) -> None:
    connect.page.goto(f"{connect.base}/docs")
    shown = connect.page.inner_text("#salons_register")
    for words in (
        "Зарегистрировать салон",
        "POST",
        "/salons/{salon_id}",
        "apiKey",
        "salon_id",
        "429",
        "Too Many Requests",
    ):
        assert words in shown
    assert "или без ключа" in shown
    assert "открыт" in connect.page.inner_text("#health")


def test_the_example_is_a_command_that_can_be_run(connect: ConnectPage) -> None:
    connect.page.goto(f"{connect.base}/docs")
    command = connect.page.inner_text("#salons_register .sample code")
    assert command.startswith(
        'curl -X POST "https://ai-admin.app/salons/{salon_id}?key=..." \\\n  -H "X-API-Key: sk_..."'
    )
    body = json.loads(command.split("-d '")[1].rstrip("'"))
    assert body == {
        "id": 962302,
        "title": "Студия <Мята>",
        "status": "active",
        "stats": {"total": 100},
        "since": "2025-01-16T10:00:00Z",
    }


def test_the_index_leads_to_every_section(connect: ConnectPage) -> None:
    connect.page.goto(f"{connect.base}/docs")
    targets = connect.page.eval_on_selector_all("nav a", "links => links.map((link) => link.hash)")
    assert targets == ["#errors", "#socket", "#tag-salons", "#tag-health"]
    assert all(connect.page.locator(target).count() == 1 for target in targets)


def test_the_error_page_names_the_request(connect: ConnectPage) -> None:
    connect.page.goto(f"{connect.base}/error")
    assert connect.page.inner_text("h1") == "Такой страницы нет"
    assert "req-7" in connect.page.inner_text("main")


def test_the_socket_is_described_with_its_events_and_a_client(connect: ConnectPage) -> None:
    connect.page.goto(f"{connect.base}/docs")
    shown = connect.page.inner_text("#socket")
    for words in ("/marketplace", "auth.token", "qr-update", "whatsapp-connected", "request-qr", "expiresIn", "io("):
        assert words in shown
