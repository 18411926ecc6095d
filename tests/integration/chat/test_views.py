"""What a turn begins with: a salon and its client out of our copy of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aiadmin.domain.chat.bot_settings import BotMode, BotSettings
from aiadmin.domain.chat.situation import ClientView
from aiadmin.services.chat.salon_views import SalonKnown
from tests.support.played_salon import (
    ANNA,
    DESK,
    ELENA,
    FILE,
    IRINA,
    MARIA,
    MARIAS_PHONE,
    NEW_PHONE,
    OLGA,
    WAITING,
    PlayedSalon,
)

VISIT = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
EVERY_DAY = range(7)


def _at(wall_clock: str) -> datetime:
    return datetime.fromisoformat(wall_clock)


def _salon(played: PlayedSalon) -> SalonKnown:
    with played.box.uow() as work:
        return played.box.views.salon(work, played.company_id)


def _client(played: PlayedSalon, phone: str | None = None, *also: str) -> ClientView:
    with played.box.uow() as work:
        return played.box.views.client(work, played.company_id, phone=phone, also=also, zone="Europe/Moscow")


def test_a_salon_is_as_its_file_says(played: PlayedSalon) -> None:
    played.play()
    view = _salon(played).view

    given = {one["id"]: one for one in FILE["services"]}
    titles = {number: one.title for number, one in view.services.items()}
    assert titles == {number: one["title"] for number, one in given.items()}
    assert [view.categories[view.services[number].category_id or 0] for number in (101, 201)] == [
        "Стрижки",
        "Маникюр и педикюр",
    ]
    assert (view.title, view.zone, view.currency, view.address) == (
        FILE["salon"]["title"],
        "Europe/Moscow",
        "₽",
        FILE["salon"]["address"],
    )
    assert view.hours == dict.fromkeys(EVERY_DAY, (time(10), time(21)))
    assert view.services[303].parts == (301, 302)
    assert view.services[101].price_with(ELENA) == (Decimal(2500), Decimal(2500))
    assert view.services[105].price_with(ELENA) == (Decimal(4500), Decimal(9000))
    assert view.services[101].length_with(ANNA) == timedelta(hours=1)
    assert view.services[104].latest == time(13)
    assert (view.services[106].is_prepaid, view.services[402].is_group, view.services[401].is_online) == (
        True,
        True,
        False,
    )
    assert view.schedule[ANNA, date(2026, 3, 12)] == ((time(10), time(18)),)
    assert view.schedule[OLGA, date(2026, 3, 12)] == ()
    assert (WAITING, date(2026, 3, 12)) not in view.schedule


def test_rows_that_are_no_people_are_offered_to_none(played: PlayedSalon) -> None:
    played.play()
    view = _salon(played).view
    offered = {one["id"] for one in FILE["staff"] if one.get("offered", True)}
    assert view.bot.offered_staff == offered == set(view.staff)

    ticked = BotSettings(ticks={DESK: True, ANNA: False})
    with played.box.uow() as work:
        work.bot_salons.set_settings(played.company_id, ticked, played.box.clock())
        work.commit()
    view = _salon(played).view
    assert view.bot.offered_staff == offered - {ANNA} | {DESK}
    assert {ANNA, DESK} <= set(view.staff), "a name is known that is not offered"


def test_the_master_switch_is_over_the_mode(played: PlayedSalon) -> None:
    assert _salon(played).view.bot.mode is BotMode.TEST
    played.execute("UPDATE companies SET ai_enabled = false")
    assert _salon(played).view.bot.mode is BotMode.OFF


def test_hours_come_from_the_schedule_where_the_salon_does_not_say_them(played: PlayedSalon) -> None:
    """By most of the days of a weekday, and of people alone: a waiting list has none."""
    played.play()
    played.execute('UPDATE companies SET raw_data = raw_data || \'{"schedule": "звоните"}\'')
    assert _salon(played).view.hours == {
        0: (time(10), time(20)),
        **dict.fromkeys(range(1, 7), (time(10), time(21))),
    }


def test_another_version_of_the_catalogue_is_read_anew_and_an_equal_one_is_not(played: PlayedSalon) -> None:
    played.play()
    first, again = _salon(played), _salon(played)
    assert first.version == again.version
    assert first.view.services is again.view.services
    assert played.box.views.vocabulary(first) is played.box.views.vocabulary(again)

    played.execute("UPDATE services SET title = 'Стрижка каре' WHERE service_id = 101")
    changed = _salon(played)
    assert changed.view.services[101].title == "Стрижка каре"
    assert played.box.views.vocabulary(changed) is not played.box.views.vocabulary(first)
    played.execute("DELETE FROM schedule WHERE staff_id = :anna AND day = '2026-03-12'", anna=ANNA)
    assert (ANNA, date(2026, 3, 12)) not in _salon(played).view.schedule


def test_a_client_is_found_by_any_spelling_with_what_is_booked_and_what_was(played: PlayedSalon) -> None:
    came = {"services": [201], "staff": IRINA, "at": "2026-03-09T18:00"}
    maria = FILE["clients"]["M"] | {"past": [came]}
    file = FILE | {"clients": FILE["clients"] | {"M": maria}}
    played.play(file, VISIT, {**VISIT, "record": 9002, "at": "2026-03-14T12:00", "client": "W"})
    view = _client(played, MARIAS_PHONE)
    assert (view.name, view.cards) == ("Мария", (MARIA,))
    (visit,) = view.visits
    assert (visit.record_id, visit.starts, visit.length) == (9001, _at("2026-03-12T10:00"), timedelta(hours=1))
    assert (visit.services, visit.titles, visit.staff_name, visit.price) == (
        (101,),
        ("Женская стрижка",),
        "Анна",
        Decimal(2000),
    )
    assert [(one.starts, one.services, one.staff_id) for one in view.past] == [
        (_at("2026-03-09T18:00"), (201,), IRINA)
    ]
    assert (_client(played, NEW_PHONE), _client(played)) == (ClientView(phone=NEW_PHONE), ClientView())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET deleted_at = now() WHERE record_id = 9001",
        "UPDATE records SET services = '[]' WHERE record_id = 9001",
        "UPDATE records SET is_group = true WHERE record_id = 9001",
        "UPDATE records SET client_id = 502, client_number = '79000000104' WHERE record_id = 9001",
    ],
)
def test_what_is_no_visit_of_hers_is_none(played: PlayedSalon, change: str) -> None:
    played.play(FILE, VISIT)
    assert len(_client(played, MARIAS_PHONE).visits) == 1
    played.execute(change)
    assert _client(played, MARIAS_PHONE).visits == ()


def test_a_visit_says_whether_it_is_confirmed_written_off_or_deleted(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    for attendance, is_confirmed, is_written_off in ((0, False, False), (2, True, False), (-1, False, True)):
        played.execute("UPDATE records SET attendance = :attendance WHERE record_id = 9001", attendance=attendance)
        (visit,) = _client(played, MARIAS_PHONE).visits
        assert (visit.is_confirmed, visit.is_written_off) == (is_confirmed, is_written_off)
    played.execute("UPDATE records SET deleted_at = now() WHERE record_id = 9001")
    view = _client(played, MARIAS_PHONE)
    assert (view.visits, [one.record_id for one in view.deleted]) == ((), [9001])


def test_a_visit_is_to_come_until_it_is_over(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    played.at("2026-03-12T10:50")
    assert [one.record_id for one in _client(played, MARIAS_PHONE).visits] == [9001]
    played.at("2026-03-12T11:00")
    view = _client(played, MARIAS_PHONE)
    assert view.visits == ()
    assert view.past[0].record_id == 9001


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Иванова Мария Петровна", "Мария"),
        ("МАРИЯ ИВАНОВА", "Мария"),
        ("Сардаана", "Сардаана"),
        ("Новый клиент", None),
        ("https://evil.example", None),
        ("", None),
    ],
)
def test_the_given_name_of_a_card_is_said(played: PlayedSalon, written: str, said: str | None) -> None:
    file: Mapping[str, Any] = {**FILE, "clients": {**FILE["clients"], "M": FILE["clients"]["M"] | {"name": written}}}
    played.play(file)
    assert _client(played, MARIAS_PHONE).name == said


def test_a_number_that_was_anothers_shows_nothing_of_theirs(played: PlayedSalon) -> None:
    """Her card has a new number; whoever has the old one now must not read her visits, coming or past."""
    came = {"services": [201], "staff": IRINA, "at": "2026-03-09T18:00"}
    file = FILE | {"clients": FILE["clients"] | {"M": FILE["clients"]["M"] | {"past": [came]}}}
    played.play(file, VISIT)
    assert len(_client(played, MARIAS_PHONE).past) == 1
    played.execute("UPDATE clients SET phone = '79005554433' WHERE client_id = :id", id=MARIA)
    view = _client(played, MARIAS_PHONE)
    assert (view.cards, view.visits, view.past, view.name) == ((), (), (), None)
    hers = _client(played, "79005554433")
    assert (hers.cards, len(hers.visits), len(hers.past)) == ((MARIA,), 1, 1)
    assert _client(played, "79005550000", "79005554433").cards == (MARIA,)


def test_a_salon_that_hides_phones_knows_a_client_by_what_webhooks_said(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    played.execute("UPDATE clients SET phone = NULL")
    view = _client(played, MARIAS_PHONE)
    assert (view.cards, [one.record_id for one in view.visits]) == ((MARIA,), [9001])
    assert (view.name, view.full_name) == ("Мария", "Мария")


def test_another_companys_rows_are_never_seen(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    other = PlayedSalon(played.box.config, played.yclients, salon_id=4711)
    try:
        with other.box.uow() as work:
            assert not other.box.views.salon(work, other.company_id).view.services
            assert _client(other, MARIAS_PHONE) == ClientView(phone=MARIAS_PHONE)
    finally:
        other.close()
