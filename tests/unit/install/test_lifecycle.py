"""Our state of an installation follows YClients': by its events, and by looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.companies.company import Company
from aiadmin.domain.companies.company import IntegrationStatus as Status
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.install.lifecycle import (
    LifecycleChange,
    after_event,
    after_status,
    is_payment_signed,
    is_plausible,
)
from tests.unit.install.values import due_company

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AFTER = {
    LifecycleChange.LEAVE: Status.UNINSTALLED,
    LifecycleChange.FREEZE: Status.FROZEN,
    LifecycleChange.RESUME: Status.ACTIVE,
    LifecycleChange.CONFIRM: Status.ACTIVE,
    LifecycleChange.RETRY: Status.ACTIVATING,
}
SETTLED = {
    InstallationStatus.ACTIVE: Status.ACTIVE,
    InstallationStatus.FREEZED: Status.FROZEN,
    InstallationStatus.UNINSTALLED: Status.UNINSTALLED,
}
EVENTS = st.sampled_from(["uninstall", "freeze", "payment", "unheard"])


def _company(status: Status, said: InstallationStatus | None = None) -> Company:
    company = due_company(NOW)
    return replace(company, integration_status=status, yclients_status=said)


def _look(company: Company, connection: InstallationStatus) -> Company:
    change = after_status(company, connection)
    status = AFTER.get(change, company.integration_status)
    return replace(company, integration_status=status, yclients_status=connection)


@given(
    start=st.sampled_from(Status),
    said=st.sampled_from([None, *InstallationStatus]),
    truth=st.sampled_from([*SETTLED]),
)
def test_two_looks_bring_us_to_what_yclients_says_and_further_looks_change_nothing(
    start: Status, said: InstallationStatus | None, truth: InstallationStatus
) -> None:
    company = _look(_look(_company(start, said), truth), truth)
    never_was = {Status.PENDING, Status.PAIRING, Status.ACTIVATING, Status.ACTIVATION_FAILED}
    if truth is InstallationStatus.UNINSTALLED and start in never_was:
        assert company.integration_status is start  # nothing began, so nothing ends
    elif truth is InstallationStatus.FREEZED and start is Status.UNINSTALLED:
        assert company.integration_status is start
    else:
        assert company.integration_status is SETTLED[truth]
    assert after_status(company, truth) is LifecycleChange.NONE


@given(
    start=st.sampled_from(Status),
    answers=st.lists(st.sampled_from([InstallationStatus.SILENT, InstallationStatus.UNCLEAR])),
)
def test_what_yclients_does_not_say_changes_nothing(start: Status, answers: list[InstallationStatus]) -> None:
    company = _company(start)
    for answer in answers:
        assert after_status(company, answer) is LifecycleChange.NONE


@given(start=st.sampled_from([Status.ACTIVE, Status.FROZEN]), before=st.sampled_from([None, *InstallationStatus]))
def test_one_word_of_yclients_alone_never_lets_a_salon_go(start: Status, before: InstallationStatus | None) -> None:
    change = after_status(_company(start, before), InstallationStatus.UNINSTALLED)
    assert (change is LifecycleChange.LEAVE) == (before is InstallationStatus.UNINSTALLED)


@given(start=st.sampled_from(Status), events=st.lists(st.tuples(EVENTS, st.booleans())))
def test_events_may_come_twice_and_a_salon_that_left_hears_nothing_more(
    start: Status, events: list[tuple[str, bool]]
) -> None:
    status = start
    for event, is_repeated in events:
        before = status
        status = AFTER.get(after_event(event, status), status)
        if is_repeated:
            assert after_event(event, status) is LifecycleChange.NONE
        if before is Status.UNINSTALLED:
            assert status is Status.UNINSTALLED


def test_a_second_uninstallation_counts_like_the_first() -> None:
    assert after_event("uninstall", Status.ACTIVE) is LifecycleChange.LEAVE
    assert after_event("uninstall", Status.UNINSTALLED) is LifecycleChange.NONE
    assert after_event("uninstall", Status.ACTIVATING) is LifecycleChange.LEAVE


def test_an_activation_that_we_gave_up_is_told_again_while_yclients_waits() -> None:
    assert after_status(_company(Status.ACTIVATION_FAILED), InstallationStatus.PENDING) is LifecycleChange.RETRY
    assert after_status(_company(Status.ACTIVATING), InstallationStatus.PENDING) is LifecycleChange.NONE
    assert after_status(_company(Status.ACTIVE), InstallationStatus.PENDING) is LifecycleChange.NONE


@pytest.mark.parametrize(
    ("left", "stayed", "expected"),
    [(0, 0, True), (2, 0, True), (3, 0, False), (3, 2, False), (3, 3, True), (30, 29, False), (30, 100, True)],
)
def test_when_most_salons_seem_to_have_left_the_mistake_is_ours(left: int, stayed: int, expected: bool) -> None:
    assert is_plausible([LifecycleChange.LEAVE] * left + [LifecycleChange.NONE] * stayed) is expected


KEY = "test_partner_token"
PUBLISHED = "aac531e3614752cac6268ef3acb4868bcb29f324a795b1620e333ab4d585b8c9"


@pytest.mark.parametrize(
    ("salon_id", "amount", "discount", "sign", "key", "expected"),
    [
        (4564, "990", None, PUBLISHED, KEY, True),
        (4564, "990.00", None, PUBLISHED.upper(), KEY, True),
        (4564, "991", None, PUBLISHED, KEY, False),
        (4565, "990", None, PUBLISHED, KEY, False),
        (4564, "990", "1", PUBLISHED, KEY, False),
        (4564, "990", None, "", KEY, False),
        (4564, "990", None, "подпись", KEY, False),
        (4564, "990", None, PUBLISHED, "", False),
        (4564, "1E+999999", None, PUBLISHED, KEY, False),
        (4564, "NaN", None, PUBLISHED, KEY, False),
    ],
)
def test_a_payments_signature_is_over_salon_amount_and_discount(
    salon_id: int, amount: str, discount: str | None, sign: str, key: str, expected: bool
) -> None:
    cut = Decimal(discount) if discount else None
    assert is_payment_signed(SalonId(salon_id), Decimal(amount), cut, sign, key) is expected
