"""The connect page, the QR code, the status and the counts."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.pairing_store import PairingProgress
from aiadmin.adapters.tokens import JwtTokens
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.pairing.attempt import PairingState
from aiadmin.texts import ru
from aiadmin.web.pairing import qr
from tests.support.site import ADMIN, PHONE, MakeSite, Refused, Salon, Site

STATUS_FIELDS = {
    "success",
    "company_id",
    "whatsapp_connected",
    "whatsapp_phone",
    "integration_status",
    "connected_at",
    "reason",
}


def status(salon: Salon) -> str:
    return f"/marketplace/status/{salon.company_id}"


def connect(salon: Salon, token: str = "", company: object = "", salon_id: object = "") -> str:
    company, salon_id = company or salon.company_id, salon_id or salon.salon_id
    return f"/marketplace/connect?token={token or salon.token}&company={company}&salon={salon_id}"


def expired_token(site: Site, salon: Salon) -> str:
    yesterday = datetime.now(UTC) - timedelta(hours=24, seconds=1)
    return JwtTokens(site.container.config.jwt_secret).issue(salon.company_id, "jti", yesterday)


def test_a_link_its_key_and_the_admin_read_a_status(site: Site, salon: Salon) -> None:
    for headers in (salon.bearer, salon.key, ADMIN):
        answer = site.client.get(status(salon), headers=headers)
        assert answer.status_code == 200
        assert set(answer.get_json()) == STATUS_FIELDS
        assert answer.get_json()["integration_status"] == "pending"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_linked_salon_reads_its_whole_number_and_when(site: Site, salon: Salon) -> None:
    site.link(salon)

    body = site.client.get(status(salon), headers=salon.key).get_json()

    assert (body["whatsapp_connected"], body["whatsapp_phone"]) == (True, PHONE)
    assert body["integration_status"] == "activating"
    assert body["connected_at"].endswith("Z")
    assert datetime.now(UTC) - datetime.fromisoformat(body["connected_at"]) < timedelta(minutes=1)


def test_a_failed_activation_says_why_in_words(site: Site, salon: Salon) -> None:
    with site.container.uow() as work:
        work.companies.set_activation_failed(salon.company_id, "unknown_salon")
        work.commit()

    body = site.client.get(status(salon), headers=salon.key).get_json()

    assert body["integration_status"] == IntegrationStatus.ACTIVATION_FAILED
    assert "филиал" in body["reason"]


def test_another_companys_key_learns_nothing_not_even_that_the_company_exists(
    site: Site, salon: Salon, refused: Refused
) -> None:
    other = site.register(salon_id=7)

    there = refused(site.client.get(status(salon), headers=other.key), 404, "company-not-found")
    nowhere = refused(site.client.get("/marketplace/status/999999", headers=other.key), 404, "company-not-found")
    refused(site.client.get(status(salon), headers=other.bearer), 404, "company-not-found")
    assert there["error"] == nowhere["error"]


def test_a_status_needs_a_key_that_works(site: Site, salon: Salon, refused: Refused) -> None:
    for headers in ({}, {"X-API-Key": "sk_x"}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}):
        refused(site.client.get(status(salon), headers=headers), 401, "unauthorized")
    for token in ("x", "a.b.c", salon.token[:-2], salon.token + "A"):
        headers = {"Authorization": f"Bearer {token}"}
        refused(site.client.get(status(salon), headers=headers), 401, "link-invalid")
    headers = {"Authorization": f"Bearer {expired_token(site, salon)}"}
    refused(site.client.get(status(salon), headers=headers), 401, "link-expired")


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", "2147483648", "99999999999999999999"])
def test_a_company_id_that_cannot_be_is_not_found(site: Site, refused: Refused, number: str) -> None:
    refused(site.client.get(f"/marketplace/status/{number}", headers=ADMIN), 404, "not-found")


def test_the_connect_page_is_private_and_framed_by_yclients_alone(site: Site, salon: Salon) -> None:
    answer = site.client.get(connect(salon))

    policy = answer.headers["Content-Security-Policy"]
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert salon.token in answer.text
    assert f'data-company-id="{salon.company_id}"' in answer.text
    assert "frame-ancestors 'self' https://yclients.com https://*.yclients.com" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie, "of this browser's session, which leads on to the cabinet"
    assert salon.token not in cookie


@pytest.mark.parametrize(
    ("token", "company", "salon_id", "code"),
    [
        ("x", "", "", "link-invalid"),
        ("'><script>alert(1)</script>", "", "", "link-invalid"),
        ("", "999", "", "link-invalid"),
        ("", "", "1", "link-invalid"),
        ("", "0x1", "", "link-invalid"),
    ],
)
def test_a_link_that_does_not_open_says_so_on_the_page(
    site: Site, salon: Salon, token: str, company: str, salon_id: str, code: str
) -> None:
    answer = site.client.get(connect(salon, token=token, company=company, salon_id=salon_id))

    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert f'data-page-state="{code}"' in answer.text
    assert salon.token not in answer.text
    assert "<script>alert" not in answer.text


def test_an_old_link_says_that_it_is_old(site: Site, salon: Salon) -> None:
    answer = site.client.get(connect(salon, token=expired_token(site, salon)))
    assert (answer.status_code, 'data-page-state="link-expired"' in answer.text) == (401, True)

    site.client.post(f"/marketplace/companies/{salon.company_id}/connect-link", headers=salon.key)
    answer = site.client.get(connect(salon))
    assert (answer.status_code, 'data-page-state="link-revoked"' in answer.text) == (401, True)


def consented_at(site: Site, salon: Salon) -> datetime | None:
    with site.container.uow() as work:
        return work.companies.get(salon.company_id).consented_at


def test_the_code_comes_with_the_seconds_it_really_has(site: Site, salon: Salon) -> None:
    site.show_code(salon, text="2@ABC,def==", seconds=12.9)

    answer = site.client.get(f"/marketplace/qr/{salon.token}")

    assert answer.get_json() == {"success": True, "qr": "2@ABC,def==", "expires_in": 12}
    assert answer.headers["Cache-Control"] == "no-store"
    assert site.container.redis.exists(keys.watch(salon.company_id))


def test_the_code_comes_as_a_picture_of_any_size_or_in_pixels(site: Site, salon: Salon) -> None:
    site.show_code(salon)

    svg = site.client.get(f"/marketplace/qr/{salon.token}.svg")
    png = site.client.get(f"/marketplace/qr/{salon.token}.png")

    assert (svg.mimetype, png.mimetype) == ("image/svg+xml", "image/png")
    root = ET.fromstring(svg.data)  # noqa: S314 - made by us a moment ago
    assert root.attrib["viewBox"].startswith("0 0 ")
    assert "width" not in root.attrib
    image = Image.open(io.BytesIO(png.data))
    assert image.size[0] == image.size[1]
    assert len(image.getcolors() or []) == 2


def test_a_code_that_does_not_come_is_no_endless_wait(
    site: Site, salon: Salon, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qr, "WAIT", timedelta(milliseconds=200))

    answer = site.client.get(f"/marketplace/qr/{salon.token}")

    refused(answer, 503, "code-not-ready")
    assert int(answer.headers["Retry-After"]) > 0


def test_without_a_code_the_answer_says_where_the_pairing_stands(site: Site, salon: Salon, refused: Refused) -> None:
    site.container.pairing_store.set_state(salon.company_id, PairingProgress(state=PairingState.EXHAUSTED))

    body = refused(site.client.get(f"/marketplace/qr/{salon.token}"), 503, "code-not-ready")

    assert (body["state"], body["text"]) == ("exhausted", ru.PAIRING["exhausted"])


def test_a_pairing_at_rest_starts_again_when_asked_to(site: Site, salon: Salon) -> None:
    site.container.pairing_store.set_state(salon.company_id, PairingProgress(state=PairingState.EXHAUSTED))
    site.show_code(salon)

    assert site.client.get(f"/marketplace/qr/{salon.token}?again=1").status_code == 200
    assert list(site.container.pairing_store.queue()) == [salon.company_id]


def test_the_consent_of_a_page_without_sockets_is_kept(site: Site, salon: Salon) -> None:
    site.show_code(salon)
    assert site.client.get(f"/marketplace/qr/{salon.token}").status_code == 200
    assert consented_at(site, salon) is None
    assert site.client.get(f"/marketplace/qr/{salon.token}?consent=1").status_code == 200
    assert consented_at(site, salon) is not None


def test_a_page_that_is_opened_is_expected_unless_its_salon_is_connected(site: Site, salon: Salon) -> None:
    linked = site.register(5)
    site.link(linked)
    site.client.get(connect(linked, salon_id=5))
    assert not site.container.pairing_store.wants_prewarm()
    site.client.get(connect(salon))
    assert site.container.pairing_store.wants_prewarm()
    assert not site.container.redis.exists(keys.watch(salon.company_id))


def test_a_linked_salon_needs_no_code(site: Site, salon: Salon, refused: Refused) -> None:
    site.link(salon)

    refused(site.client.get(f"/marketplace/qr/{salon.token}"), 409, "already-connected")


def test_a_linked_salon_gets_a_code_when_it_wants_another_phone(site: Site, salon: Salon) -> None:
    site.link(salon)
    site.show_code(salon, text="2@another")

    answer = site.client.get(f"/marketplace/qr/{salon.token}?relink=1")

    assert answer.get_json()["qr"] == "2@another"
    assert site.client.get(f"/marketplace/qr/{salon.token}.svg?relink=1").status_code == 200


def test_a_code_is_shown_to_the_holder_of_the_link_alone(site: Site, salon: Salon, refused: Refused) -> None:
    site.show_code(salon)

    refused(site.client.get("/marketplace/qr/x"), 401, "link-invalid")
    refused(site.client.get("/marketplace/qr/x.svg"), 401, "link-invalid")
    refused(site.client.get(f"/marketplace/qr/{expired_token(site, salon)}"), 401, "link-expired")


def test_the_admin_counts_salons(site: Site, salon: Salon, refused: Refused) -> None:
    site.register(salon_id=7)
    site.link(salon)

    answer = site.client.get("/marketplace/companies", headers=ADMIN)

    assert answer.get_json() == {"success": True, "stats": {"total": 2, "connected": 1}}
    refused(site.client.get("/marketplace/companies"), 401, "unauthorized")
    refused(site.client.get("/marketplace/companies", headers=salon.key), 401, "unauthorized")


@pytest.mark.parametrize("open_docs", [True, False])
def test_the_root_says_what_this_is_and_leads_on(make_site: MakeSite, open_docs: bool) -> None:
    site = make_site(open_docs=open_docs)
    assert site.client.get("/").get_json()["docs"] == "/docs"
    page = site.client.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert ("Открыть YClients" in page.text, 'href="/docs"' in page.text) == (True, open_docs)
    assert "Открыть кабинет" not in page.text
    salon = site.register()
    site.client.get(f"/marketplace/manage?token={salon.token}")
    known = site.client.get("/", headers={"Accept": "text/html"}).text
    assert f'href="/marketplace/manage?company={salon.company_id}"' in known
