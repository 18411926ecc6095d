"""What YClients does not let us do, the bot does not do, and the salon is told so; what is not known stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.bot_settings import Ability, BotMode, BotSettings
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.journal.online_booking import BookingRules, ChangeRule
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.manage.salon_state import StateKind
from aiadmin.texts.ru import manage as texts_manage
from tests.support.played_salon import PlayedSalon

RULES = BookingRules(
    lead=timedelta(hours=1),
    needs_code=False,
    any_master=True,
    move=ChangeRule(ban=timedelta(hours=3)),
    cancel=ChangeRule(ban=timedelta(hours=3)),
)
WITHHELD = [
    ({"record_form": {"create_records_access": False}}, Ability.BOOK, StateKind.NO_BOOK),
    ({"record_form": {"edit_records_access": False}}, Ability.MOVE, StateKind.NO_MOVE),
    ({"timetable": {"timetable_transferring_record_access": False}}, Ability.MOVE, StateKind.NO_MOVE),
    ({"record_form": {"delete_records_access": False}}, Ability.CANCEL, StateKind.NO_CANCEL),
]


def _view(played: PlayedSalon) -> SalonView:
    with played.box.uow() as work:
        return played.box.views.salon(work, played.company_id).view


def _set(played: PlayedSalon, **settings: Any) -> None:
    with played.box.uow() as work:
        work.bot_salons.set_settings(played.company_id, BotSettings(**settings), played.box.clock())
        work.commit()


def _states(played: PlayedSalon) -> set[StateKind]:
    found = played.box.salon_states.of([played.company_id])[played.company_id]
    assert all(texts_manage.state(one, "Europe/Moscow") for one in found)
    return {one.kind for one in found} & {StateKind.NO_BOOK, StateKind.NO_MOVE, StateKind.NO_CANCEL}


def test_the_salons_rules_are_read_at_activation_and_each_night(played: PlayedSalon) -> None:
    assert _view(played).rules is None
    played.kept = None  # its journal is truly read
    played.play()
    assert _view(played).rules == RULES
    played.yclients.change_salon(played.salon_id, facts={"phone_confirmation": True, "allow_delete_record": False})
    played.read_journal(SyncKind.NIGHTLY)
    rules = _view(played).rules
    assert rules is not None
    assert (rules.needs_code, rules.cancel.is_allowed, rules.move.is_allowed) == (True, False, True)


@pytest.mark.parametrize(("rights", "ability", "kind"), WITHHELD, ids=lambda one: str(one)[:30])
def test_a_missing_right_switches_an_ability_off_and_says_so(
    played: PlayedSalon, rights: dict[str, Any], ability: Ability, kind: StateKind
) -> None:
    played.play()
    _set(played, mode=BotMode.ALWAYS)
    assert (_view(played).bot.abilities, _states(played)) == (frozenset(Ability), set())
    played.yclients.change_salon(played.salon_id, rights=rights)
    played.read_journal(SyncKind.NIGHTLY)
    assert _view(played).bot.abilities == frozenset(Ability) - {ability}
    assert _states(played) == {kind}
    given = {group: dict.fromkeys(flags, True) for group, flags in rights.items()}
    played.yclients.change_salon(played.salon_id, rights=given)
    played.read_journal(SyncKind.NIGHTLY)
    assert (_view(played).bot.abilities, _states(played)) == (frozenset(Ability), set())


@pytest.mark.parametrize("fault", [403, 404, 500, "down"])
def test_where_nobody_says_what_was_set_stays(played: PlayedSalon, fault: Any) -> None:
    played.play()
    _set(played, mode=BotMode.ALWAYS)
    played.yclients.change_salon(played.salon_id, rights=WITHHELD[3][0])
    played.read_journal(SyncKind.NIGHTLY)
    before = _view(played)
    played.yclients.change_salon(played.salon_id, rights={"record_form": {"delete_records_access": True}})
    for path in ("/user/permissions/*", "/company/*/settings/online"):
        played.yclients.fault(f"/api/v1{path}", **_gone(fault))
    played.read_journal(SyncKind.NIGHTLY)
    after = _view(played)
    assert (after.bot.abilities, after.rules) == (before.bot.abilities, before.rules)
    assert Ability.CANCEL not in after.bot.abilities


def _gone(fault: Any) -> dict[str, Any]:
    return {"times": 9, **({"drop": True} if fault == "down" else {"status": fault})}


@pytest.mark.parametrize(
    ("settings", "is_told"),
    [
        ({"mode": BotMode.OFF}, False),
        ({"mode": BotMode.TEST}, False),
        ({"mode": BotMode.TEST, "test_phones": frozenset({"79000000101"})}, True),
        ({"mode": BotMode.ALWAYS, "abilities": frozenset({Ability.ANSWER})}, False),
        ({"mode": BotMode.CLOSED_HOURS}, True),
    ],
    ids=str,
)
def test_a_salon_whose_bot_does_not_do_it_anyway_is_told_nothing(
    played: PlayedSalon, settings: dict[str, Any], is_told: bool
) -> None:
    played.execute("UPDATE companies SET rights_missing = ARRAY['cancel']")
    _set(played, **settings)
    assert _states(played) == ({StateKind.NO_CANCEL} if is_told else set())
    played.execute("UPDATE companies SET ai_enabled = false")
    assert _states(played) == set()
