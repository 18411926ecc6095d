"""The settings and texts of a salon's messages: checked as a whole, kept, previewed, tried out, and its own alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from aiadmin.domain.journal.journal import SalonDetails, Service, StaffMember
from aiadmin.texts.ru import notices as notice_texts
from tests.support.site import Refused, Salon, Site

API = "/marketplace/manage"


def show(site: Site, salon: Salon) -> dict[str, Any]:
    answer = site.client.get(f"{API}/settings", headers=salon.bearer)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def post(site: Site, salon: Salon, path: str, **body: Any) -> TestResponse:
    return site.client.post(f"{API}/{path}", headers=salon.bearer, json=body)


def outbox(site: Site) -> list[tuple[int, str, str]]:
    with site.container.engine.connect() as connection:
        rows = connection.execute(text("SELECT company_id, purpose, text FROM outbox_messages ORDER BY id"))
        return [(row.company_id, row.purpose, row.text) for row in rows]


def test_a_salon_that_has_set_nothing_sees_the_defaults(site: Site, salon: Salon) -> None:
    seen = show(site, salon)
    assert seen["settings"]["booked"] is True
    assert seen["settings"]["review"] is False
    assert seen["settings"]["day_at"] == "18:00"
    assert [one["kind"] for one in seen["texts"]] == list(notice_texts.TEMPLATES)
    assert not any(one["is_own"] for one in seen["texts"])
    assert "Анна" in seen["texts"][0]["preview"]
    assert "{" not in seen["texts"][0]["preview"]


def test_a_preview_is_of_the_salons_own_journal_with_its_holes(site: Site, salon: Salon) -> None:
    """Y13: an owner sees what a client would, also where the salon has no address."""
    now = site.container.clock()
    facts = SalonDetails(salon_id=1, title="Салон", timezone="Asia/Almaty", currency="₸", raw={"id": 1})
    with site.container.uow() as work:
        work.journal.set_salon(salon.company_id, facts)
        work.journal.put_staff(salon.company_id, [StaffMember(staff_id=1, name="Динара")], now)
        work.journal.put_services(
            salon.company_id, [Service(service_id=1, title="Маникюр", price_min=Decimal(9000))], now
        )
        work.commit()
    seen = show(site, salon)["texts"][0]["preview"]
    assert "Услуга: Маникюр\nМастер: Динара\nСтоимость: 9\xa0000\xa0₸\n" in seen
    assert "Адрес" not in seen
    template = "Ждём вас {date}! Наш адрес — {address}, вход со двора."
    preview = post(site, salon, "text/preview", template=template).get_json()["preview"]
    assert preview.endswith("!")
    assert "адрес" not in preview


@pytest.mark.parametrize(
    ("link", "shown"), [("", None), ("https://reviews.example/salon", "https://reviews.example/salon")]
)
def test_y13_the_preview_of_each_kind_has_the_link_of_that_kind(
    site: Site, salon: Salon, link: str, shown: str | None
) -> None:
    assert post(site, salon, "settings", settings={"review_link": link}).status_code == 200
    previews = {one["kind"]: one["preview"] for one in show(site, salon)["texts"]}
    assert ("Оставить отзыв" in previews["review"]) is (shown is not None)
    for kind, read in (
        ("review", shown),
        ("booked", "https://n1.yclients.com"),
        ("reminder_day", "https://n1.yclients.com"),
    ):
        draft = post(site, salon, "text/preview", kind=kind, template="Ждём вас. Ссылка: {link}").get_json()[
            "preview"
        ]
        assert draft == ("Ждём вас." if read is None else f"Ждём вас. Ссылка: {read}")
        kept = post(site, salon, "text", kind=kind, template="Ждём вас. Ссылка: {link}").get_json()["preview"]
        assert kept == draft
        post(site, salon, "text/trial", kind=kind, template="Ждём вас. Ссылка: {link}", phone="79001234567")
        assert outbox(site)[-1][2] == draft
    unnamed = post(site, salon, "text/preview", template="Ссылка: {link}").get_json()["preview"]
    assert unnamed == "Ссылка: https://n1.yclients.com"


@pytest.mark.parametrize(
    ("kind", "template"),
    [
        ("review", "Оставьте отзыв: {link}"),
        ("booked", "Адрес: {address}."),
        ("cancelled", "Запись по адресу {address} отменена."),
        ("reminder_day", "Адрес: {address}. Придёте?"),
    ],
)
def test_m3_a_text_of_which_nothing_is_left_is_previewed_and_tried_out_as_clients_read_it(
    site: Site, salon: Salon, kind: str, template: str
) -> None:
    with site.container.uow() as work:
        facts = SalonDetails(salon_id=1, title="Салон", timezone="Asia/Almaty", raw={"id": 1})
        work.journal.set_salon(salon.company_id, facts)
        work.commit()
    ours = next(one for one in show(site, salon)["texts"] if one["kind"] == kind)["preview"]
    assert post(site, salon, "text/preview", kind=kind, template=template).get_json()["preview"] == ours
    assert post(site, salon, "text", kind=kind, template=template).get_json()["preview"] == ours
    trial = post(site, salon, "text/trial", kind=kind, template=template, phone="+7 900 123-45-67")
    assert trial.status_code == 202, trial.text
    assert outbox(site) == [(salon.company_id, "trial", ours)]


def test_y16_the_preview_of_a_reminder_shows_what_who_has_confirmed_reads(site: Site, salon: Salon) -> None:
    texts = {one["kind"]: one for one in show(site, salon)["texts"]}
    assert texts["booked"]["preview_confirmed"] is None
    assert "Всё в силе?" in texts["reminder_hours"]["preview"]
    assert "?" not in texts["reminder_hours"]["preview_confirmed"]
    seen = post(site, salon, "text/preview", kind="reminder_day", template="Ждём вас в {time}. Придёте?").get_json()
    assert (seen["preview"], seen["preview_confirmed"]) == ("Ждём вас в 14:30. Придёте?", "Ждём вас в 14:30.")
    plain = post(site, salon, "text/preview", kind="reminder_day", template="Ждём вас в {time}.").get_json()
    assert plain["preview_confirmed"] == "Ждём вас в 14:30."
    ours = post(site, salon, "text/preview", kind="reminder_day", template="Придёте?").get_json()
    assert ours["preview_confirmed"].startswith("Здравствуйте, Анна!\nНапоминаем: ждём вас")


def test_settings_are_changed_one_by_one(site: Site, salon: Salon) -> None:
    assert post(site, salon, "settings", settings={"review": True}).status_code == 200
    assert post(site, salon, "settings", settings={"day_at": "17:30"}).get_json()["settings"]["review"] is True
    assert show(site, salon)["settings"]["day_at"] == "17:30"
    with site.container.uow() as work:
        entries = work.audit.recent(salon.company_id, limit=5)
    assert [(one.actor, one.action, dict(one.details)) for one in entries] == [
        ("owner", "messages.settings", {"day_at": "17:30"}),
        ("owner", "messages.settings", {"review": True}),
    ]


WRONG: list[tuple[dict[str, Any], set[str]]] = [
    ({"day_at": "25:00", "hours_before": 0, "booked": False}, {"day_at", "hours_before"}),
    ({"day_at": "22:00"}, {"day_at"}),
    ({"review_link": "javascript:alert(1)"}, {"review_link"}),
    ({"unheard_of": 1}, {"unheard_of"}),
    ({"most_a_day": True}, {"most_a_day"}),
]


def test_where_one_setting_is_wrong_nothing_is_changed(site: Site, salon: Salon, refused: Refused) -> None:
    before = show(site, salon)["settings"]
    for settings, wrong in WRONG:
        body = refused(post(site, salon, "settings", settings=settings), 422, "settings-invalid")
        assert body["fields"].keys() == wrong
        assert show(site, salon)["settings"] == before, settings


def test_a_text_becomes_the_salons_own_and_ours_again(site: Site, salon: Salon) -> None:
    kept = post(site, salon, "text", kind="booked", template="Ждём вас {date}, {name}!")
    assert (kept.status_code, kept.get_json()["is_own"]) == (200, True)
    assert "Анна!" in kept.get_json()["preview"]
    assert show(site, salon)["texts"][0]["template"] == "Ждём вас {date}, {name}!"
    reset = post(site, salon, "text", kind="booked", template=None).get_json()
    assert (reset["is_own"], reset["template"]) == (False, notice_texts.TEMPLATES["booked"])  # type: ignore[index]


BAD_TEXTS = [
    ("Ждём {nmae}", 5),
    ("Ждём {name", 5),
    ("{name.__class__}", 0),
    ("", 0),
    ("я" * 1001, 1000),
    ("Ждём\x07", 4),
]


@pytest.mark.parametrize("path", ["text", "text/preview", "text/trial"])
def test_a_bad_text_is_refused_with_the_place_of_its_fault(
    site: Site, salon: Salon, refused: Refused, path: str
) -> None:
    for template, position in BAD_TEXTS:
        answer = post(site, salon, path, kind="booked", template=template, phone="79001234567")
        body = refused(answer, 422, "template-invalid")
        assert body["position"] == position, template
        assert body["flaw"], template
        assert (show(site, salon)["texts"][0]["is_own"], outbox(site)) == (False, []), template


def test_a_bad_request_is_refused(site: Site, salon: Salon, refused: Refused) -> None:
    bad: list[tuple[str, dict[str, Any]]] = [
        ("settings", {}),
        ("settings", {"settings": []}),
        ("text", {"kind": "unknown", "template": "а"}),
        ("text", {"kind": "booked"}),
        ("text", {"kind": "booked", "template": 5}),
        ("text/preview", {"template": "я" * 5001}),
        ("text/trial", {"template": "Ждём", "phone": "123"}),
    ]
    for path, body in bad:
        refused(post(site, salon, path, **body), 400, "invalid")


def test_a_text_is_tried_out_on_a_phone_so_often_a_day(site: Site, salon: Salon, refused: Refused) -> None:
    for _ in range(20):
        sent = post(site, salon, "text/trial", template="Ждём вас, {name}!", phone="+7 900 123-45-67")
        assert sent.status_code == 202
    refused(post(site, salon, "text/trial", template="Ждём вас!", phone="79001234567"), 429, "too-many-trials")
    assert outbox(site) == [(salon.company_id, "trial", "Ждём вас, Анна!")] * 20


def test_another_salons_wishes_are_its_own(site: Site, salon: Salon) -> None:
    other = site.register(962303)
    post(site, salon, "text", kind="booked", template="Наш текст")
    post(site, salon, "settings", settings={"booked": False})
    seen = show(site, other)
    assert (seen["settings"]["booked"], seen["texts"][0]["is_own"]) == (True, False)


def test_nothing_is_set_without_the_token_in_the_header(site: Site, salon: Salon, refused: Refused) -> None:
    for path in ("settings", "text", "text/preview", "text/trial"):
        refused(site.client.post(f"{API}/{path}?token={salon.token}", json={}), 401, "link-invalid")
