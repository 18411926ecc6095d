"""What stands between a salon and its clients: every fact is told, in words, and nothing of a salon that is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from aiadmin.domain.chat.bot_settings import BotMode, BotSettings
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.rights import Right, missing_rights, rights_of
from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.manage.salon_state import SalonFacts, SalonState, StateKind, session_state, states
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.texts import ru
from aiadmin.texts.ru import manage as texts_manage

AT = datetime(2026, 11, 30, 11, 5, tzinfo=UTC)
WELL = SalonFacts(
    company_id=CompanyId(1),
    status=IntegrationStatus.ACTIVE,
    is_linked=True,
    desired=Desired.ON,
    observed=Observed.ONLINE,
    is_hosted=True,
    hosts=2,
    missing_rights=frozenset(),
    run_state=RunState.DONE,
)
SILENT = MessageSettings(**dict.fromkeys(NoticeKind, False))  # type: ignore[arg-type]
ANSWERING = BotSettings(mode=BotMode.ALWAYS)


def test_nothing_is_said_of_a_salon_that_is_well() -> None:
    assert states(WELL) == ()
    assert session_state(WELL) is None
    assert states(replace(WELL, missing_rights=None)) == (), "what nobody could find out is not missing"
    assert states(replace(WELL, run_error="down", run_state=RunState.WAITING, run_attempts=3)) == (), "a hiccup"


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        ({"status": IntegrationStatus.UNINSTALLED}, StateKind.UNINSTALLED),
        ({"status": IntegrationStatus.FROZEN}, StateKind.FROZEN),
        ({"is_linked": False, "observed": None, "desired": None}, StateKind.NO_PHONE),
        ({"is_linked": False, "observed": Observed.LOGGED_OUT, "reason": "logged_out"}, StateKind.LOGGED_OUT),
        ({"all_paused_at": AT}, StateKind.ALL_PAUSED),
        ({"is_never_sending": True}, StateKind.ALL_PAUSED),
        ({"paused_at": AT}, StateKind.PAUSED),
        ({"is_hosted": False, "hosts": 0}, StateKind.NO_HOST),
        ({"is_hosted": False}, StateKind.WAITS_FOR_HOST),
        ({"desired": Desired.OFF}, StateKind.SWITCHED_OFF),
        ({"observed": Observed.LINKED}, StateKind.LINKED),
        ({"observed": Observed.STARTING}, StateKind.STARTING),
        ({"observed": Observed.RECONNECTING}, StateKind.RECONNECTING),
        ({"observed": Observed.DEGRADED}, StateKind.DEGRADED),
        ({"observed": Observed.BACKOFF}, StateKind.BACKOFF),
        ({"observed": Observed.CONFLICT}, StateKind.CONFLICT),
        ({"observed": Observed.BANNED}, StateKind.BANNED),
        ({"observed": Observed.OUTDATED}, StateKind.OUTDATED),
        ({"missing_rights": frozenset({Right.RECORDS})}, StateKind.NO_RECORDS),
        ({"missing_rights": frozenset({Right.CLIENTS})}, StateKind.NO_CLIENTS),
        ({"missing_rights": frozenset({Right.PHONES})}, StateKind.NO_PHONES),
        ({"missing_rights": frozenset({Right.ATTENDANCE})}, StateKind.NO_ATTENDANCE),
        ({"missing_rights": frozenset({Right.BOOK}), "bot": ANSWERING}, StateKind.NO_BOOK),
        ({"missing_rights": frozenset({Right.MOVE}), "bot": ANSWERING}, StateKind.NO_MOVE),
        ({"missing_rights": frozenset({Right.CANCEL}), "bot": ANSWERING}, StateKind.NO_CANCEL),
        ({"run_error": "key_refused", "run_state": RunState.WAITING}, StateKind.JOURNAL_UNREAD),
        ({"run_error": "forbidden", "run_state": RunState.PAUSED}, StateKind.JOURNAL_UNREAD),
        ({"run_error": "down", "run_state": RunState.WAITING, "run_attempts": 10}, StateKind.JOURNAL_UNREAD),
        ({"settings": SILENT}, StateKind.NOTICES_OFF),
        ({"asked": 2}, StateKind.UNTOLD),
        ({"uncalled": 2}, StateKind.UNCALLED),
        ({"imported": 40}, StateKind.IMPORTED),
    ],
)
def test_each_fact_is_a_state_with_words_of_its_own(fact: dict[str, Any], kind: StateKind) -> None:
    found = states(replace(WELL, **fact))
    assert [one.kind for one in found] == [kind]
    said = texts_manage.state(found[0], "Europe/Moscow")
    assert said
    assert "{" not in said
    if kind in (StateKind.PAUSED, StateKind.ALL_PAUSED) and found[0].since:
        assert "с 30.11, 14:05" in said, "by the salon's clock"
    if found[0].count:
        assert {2: "2 записи", 40: "40 записей"}[found[0].count] in said


def test_every_state_has_words() -> None:
    assert set(texts_manage.STATES) == set(StateKind)
    assert "приложению не дали право видеть телефоны" in texts_manage.STATES[StateKind.NO_PHONES]
    told = texts_manage.state(SalonState(kind=StateKind.LOGGED_OUT, reason="unknown_logout"), "Europe/Moscow")
    assert told == ru.LOGGED_OUT["unknown_logout"]


def test_several_are_told_in_order_and_a_frozen_salon_has_one_trouble() -> None:
    facts = replace(
        WELL, paused_at=AT, is_hosted=False, missing_rights=frozenset(Right), imported=3, asked=1, uncalled=1
    )
    kinds = [one.kind for one in states(facts)]
    assert kinds == sorted(kinds, key=list(StateKind).index)
    assert len(kinds) == 9
    assert [one.kind for one in states(replace(facts, status=IntegrationStatus.FROZEN, desired=Desired.OFF))] == [
        StateKind.FROZEN,
        StateKind.UNTOLD,
        StateKind.UNCALLED,
    ]


@pytest.mark.parametrize(
    "silent",
    [
        {"paused_at": AT},
        {"all_paused_at": AT},
        {"is_linked": False},
        {"observed": Observed.LOGGED_OUT},
        {"is_hosted": False},
        {"desired": Desired.OFF},
        *({"observed": observed} for observed in Observed if observed is not Observed.ONLINE),
    ],
)
def test_whether_the_salon_was_asked_to_call_does_not_depend_on_whether_it_could_be_now(
    silent: dict[str, Any],
) -> None:
    """Of a call that had left the page said that it could not be written."""
    for fact, kind in ({"asked": 2}, StateKind.UNTOLD), ({"uncalled": 2}, StateKind.UNCALLED):
        found = [one for one in states(replace(WELL, **fact, **silent)) if one.count]
        assert found == [SalonState(kind=kind, count=2)]


@pytest.mark.parametrize(
    ("fact", "shown"),
    [
        ({"desired": Desired.OFF, "status": IntegrationStatus.FROZEN}, StateKind.SWITCHED_OFF),
        ({"is_hosted": False}, StateKind.WAITS_FOR_HOST),
        ({"is_hosted": False, "hosts": 0}, StateKind.NO_HOST),
        ({"observed": Observed.LOGGED_OUT, "is_hosted": False}, None),
        ({"observed": None, "desired": None, "is_hosted": False}, None),
    ],
)
def test_what_a_host_saw_last_is_not_shown_once_no_host_looks(fact: dict[str, Any], shown: StateKind | None) -> None:
    assert session_state(replace(WELL, **fact)) is shown


def test_what_a_host_sees_is_shown_as_it_is_and_each_but_online_is_a_state_of_its_own() -> None:
    for observed in Observed:
        seen = replace(WELL, observed=observed)
        assert session_state(seen) is None
        expected = [] if observed is Observed.ONLINE else [observed.value.replace("_", "-")]
        assert [one.kind.value for one in states(seen)] == expected
        if observed is not Observed.LOGGED_OUT:
            said = [texts_manage.state(one, "Europe/Moscow") for one in states(seen)]
            assert said == [texts_manage.session(observed, None)] * len(expected), "as the page says of the session"


def _phones() -> Iterator[SalonFacts]:
    """However a salon's phone, its session, its host and the pauses may stand."""
    for status, is_linked, desired, observed in product(
        IntegrationStatus, (True, False), (None, *Desired), (None, *Observed)
    ):
        for is_hosted, hosts, all_paused, paused, never in product(
            (True, False), (0, 1), *[(None, AT)] * 2, (False, True)
        ):
            yield replace(
                WELL,
                status=status,
                is_linked=is_linked,
                desired=desired,
                observed=observed,
                is_hosted=is_hosted,
                hosts=hosts,
                all_paused_at=all_paused,
                paused_at=paused,
                is_never_sending=never,
            )


