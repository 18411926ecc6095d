"""What clients read: the salon's own texts or ours, as the booking is at that moment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.services.notices.dispatch import own_policy, unlimited
from aiadmin.services.notices.rendering import render
from aiadmin.services.notices.settings import MessageSettingsService
from aiadmin.texts.ru import formatting as wording
from tests.integration.notices.test_dispatch import Desk, announced
from tests.support.salon import MOSCOW, Salon


@pytest.fixture
def desk(salon: Salon) -> Desk:
    """A desk whose notices say what the product says."""
    salon.salons.synchronise(salon.installed)
    desk = Desk(salon)
    desk.releaser = replace(desk.releaser, policy=unlimited, render=render)
    return desk


def set_up(desk: Desk, **settings: Any) -> None:
    desk.salon.world.execute(
        "INSERT INTO message_settings (company_id, settings, updated_at)"
        " VALUES (:id, CAST(:settings AS jsonb), now())",
        id=desk.salon.company_id,
        settings=json.dumps(settings),
    )


def write(desk: Desk, kind: Purpose, template: str) -> None:
    desk.salon.world.execute(
        "INSERT INTO message_texts (company_id, kind, template, updated_at) VALUES (:id, :kind, :template, now())",
        id=desk.salon.company_id,
        kind=kind,
        template=template,
    )


def test_a_reminder_names_the_visit_and_asks(desk: Desk) -> None:
    desk.plan()
    assert desk.releaser.work() == 1
    [(_, _, text)] = desk.salon.owed()
    when = f"{wording.day(desk.salon.starts_at())}, в 12:00"
    assert text.startswith(f"Здравствуйте, Анна!\nНапоминаем: ждём вас {when}.")
    assert desk.salon.booking["staff"]["name"] in text
    assert text.endswith("1 — приду, 2 — не смогу.")


def test_a_salon_that_writes_english_is_heard_in_english(desk: Desk) -> None:
    set_up(desk, language="en")
    desk.plan()
    assert desk.releaser.work() == 1
    [(_, _, text)] = desk.salon.owed()
    assert text.startswith("Hello, Анна!\nA reminder: we expect you on ")
    assert text.endswith("Please reply: 1 — I'll come, 2 — I can't.")


def test_a_salon_may_say_it_in_its_own_words_and_a_text_that_is_no_use_is_not_sent(desk: Desk) -> None:
    write(desk, Purpose.MOVED, "{name}, теперь {time}")
    write(desk, Purpose.CHANGED, "{nobody} знает")
    for kind in (Purpose.MOVED, Purpose.CHANGED):
        desk.plan(kind)
    assert desk.releaser.work() == 2
    own, ours = [text for _, _, text in desk.salon.owed()]
    assert own == "Анна, теперь 12:00"
    assert "запись теперь такая" in ours


def test_what_a_salon_has_switched_off_since_is_not_sent(desk: Desk) -> None:
    set_up(desk, reminder_day=False)
    number = desk.plan()
    assert desk.releaser.work() == 0
    assert desk.notice(number) == ("dropped", "switched_off")


def test_a_cancellation_names_its_own_client_when_the_booking_is_somebody_elses(desk: Desk) -> None:
    promised = replace(announced(desk.salon, desk.salon.booking), is_deleted=True)
    desk.salon.yclients.edit_record(
        desk.salon.salon_id, desk.salon.booking["id"], client={"phone": "79995550099", "name": "Другая"}
    )
    desk.plan(Purpose.CANCELLED, announced=json.dumps(dict(promised.to_json())))
    assert desk.releaser.work() == 1
    [(phone, _, text)] = desk.salon.owed()
    assert phone == desk.salon.phone
    assert "Анна" in text
    assert "Другая" not in text
    assert "отменена" in text


@pytest.mark.parametrize(
    ("own", "read"),
    [
        (
            "{name}! Запись к мастеру {master} на {services} отменена.",
            "Анна! Запись к мастеру {master} на {service} отменена.",
        ),
        ("{name}! Визит на {price} отменён.", "Ваша запись {day}, в 12:00, отменена."),
    ],
)
def test_h1_whose_booking_is_somebody_elses_now_reads_of_her_own_master_and_service(
    desk: Desk, own: str, read: str
) -> None:
    write(desk, Purpose.CANCELLED, own)
    staff, [service] = desk.salon.booking["staff"], desk.salon.booking["services"]
    promised = replace(announced(desk.salon, desk.salon.booking), is_deleted=True)
    other = {"phone": "79995550099", "name": "Другая"}
    desk.salon.yclients.edit_record(desk.salon.salon_id, desk.salon.booking["id"], client=other)
    desk.plan(Purpose.CANCELLED, announced=json.dumps(dict(promised.to_json())))
    assert desk.releaser.work() == 1
    [(_, _, text)] = desk.salon.owed()
    day = wording.day(desk.salon.starts_at())
    assert read.format(master=staff["name"], service=service["title"], day=day) in text
    assert "Другая" not in text


def test_the_salons_pace_holds_its_notices(desk: Desk) -> None:
    set_up(desk, quiet_from="00:00", quiet_to="00:00", most_a_day=1)
    paced = replace(desk.releaser, policy=own_policy, render=render)
    numbers = [desk.plan(), desk.plan()]
    assert paced.work() == 1
    assert desk.notice(numbers[1]) == ("waiting", BlockReason.DAILY_CAP)


def test_the_worker_releases_through_the_container(desk: Desk) -> None:
    set_up(desk, quiet_from="00:00", quiet_to="00:00")
    desk.plan()
    assert desk.salon.box.notice_dispatcher.work() == 1


def test_what_quiet_hours_hold_goes_out_when_the_owner_lifts_them(desk: Desk) -> None:
    now = desk.now().astimezone(MOSCOW)
    desk.releaser = replace(desk.releaser, policy=own_policy, render=render)
    begun, over = ((now + timedelta(hours=hours)).strftime("%H:%M") for hours in (-1, 1))
    wishes = MessageSettingsService(uow=desk.salon.world.uow, clock=desk.now)
    wishes.set(desk.salon.company_id, {"quiet_from": begun, "quiet_to": over, "reminder_day": False})
    number = desk.plan(Purpose.MOVED)
    assert desk.releaser.work() == 0
    assert desk.notice(number) == ("waiting", BlockReason.QUIET_HOURS)
    wishes.set(desk.salon.company_id, {"quiet_from": "00:00", "quiet_to": "00:00"})
    assert desk.releaser.work() == 1
