"""The list of salons: found, filtered, paged, in a number of statements that does not grow, and without markup."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine, event, text

from aiadmin.domain.console.directory import PAGE
from tests.support.console_browser import Operator
from tests.support.lived_salon import MARKUP
from tests.support.site import PHONE, Site

MOST_STATEMENTS = 9


def add_salons(site: Site, count: int) -> None:
    statement = text(
        "INSERT INTO companies (yclients_id, title, integration_status, whatsapp_phone, whatsapp_connected)"
        " SELECT 700000 + n, 'Салон ' || n, 'active', '7900' || lpad(n::text, 7, '0'), true"
        " FROM generate_series(1, :count) AS n"
    )
    with site.container.engine.begin() as connection:
        connection.execute(statement, {"count": count})


def execute(site: Site, statement: str, **given: object) -> None:
    with site.container.engine.begin() as connection:
        connection.execute(text(statement), given)


def listed(operator: Operator, **query: object) -> list[str]:
    answer = operator.get("", **query)
    assert answer.status_code == 200
    return re.findall(r'<a class="title" href="/console/salons/\d+">([^<]*)</a>', answer.text)


def statements(site: Site, operator: Operator, path: str) -> int:
    found: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", look)
    try:
        assert operator.get(path).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    return len(found)


def test_salons_are_found_by_name_by_number_and_by_the_last_digits_of_a_phone(site: Site, operator: Operator) -> None:
    add_salons(site, 60)
    mint = site.register()
    site.link(mint)
    execute(site, "UPDATE companies SET title = 'Студия «Мята»' WHERE yclients_id = 962302")
    for search in ("мята", "СТУДИЯ мята", "962302", str(mint.company_id), PHONE[-4:], PHONE, "+7 900 123-45-67"):
        assert "Студия «Мята»" in listed(operator, search=search), search
    assert listed(operator, search=PHONE[-4:]) == ["Студия «Мята»"]
    for search in ("67", "мята салон", "%", "_", "' OR 1=1 --", "9" * 60):
        assert listed(operator, search=search) == [], search
    assert PHONE not in operator.get("").text


def test_the_list_is_paged_and_costs_the_same_however_long_it_is(site: Site, operator: Operator) -> None:
    add_salons(site, 3)
    few = statements(site, operator, "")
    add_salons_more(site)
    assert statements(site, operator, "") == few <= MOST_STATEMENTS
    first, second = listed(operator), listed(operator, page=2)
    assert (len(first), len(second)) == (PAGE, PAGE)
    assert not set(first) & set(second)
    assert len(listed(operator, page=10**5)) <= PAGE
    for odd in ("0", "-1", "x", "9" * 50):
        assert listed(operator, page=odd) == first


def add_salons_more(site: Site) -> None:
    with site.container.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO companies (yclients_id, title, integration_status)"
                " SELECT 800000 + n, 'Ещё ' || n, 'active' FROM generate_series(1, 3000) AS n"
            )
        )


def test_each_part_has_its_salons_and_who_needs_somebody_comes_first_with_the_reason(
    site: Site, operator: Operator
) -> None:
    names = {1: "well", 2: "failed", 3: "frozen", 4: "paused", 5: "new", 6: "left", 7: "bare"}
    for number in names:
        salon = site.register(number)
        if number not in {5, 7}:
            site.link(salon, f"7900000000{number}")
    execute(site, "UPDATE companies SET title = 'no ' || yclients_id, integration_status = 'active'")
    for number, status in ((2, "activation_failed"), (3, "frozen"), (5, "pending"), (6, "uninstalled")):
        execute(
            site,
            "UPDATE companies SET integration_status = :status WHERE yclients_id = :id",
            status=status,
            id=number,
        )
    execute(site, "UPDATE companies SET messages_paused_at = now() WHERE yclients_id = 4")
    execute(
        site,
        "INSERT INTO session_hosts (id, lease_until, capacity, name) VALUES"
        " ('00000000-0000-0000-0000-000000000007', now() + interval '1 hour', 9, 'vm-1');"
        "UPDATE devices SET host_id = '00000000-0000-0000-0000-000000000007', observed = 'online'",
    )
    assert listed(operator, part="attention") == ["no 2", "no 7"]
    assert listed(operator, part="frozen") == ["no 3"]
    assert listed(operator, part="paused") == ["no 4"]
    assert listed(operator, part="unconnected") == ["no 7", "no 5"]
    assert listed(operator, part="left") == ["no 6"]
    assert listed(operator) == ["no 2", "no 7", "no 5", "no 4", "no 3", "no 1"]
    page = operator.get("", part="attention").text
    assert "YClients не подтвердил включение" in page
    assert "включён, но без телефона" in page
    assert "vm-1" in page
    assert listed(operator, part="nonsense") == listed(operator)


@pytest.mark.parametrize("title", [MARKUP, "x" * 255, ""])
def test_a_hostile_name_is_text(site: Site, operator: Operator, title: str) -> None:
    site.register()
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET title = :title"), {"title": title})
    for page in (operator.get("").text, operator.get("", search=MARKUP).text):
        assert "<img" not in page.replace("<img class", "")
        assert "<script" not in page
