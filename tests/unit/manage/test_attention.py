"""Which salons need an operator: what only they can mend, what lasts, and nothing of a salon that is well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.rights import Right
from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.manage.attention import (
    PATIENCE,
    STUCK_AFTER,
    WATCHED,
    AttentionLevel,
    SalonUpkeep,
    UpkeepKind,
    reasons,
)
from aiadmin.domain.manage.salon_state import SalonFacts, StateKind
from aiadmin.texts.ru import console as texts

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2)
WELL = SalonFacts(
    company_id=CompanyId(1),
    status=IntegrationStatus.ACTIVE,
    is_linked=True,
    desired=Desired.ON,
    observed=Observed.ONLINE,
    is_hosted=True,
    hosts=2,
)
QUIET = SalonUpkeep(session_since=LONG_AGO)


def kinds(upkeep: SalonUpkeep = QUIET, **facts: Any) -> list[StateKind | UpkeepKind]:
    return [one.kind for one in reasons(replace(WELL, **facts), upkeep, NOW)]


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"status": IntegrationStatus.ACTIVATION_FAILED}, UpkeepKind.ACTIVATION_FAILED),
        ({"observed": Observed.LOGGED_OUT, "is_linked": False}, StateKind.LOGGED_OUT),
        ({"observed": None, "desired": None, "is_linked": False}, StateKind.NO_PHONE),
        ({"is_hosted": False, "hosts": 0}, StateKind.NO_HOST),
        ({"is_hosted": False}, StateKind.WAITS_FOR_HOST),
        ({"desired": Desired.OFF}, StateKind.SWITCHED_OFF),
        *[({"observed": one}, StateKind(one.value)) for one in Observed if one.value in {*WATCHED} - {"logged-out"}],
        ({"missing_rights": frozenset({Right.RECORDS})}, StateKind.NO_RECORDS),
        ({"missing_rights": frozenset({Right.CLIENTS})}, StateKind.NO_CLIENTS),
        ({"missing_rights": frozenset({Right.PHONES})}, StateKind.NO_PHONES),
        ({"run_error": "forbidden", "run_state": RunState.PAUSED}, StateKind.JOURNAL_UNREAD),
    ],
)
def test_what_an_operator_helps_with_is_a_reason_with_words(facts: dict[str, Any], kind: StateKind) -> None:
    [found] = reasons(replace(WELL, **facts), QUIET, NOW)
    assert found.kind is kind
    words = texts.reason(found, NOW)
    assert words
    assert "{" not in words
    assert "None" not in words


def test_every_reason_has_words_and_no_words_are_of_none() -> None:
    assert set(texts.REASONS) == {*WATCHED, *UpkeepKind}


def test_nothing_is_said_of_who_is_well_is_being_connected_or_rests() -> None:
    assert kinds() == []
    for status in set(IntegrationStatus) - {IntegrationStatus.ACTIVE, IntegrationStatus.ACTIVATION_FAILED}:
        assert kinds(status=status, is_hosted=False, is_linked=False, observed=None) == []


@pytest.mark.parametrize(
    "facts",
    [{"paused_at": NOW}, {"all_paused_at": NOW}, {"asked": 3}, {"uncalled": 3}, {"imported": 9},
     {"missing_rights": frozenset({Right.ATTENDANCE})}],
)  # fmt: skip
def test_what_the_salon_sees_and_does_itself_is_no_reason(facts: dict[str, Any]) -> None:
    assert kinds(**facts) == []


def test_what_goes_by_itself_is_a_reason_once_it_does_not() -> None:
    for facts in ({"observed": Observed.RECONNECTING}, {"is_hosted": False}):
        assert kinds(SalonUpkeep(session_since=NOW - PATIENCE + timedelta(seconds=1)), **facts) == []
        assert len(kinds(SalonUpkeep(session_since=NOW - PATIENCE), **facts)) == 1
    assert kinds(SalonUpkeep(session_since=NOW), observed=Observed.BANNED) == [StateKind.BANNED]


def test_messages_that_stand_are_a_reason_where_nothing_else_explains_it() -> None:
    waiting = replace(QUIET, waiting_since=NOW - STUCK_AFTER)
    assert kinds(waiting) == [UpkeepKind.STUCK]
    assert kinds(replace(waiting, waiting_since=NOW - STUCK_AFTER + timedelta(seconds=1))) == []
    assert kinds(waiting, paused_at=NOW) == []
    assert kinds(waiting, observed=Observed.BANNED) == [StateKind.BANNED]


def test_the_most_urgent_comes_first() -> None:
    found = reasons(
        replace(WELL, observed=Observed.BANNED, missing_rights=frozenset({Right.PHONES})),
        replace(QUIET, given_up=2),
        NOW,
    )
    assert [one.level for one in found] == [AttentionLevel.NOW, AttentionLevel.SOON, AttentionLevel.SOON]
    assert texts.reason(found[-1], NOW) == "отложено и ждёт вас: 2"
