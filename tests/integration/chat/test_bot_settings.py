"""What a salon wants of its bot: stored as it was meant, refused with a reason, and never half changed."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.bot_settings import Ability, BotMode, BotSettings, NightRule, from_json, to_json
from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.services.chat.bot_settings import BotSwitches
from aiadmin.texts.ru import notices as notice_texts
from tests.support.commands import run_command
from tests.support.played_salon import ANNA, DESK, ELENA, OLGA, WAITING, PlayedSalon

GIVEN: dict[str, Any] = {
    "mode": "always",
    "test_phones": ["8 900 000-01-01", "+79000000101"],
    "abilities": ["answer", "book"],
    "staff": {str(ANNA): False, str(DESK): True},
    "facts": {" парковка ": "бесплатно  во дворе"},
    "rules": {"late": "не больше 15 минут", "cancel": ""},
    "gap_minutes": 90,
    "greeting": "Здравствуйте!",
    "signature": "Ваша Лаванда",
    "waiting_list": True,
    "english": True,
    "night": {"after": "22:00", "not_before": "12:00"},
}


def _set(played: PlayedSalon, **given: Any) -> BotSwitches:
    return played.box.bot_settings.set(played.company_id, given, actor="owner")


def test_a_salon_that_has_set_nothing_answers_nobody(played: PlayedSalon) -> None:
    found = played.box.bot_settings.get(played.company_id)
    assert (found.is_allowed, found.settings) == (True, BotSettings())
    assert (found.settings.mode, found.settings.test_phones) == (BotMode.TEST, frozenset())


def test_everything_that_is_set_is_kept_as_it_was_meant(played: PlayedSalon) -> None:
    played.play()
    wanted = BotSettings(
        mode=BotMode.ALWAYS,
        test_phones=frozenset({"79000000101"}),
        abilities=frozenset({Ability.ANSWER, Ability.BOOK}),
        ticks={ANNA: False, DESK: True},
        facts={"парковка": "бесплатно во дворе"},
        rules={"late": "не больше 15 минут"},
        gap=timedelta(minutes=90),
        greeting="Здравствуйте!",
        signature="Ваша Лаванда",
        waiting_list=True,
        english=True,
        night=NightRule(after=time(22), not_before=time(12)),
    )
    assert _set(played, **GIVEN).settings == wanted
    found = played.box.bot_settings.get(played.company_id)
    assert found.settings == wanted
    assert from_json(to_json(wanted)) == wanted
    ticks = {one.staff_id: (one.is_offered, one.is_set) for one in found.staff}
    assert (ticks[ANNA], ticks[ELENA], ticks[OLGA]) == ((False, True), (True, False), (True, False))
    assert (ticks[DESK], ticks[WAITING]) == ((True, True), (False, False))
    later = _set(played, night=None, mode="off")
    assert (later.settings.night, later.settings.mode, later.settings.facts) == (None, BotMode.OFF, wanted.facts)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("mode", "sometimes", "choice"),
        ("mode", None, "choice"),
        ("test_phones", "79000000101", "list"),
        ("test_phones", ["12"], "phones"),
        ("test_phones", [79000000101], "phones"),
        ("test_phones", ["79000000101"] * 21, "many"),
        ("abilities", ["fly"], "choice"),
        ("abilities", {"book": True}, "list"),
        ("staff", [1], "object"),
        ("staff", {"1": "yes"}, "ticks"),
        ("staff", {"Anna": True}, "ticks"),
        ("facts", {"": "x"}, "empty"),
        ("facts", {"x": " "}, "empty"),
        ("facts", {"x" * 61: "y"}, "long"),
        ("facts", {"x": "y" * 501}, "long"),
        ("facts", {str(number): "x" for number in range(51)}, "many"),
        ("rules", {"never": "x"}, "choice"),
        ("gap_minutes", -1, "range"),
        ("gap_minutes", True, "range"),
        ("gap_minutes", 10**9, "range"),
        ("greeting", 5, "text"),
        ("signature", "x" * 101, "long"),
        ("waiting_list", 1, "switch"),
        ("night", {"after": "22:00"}, "object"),
        ("night", {"after": "22:00", "not_before": "25:00"}, "clock"),
        ("staf", {}, "unknown"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_by_name_and_nothing_is_changed(
    played: PlayedSalon, name: str, value: object, code: str
) -> None:
    _set(played, greeting="Добрый день")
    with pytest.raises(SettingsInvalidError) as refused:
        _set(played, **{"greeting": "Другое", name: value} if name != "greeting" else {name: value})
    assert {flaw: error.code for flaw, error in refused.value.flaws.items()} == {name: code}
    assert all(notice_texts.setting_flaws(refused.value).values())
    assert played.box.bot_settings.get(played.company_id).settings == BotSettings(greeting="Добрый день")


def test_a_phone_is_read_as_of_the_salons_country_and_kept_as_it_was_read(played: PlayedSalon) -> None:
    """Ten digits with Estonia's code would be a Russian number without one."""
    played.execute("UPDATE companies SET country = 'EE'")
    assert _set(played, test_phones=["5012 3456"]).settings.test_phones == {"37250123456"}
    _set(played, test_phones=["501 2345"])
    assert played.box.bot_settings.get(played.company_id).settings.test_phones == {"3725012345"}