def _may_leave(facts: SalonFacts) -> bool:
    """Whether a message could leave now: what the courier, and the host that has the session, ask for."""
    is_open = facts.status not in (IntegrationStatus.FROZEN, IntegrationStatus.UNINSTALLED)
    is_held = facts.all_paused_at or facts.paused_at or facts.is_never_sending
    is_up = facts.desired is Desired.ON and facts.observed is Observed.ONLINE and facts.is_hosted
    return is_open and facts.is_linked and is_up and not is_held


def test_m1_well_is_said_only_where_a_message_could_leave_now() -> None:
    for facts in _phones():
        assert (states(facts) == ()) == _may_leave(facts), facts
        counted = {one.kind: one.count for one in states(replace(facts, asked=2, uncalled=3)) if one.count}
        is_here = facts.status is not IntegrationStatus.UNINSTALLED
        assert counted == ({StateKind.UNTOLD: 2, StateKind.UNCALLED: 3} if is_here else {}), facts


@pytest.mark.parametrize("flags", [{}, {("clients", "new"): False}, {("clients", "client_phones_access"): True}])
def test_what_yclients_does_not_speak_of_is_not_missing(flags: dict[tuple[str, str], bool]) -> None:
    assert missing_rights(flags) == frozenset()


def test_stored_rights_that_nobody_knows_any_more_are_left_out() -> None:
    assert rights_of(["phones", "of another version"]) == {Right.PHONES}
    assert rights_of(None) is None
    assert rights_of([]) == frozenset()
