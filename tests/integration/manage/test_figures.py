"""The overview's figures: what is counted, what is not claimed, and whose rows they are; the list of chats."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.manage.figures import AnswerDay, AttentionKind, Step
from aiadmin.services.manage import figures
from aiadmin.services.manage.figures import Summary
from aiadmin.texts.ru import overview as words
from aiadmin.web.manage import chart
from tests.support.lived_salon import MARKUP, Lived, live
from tests.support.site import Refused, Salon, Site

ZONE = "Europe/Moscow"
MANAGE = "/marketplace/manage"
DAY = date(2026, 11, 30)


@pytest.fixture
def lived(site: Site, salon: Salon) -> Salon:
    site.link(salon)
    live(site.container, salon.company_id)
    return salon


def summary(site: Site, salon: Salon, **more: Any) -> Summary:
    held = site.container
    with held.uow() as work:
        given = {"zone": ZONE, "is_bot_on": False, "work": work, "now": held.clock(), **more}
        return figures.summary(salon.company_id, **given)


def cards(site: Site, salon: Salon, **more: Any) -> dict[str, tuple[str, str]]:
    return {card.name: (card.value, card.below) for card in words.cards(summary(site, salon, **more).figures)}


def execute(site: Site, statement: str, **given: Any) -> None:
    with site.container.engine.begin() as connection:
        connection.execute(text(statement), given)


def test_of_a_salon_that_is_new_nothing_is_claimed(site: Site, salon: Salon) -> None:
    assert cards(site, salon) == {
        "Отправлено за 14 дней": ("0", "ещё ничего не уходило"),
        "Подтвердили визит": ("—", "вопросов ещё не было"),
        "Предупредили об отмене": ("—", "вопросов ещё не было"),
        "Не пришли": ("—", "в журнале не отмечено, кто пришёл"),
    }
    seen = summary(site, salon)
    assert (seen.attention, seen.steps.done) == ([], frozenset())
    assert (len(seen.days), sum(day.asked for day in seen.days)) == (14, 0)
    assert cards(site, salon, is_bot_on=True)["Записал бот"] == ("0", "визитов за 14 дней")


def test_two_weeks_are_counted(site: Site, lived: Salon) -> None:
    with site.container.engine.connect() as connection:
        asked, yes, no = connection.execute(
            text("SELECT count(*), count(*) FILTER (WHERE answer = 'yes'), count(*) FILTER (WHERE answer = 'no')"
                 " FROM questions WHERE timezone(:zone, asked_at) >= CAST(timezone(:zone, now()) AS date) - 13"),
            {"zone": ZONE},
        ).one()  # fmt: skip
    seen = summary(site, lived)
    figures = seen.figures
    assert (figures.asked, figures.confirmed, figures.declined) == (asked, yes, no)
    assert figures.freed == 2200 * no
    assert figures.delivered_share == 100
    assert sum(day.yes for day in seen.days) == yes
    assert [one.kind for one in seen.attention] == [AttentionKind.WAITS, AttentionKind.NOT_REACHED]
    assert seen.attention[0].words == Lived.said
    assert seen.steps.done == {Step.PHONE, Step.FIRST}


def test_a_question_that_never_left_was_not_asked(site: Site, lived: Salon) -> None:
    execute(site, "UPDATE outbox_messages SET state = 'failed', delivered_at = NULL, read_at = NULL")
    seen = summary(site, lived)
    assert (seen.figures.sent, seen.figures.asked, sum(day.asked for day in seen.days)) == (0, 0, 0)


def test_who_says_no_is_shown_until_the_visit_has_left_the_journal(site: Site, lived: Salon) -> None:
    with site.container.engine.begin() as connection:
        mine = Lived(connection, lived.company_id, site.container.clock())
        at = mine.now + timedelta(days=1)
        record = mine.visit(900, 1, at)
        contact = connection.execute(text("SELECT min(id) FROM contacts")).scalar_one()
        mine.question(record, contact, at, "no", mine.message(contact, mine.now, "Придёте?"))
    assert AttentionKind.DECLINED in [one.kind for one in summary(site, lived).attention]
    execute(site, "UPDATE records SET deleted_at = now() WHERE record_id = :record", record=record)
    assert AttentionKind.DECLINED not in [one.kind for one in summary(site, lived).attention]


def test_a_share_of_few_visits_before_is_not_compared_with(site: Site, lived: Salon) -> None:
    execute(site, "UPDATE companies SET activated_at = now() - interval '2 days'")
    assert summary(site, lived).figures.no_show_share_before is not None
    execute(site, "UPDATE companies SET activated_at = now() - interval '13 days'")
    assert summary(site, lived).figures.no_show_share_before is None


@pytest.mark.parametrize(
    "services", ['"x"', "{}", "[1]", '[{"cost": "много"}]', '[{"cost": null}]', '[{"cost": -5}]', "[[]]"]
)
def test_an_odd_price_costs_no_owner_their_page(site: Site, lived: Salon, services: str) -> None:
    execute(site, "UPDATE records SET services = CAST(:services AS jsonb)", services=services)
    assert summary(site, lived).figures.freed is None
    site.client.get(f"{MANAGE}?token={lived.token}")
    assert site.client.get(f"{MANAGE}?company={lived.company_id}").status_code == 200


def test_nothing_of_another_salon_is_counted(site: Site, lived: Salon) -> None:
    before = summary(site, lived)
    other = site.register(962303)
    site.link(other, "79007654321")
    live(site.container, other.company_id, names=(MARKUP, "X", "Y"))
    after = summary(site, lived)
    assert (after.figures, after.days, after.attention) == (before.figures, before.days, before.attention)


def test_bars_of_all_days_stand_in_the_picture() -> None:
    [bar] = chart.bars([AnswerDay(day=DAY, yes=3, silent=2, no=1)])
    tops = [part.y for part in bar.parts]
    assert tops == sorted(tops, reverse=True)
    assert all(part.y >= 0 and part.y + part.height <= chart.HEIGHT for part in bar.parts)
    assert chart.bars([]) == []
    [empty] = chart.bars([AnswerDay(day=DAY)])
    assert empty.parts == ()


def conversations(site: Site, salon: Salon, **query: str) -> list[dict[str, Any]]:
    answer = site.client.get(f"{MANAGE}/conversations", headers=salon.bearer, query_string=query)
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["chats"])


def test_chats_are_listed_with_their_newest_message_and_found_by_name_and_number(site: Site, lived: Salon) -> None:
    listed = conversations(site, lived)
    assert [one["at"] for one in listed] == sorted((one["at"] for one in listed), reverse=True)
    [vera] = conversations(site, lived, search="вера")
    assert (vera["name"], vera["words"], vera["author"]) == ("Вера Орлова", Lived.said, "in")
    assert (vera["is_human"], vera["can_give"]) == (True, True)
    assert conversations(site, lived, search=vera["phone"][-4:]) == [vera]
    assert conversations(site, lived, search="+7 (900) 001-00-02") == conversations(site, lived, search="79000010002")
    for nothing in ("%", "_", "\\", "никто", "' OR 1=1 --"):
        assert conversations(site, lived, search=nothing) == []


def test_a_thread_is_of_one_contact_of_this_salon(site: Site, lived: Salon) -> None:
    [vera] = conversations(site, lived, search="вера")
    query = {"contact": str(vera["contact_id"])}
    mine = site.client.get(f"{MANAGE}/messages", headers=lived.bearer, query_string=query).get_json()["messages"]
    assert {one["name"] for one in mine} == {"Вера Орлова"}
    other = site.register(962303)
    theirs = site.client.get(f"{MANAGE}/messages", headers=other.bearer, query_string=query).get_json()["messages"]
    assert theirs == []


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "2026-01-01"}, {"search": "x" * 300}])
def test_a_bad_part_of_the_list_is_refused(site: Site, salon: Salon, refused: Refused, query: dict[str, str]) -> None:
    refused(site.client.get(f"{MANAGE}/conversations", headers=salon.bearer, query_string=query), 400, "invalid")