def test_what_another_version_has_stored_is_the_default_where_it_cannot_be_read() -> None:
    assert from_json({"mode": "dream", "greeting": "Привет", "later": 1}) == BotSettings(greeting="Привет")
    assert from_json(None) == from_json([]) == BotSettings()


def test_who_changed_what_is_in_the_log_without_any_value_that_may_be_a_phone(played: PlayedSalon) -> None:
    _set(played, **GIVEN)
    _set(played, **GIVEN)
    played.box.bot_settings.allow(played.company_id, is_allowed=False, actor="cli")
    played.box.bot_settings.allow(played.company_id, is_allowed=False, actor="cli")
    with played.box.uow() as work:
        entries = work.audit.recent(played.company_id, limit=9)
    assert [(one.actor, one.action) for one in entries] == [("cli", "bot.pause"), ("owner", "bot.settings")]
    assert "79000000101" not in repr(entries)
    assert "парковка" not in repr(entries)


def test_one_salons_settings_are_no_others(played: PlayedSalon) -> None:
    other = PlayedSalon(played.box.config, played.yclients, salon_id=4711)
    try:
        _set(other, mode="always")
        other.box.bot_settings.allow(other.company_id, is_allowed=False, actor="cli")
        found = played.box.bot_settings.get(played.company_id)
        assert (found.is_allowed, found.settings) == (True, BotSettings())
    finally:
        other.close()
    with pytest.raises(CompanyNotFoundError):
        played.box.bot_settings.get(CompanyId(10**6))


# --- on a terminal ---


def _bot(played: PlayedSalon, *arguments: str) -> str:
    config = played.box.config
    env = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url, "JWT_SECRET": config.jwt_secret}
    done = run_command("bot", *arguments, **env)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_bot_is_paused_and_goes_on(played: PlayedSalon) -> None:
    number = str(played.company_id)
    assert "the bot is paused" in _bot(played, "pause", number)
    assert played.rows("SELECT ai_enabled FROM companies") == [(False,)]
    assert "its mode is test" in _bot(played, "resume", number)
    assert played.rows("SELECT ai_enabled FROM companies") == [(True,)]


def test_the_report_counts_conversations_and_what_became_of_them(played: PlayedSalon) -> None:
    played.play()
    _turn(played, "79000000101", "booked", "2026-03-11T12:00")
    _turn(played, "79000000101", "answered", "2026-03-11T12:05")
    _turn(played, "79000000102", "handed_over", "2026-03-10T23:30", hand_over="human")
    _turn(played, "79000000102", "handed_over", "2026-03-10T23:40", hand_over="complaint")
    _turn(played, "79000000103", "silent", "2026-03-11T12:00")
    _turn(played, "79000000104", "cancelled", "2026-01-11T12:00")
    with played.box.uow() as work:
        known = played.box.views.salon(work, played.company_id)
        since = played.box.clock() - timedelta(days=30)
        counts = work.bot_reports.counts(played.company_id, since=since, zone=known.view.zone)
    assert counts.conversations == 2
    assert {str(verdict): count for verdict, count in counts.verdicts.items()} == {
        "booked": 1,
        "answered": 1,
        "handed_over": 2,
    }
    assert {str(reason): count for reason, count in counts.handed_over.items()} == {"human": 1, "complaint": 1}
    assert counts.outside(known.view.hours) == 50
    played.execute("UPDATE chat_turns SET finished_at = now(), written_at = now()")
    printed = _bot(played, "report", str(played.company_id))
    assert [line.split() for line in printed.splitlines()][:4] == [
        ["conversations", "3"],
        ["booked", "1"],
        ["moved", "0"],
        ["cancelled", "1"],
    ]
    assert ["human", "1"] in [line.split() for line in printed.splitlines()]


def _turn(played: PlayedSalon, phone: str, verdict: str, at: str, *, hand_over: str | None = None) -> None:
    played.execute(
        "INSERT INTO contacts (company_id, phone, created_at, updated_at) VALUES (:company, :phone, now(), now())"
        " ON CONFLICT DO NOTHING",
        company=played.company_id,
        phone=phone,
    )
    played.execute(
        "INSERT INTO chat_turns (company_id, contact_id, written_at, began_at, finished_at, inbox_ids, heard,"
        " commands, looked_up, written, attendance, parts, act, hand_over, verdict)"
        " SELECT company_id, id, :at, :at, :at, '{}', '[]', '[]', '[]', '[]', '[]', '{}', 'inform', :reason, :verdict"
        " FROM contacts WHERE company_id = :company AND phone = :phone",
        company=played.company_id,
        phone=phone,
        at=f"{at}+03:00",
        reason=hand_over,
        verdict=verdict,
    )
