"""POST /marketplace/register and the connect-link route."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from tests.support.site import ADMIN, SALON, MakeSite, Refused, Salon, Site

REGISTER = "/marketplace/register"


def test_a_salon_gets_what_the_specification_promises_and_nothing_more(site: Site) -> None:
    answer = site.client.post(
        REGISTER, json={"salon_id": SALON, "phone": "79001234567", "email": "salon@example.com"}
    )

    body = answer.get_json()
    assert answer.status_code == 201
    assert set(body) == {"success", "company_id", "salon_id", "api_key", "connect_url"}
    assert (body["success"], body["salon_id"]) == (True, SALON)
    assert re.fullmatch(r"sk_[\w-]{43}", body["api_key"])
    address = urlsplit(body["connect_url"])
    query = parse_qs(address.query)
    assert address.path == "/marketplace/connect"
    assert (query["company"], query["salon"]) == ([str(body["company_id"])], [str(SALON)])
    assert answer.headers["Cache-Control"] == "no-store"


def test_unknown_fields_are_ignored_and_texts_are_trimmed(site: Site) -> None:
    given = {"salon_id": " 1"[1:], "phone": " 8 (900) 123-45-67 ", "email": " salon@example.com ", "title": 5}

    body = site.client.post(REGISTER, json=given).get_json()

    with site.container.uow() as work:
        company = work.companies.get(body["company_id"])
    assert (company.phone, company.email) == ("79001234567", "salon@example.com")


def test_a_salon_id_is_a_number_or_its_digits(site: Site, refused: Refused) -> None:
    assert site.client.post(REGISTER, json={"salon_id": "5"}).get_json()["salon_id"] == 5
    refused(site.client.post(REGISTER, json={"salon_id": 5}), 409, "salon-taken")
    for wrong in ("962302abc", True, 1.0, 0, -1, 2**31, None):
        body = refused(site.client.post(REGISTER, json={"salon_id": wrong}), 400, "invalid")
        assert list(body["fields"]) == ["salon_id"]


def test_a_missing_salon_id_is_named(site: Site, refused: Refused) -> None:
    body = refused(site.client.post(REGISTER, json={}), 400, "invalid")

    assert body["fields"] == {"salon_id": "Обязательное поле."}


def test_a_registered_salon_is_refused_and_nothing_about_it_changes(
    site: Site, salon: Salon, refused: Refused
) -> None:
    site.link(salon)
    before = _company(site, salon)

    body = refused(site.client.post(REGISTER, json={"salon_id": salon.salon_id}), 409, "salon-taken")

    assert "sk_" not in str(body)
    assert _company(site, salon) == before
    assert site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.bearer).status_code == 200


def test_closed_registration_opens_with_the_admin_key_alone(make_site: MakeSite, refused: Refused) -> None:
    site = make_site(open_registration=False)

    refused(site.client.post(REGISTER, json={"salon_id": 1}), 403, "registration-closed")
    refused(site.client.post(REGISTER, json={"salon_id": 1}, headers={"X-API-Key": "x"}), 403, "registration-closed")
    assert site.client.post(REGISTER, json={"salon_id": 1}, headers=ADMIN).status_code == 201


def test_no_admin_key_means_no_admin(make_site: MakeSite, refused: Refused) -> None:
    site = make_site(open_registration=False, admin_api_key="")

    for headers in ({}, {"X-API-Key": ""}):
        refused(site.client.post(REGISTER, json={"salon_id": 1}, headers=headers), 403, "registration-closed")
        refused(site.client.get("/marketplace/companies", headers=headers), 401, "unauthorized")


def test_a_new_link_revokes_the_old_one(site: Site, salon: Salon, refused: Refused) -> None:
    address = f"/marketplace/companies/{salon.company_id}/connect-link"
    status = f"/marketplace/status/{salon.company_id}"

    for headers in (salon.key, ADMIN):
        answer = site.client.post(address, headers=headers)
        assert answer.status_code == 201

    token = parse_qs(urlsplit(answer.get_json()["connect_url"]).query)["token"][0]
    assert site.client.get(status, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    refused(site.client.get(status, headers=salon.bearer), 401, "link-revoked")


def test_a_link_is_given_only_to_the_company_itself(site: Site, salon: Salon, refused: Refused) -> None:
    other = site.register(salon_id=7)
    address = f"/marketplace/companies/{salon.company_id}/connect-link"

    refused(site.client.post(address, headers=other.key), 404, "company-not-found")
    refused(site.client.post(address, headers={"X-API-Key": "sk_wrong"}), 401, "unauthorized")
    refused(site.client.post(address, headers=salon.bearer), 401, "unauthorized")
    refused(site.client.post(address), 401, "unauthorized")
    refused(site.client.post("/marketplace/companies/999999/connect-link", headers=ADMIN), 404, "company-not-found")


def _company(site: Site, salon: Salon) -> object:
    with site.container.uow() as work:
        return work.companies.get(salon.company_id)
