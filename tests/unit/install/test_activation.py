"""The rules of delivery, one line per case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import (
    RETRIES,
    DeliveryOutcome,
    DeliveryResult,
    OutboxState,
    next_step,
)
from aiadmin.domain.install.activation import (
    ActivationFailure,
    InstallationStatus,
    judge,
    judge_before_repeat,
    why_not_retry,
)
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.texts import ru
from tests.unit.install.values import due_company, due_row

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RETRY = DeliveryResult(outcome=DeliveryOutcome.RETRY, reason="unreachable")


@pytest.mark.parametrize(
    ("attempts", "ceiling"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 60), (7, 60), (100_000, 60)]
)
def test_delays_double_up_to_a_minute(attempts: int, ceiling: int) -> None:
    assert RETRIES.wait(attempts, 1.0) == timedelta(seconds=ceiling)
    assert RETRIES.wait(attempts, 0.0) == timedelta(seconds=ceiling / 2)


@pytest.mark.parametrize(
    ("left", "attempts", "chance", "state", "after"),
    [
        (3600, 1, 0.5, OutboxState.PENDING, 1.5),
        (3600, 6, 1.0, OutboxState.PENDING, 60),
        (10, 6, 1.0, OutboxState.PENDING, 10),
        (0, 1, 0.5, OutboxState.FAILED, None),
        (-5, 1, 0.5, OutboxState.FAILED, None),
        (None, 9, 1.0, OutboxState.PENDING, 60),
    ],
)
def test_retries_end_at_the_deadline(
    left: float | None, attempts: int, chance: float, state: OutboxState, after: float | None
) -> None:
    deadline = None if left is None else NOW + timedelta(seconds=left)
    step = next_step(RETRY, attempts=attempts, now=NOW, deadline_at=deadline, jitter=chance)
    assert step.state is state
    assert step.next_attempt_at == (None if after is None else NOW + timedelta(seconds=after))


def test_success_and_refusal_end_at_once() -> None:
    for outcome, state in ((DeliveryOutcome.DONE, OutboxState.SENT), (DeliveryOutcome.REFUSED, OutboxState.FAILED)):
        step = next_step(DeliveryResult(outcome=outcome), attempts=1, now=NOW, deadline_at=None, jitter=0.5)
        assert (step.state, step.next_attempt_at) == (state, None)


@given(wait=st.floats(0, 1e6), chance=st.floats(0, 1, exclude_max=True), left=st.floats(0.001, 1e5))
def test_a_wait_that_yclients_asks_for_is_kept_within_reason(wait: float, chance: float, left: float) -> None:
    verdict = replace(RETRY, wait=timedelta(seconds=wait))
    deadline = NOW + timedelta(seconds=left)
    step = next_step(verdict, attempts=1, now=NOW, deadline_at=deadline, jitter=chance)
    assert step.next_attempt_at is not None
    assert step.next_attempt_at <= deadline
    assert min(timedelta(seconds=wait), timedelta(minutes=5), deadline - NOW) <= step.next_attempt_at - NOW
    assert step.next_attempt_at - NOW <= max(RETRIES.longest, timedelta(minutes=5))


Body = dict[str, object] | None
OK: Body = {"success": True}
NO: Body = {"success": False}
ALREADY = "Пользователь уже установил это приложение."


@pytest.mark.parametrize(
    ("status", "body", "outcome", "reason"),
    [
        (None, None, DeliveryOutcome.RETRY, "unreachable"),
        (201, OK, DeliveryOutcome.DONE, ""),
        (200, OK, DeliveryOutcome.DONE, ""),
        (301, None, DeliveryOutcome.RETRY, "unreachable"),
        (302, OK, DeliveryOutcome.RETRY, "unreachable"),
        (400, NO, DeliveryOutcome.REFUSED, "unknown_app"),
        (400, None, DeliveryOutcome.RETRY, "unreachable"),
        (401, NO, DeliveryOutcome.REFUSED, "wrong_key"),
        (402, NO, DeliveryOutcome.REFUSED, "refused"),
        (404, NO, DeliveryOutcome.REFUSED, "unknown_salon"),
        (404, None, DeliveryOutcome.RETRY, "unreachable"),
        (408, NO, DeliveryOutcome.RETRY, "unreachable"),
        (422, NO, DeliveryOutcome.REFUSED, "invalid"),
        (429, NO, DeliveryOutcome.RETRY, "unreachable"),
        (429, None, DeliveryOutcome.RETRY, "unreachable"),
        (499, NO, DeliveryOutcome.REFUSED, "refused"),
        (500, NO, DeliveryOutcome.RETRY, "unreachable"),
        (502, None, DeliveryOutcome.RETRY, "unreachable"),
        (799, NO, DeliveryOutcome.RETRY, "unreachable"),
    ],
)
def test_what_an_answer_means(status: int | None, body: Body, outcome: DeliveryOutcome, reason: str) -> None:
    answer = HttpAnswer(status=status, body=body)
    assert not answer.is_doubtful
    verdict = judge(answer)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


@pytest.mark.parametrize("said", [ALREADY, "The user has already installed this application.", "Нет доступа"])
@pytest.mark.parametrize(
    ("connection", "outcome", "reason"),
    [
        (InstallationStatus.ACTIVE, DeliveryOutcome.DONE, ""),
        (InstallationStatus.UNINSTALLED, DeliveryOutcome.REFUSED, "expired"),
        (InstallationStatus.FREEZED, DeliveryOutcome.REFUSED, "frozen"),
        (InstallationStatus.SILENT, DeliveryOutcome.RETRY, "unreachable"),
    ],
)
def test_a_403_means_what_the_salons_status_says(
    connection: InstallationStatus, outcome: DeliveryOutcome, reason: str, said: str
) -> None:
    answer = HttpAnswer(status=403, body=NO, message=said)
    assert answer.is_doubtful
    verdict = judge(answer, connection)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


@pytest.mark.parametrize("connection", [InstallationStatus.PENDING, InstallationStatus.UNCLEAR])
def test_already_installed_but_not_active_is_asked_again_and_any_other_403_is_final(
    connection: InstallationStatus,
) -> None:
    assert judge(HttpAnswer(status=403, body=NO, message=ALREADY), connection).outcome is DeliveryOutcome.RETRY
    other = judge(HttpAnswer(status=403, body=NO, message="Нет доступа"), connection)
    assert (other.outcome, other.reason, other.detail) == (DeliveryOutcome.REFUSED, "refused", "HTTP 403 Нет доступа")


@pytest.mark.parametrize("body", [None, {}, {"data": {"user_id": 1}}])
def test_a_success_that_does_not_say_so_is_confirmed_by_the_status(body: Body) -> None:
    answer = HttpAnswer(status=201, body=body)
    assert answer.is_doubtful
    assert judge(answer, InstallationStatus.ACTIVE).outcome is DeliveryOutcome.DONE
    assert judge(answer, InstallationStatus.PENDING).outcome is DeliveryOutcome.RETRY


def test_a_failure_inside_a_200_is_a_failure() -> None:
    answer = HttpAnswer(status=200, body=NO, message="Нет")
    assert answer.is_doubtful
    assert judge(answer, InstallationStatus.PENDING).outcome is DeliveryOutcome.REFUSED
    assert judge(answer, InstallationStatus.ACTIVE).outcome is DeliveryOutcome.DONE


def test_before_a_repeat_only_an_active_salon_ends_it_and_only_silence_puts_it_off() -> None:
    told = {connection: judge_before_repeat(connection) for connection in InstallationStatus}
    outcomes = {connection: verdict and verdict.outcome for connection, verdict in told.items()}
    assert outcomes == {
        InstallationStatus.ACTIVE: DeliveryOutcome.DONE,
        InstallationStatus.SILENT: DeliveryOutcome.RETRY,
        InstallationStatus.PENDING: None,
        InstallationStatus.FREEZED: None,
        InstallationStatus.UNINSTALLED: None,
        InstallationStatus.UNCLEAR: None,
    }


def test_every_reason_has_its_sentence() -> None:
    assert set(ru.ACTIVATION_REASONS) == {reason.value for reason in ActivationFailure}


@pytest.mark.parametrize(
    ("status", "connected", "state", "word"),
    [
        (IntegrationStatus.ACTIVE, True, OutboxState.FAILED, "confirmed"),
        (IntegrationStatus.PENDING, False, OutboxState.PENDING, None),
        (IntegrationStatus.FROZEN, True, OutboxState.SENT, "frozen"),
        (IntegrationStatus.UNINSTALLED, False, OutboxState.CANCELLED, "removed"),
        (IntegrationStatus.ACTIVATING, True, OutboxState.SENDING, "right now"),
        (IntegrationStatus.ACTIVATION_FAILED, True, None, "no activation"),
        (IntegrationStatus.ACTIVATION_FAILED, True, OutboxState.FAILED, None),
        (IntegrationStatus.ACTIVATING, True, OutboxState.PENDING, None),
    ],
)
def test_what_yclients_knows_or_is_being_told_is_not_told_again(
    status: IntegrationStatus, connected: bool, state: OutboxState | None, word: str | None
) -> None:
    company = replace(due_company(NOW), integration_status=status, whatsapp_connected=connected)
    refusal = why_not_retry(company, replace(due_row(NOW), state=state) if state else None)
    assert (word in refusal) if refusal and word else (refusal is None and word is None)
