"""The activation: telling YClients that a salon is connected, and understanding the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.outbox import DeliveryOutcome, DeliveryResult, OutboxRow, OutboxState
from aiadmin.domain.ids import SalonId
from aiadmin.domain.yclients.http_answer import HttpAnswer


@dataclass(frozen=True, kw_only=True)
class ActivationRequest:
    """The activation of one salon, as YClients gets it.

    Attributes:
        api_key: what YClients will present to us; clear text.
        webhook_urls: where YClients sends this salon's events.
    """

    salon_id: SalonId
    api_key: str = field(repr=False)
    webhook_urls: tuple[str, ...]
    channels: tuple[str, ...] = ("whatsapp",)


class ActivationFailure(StrEnum):
    """Why an activation failed; `texts.ru.ACTIVATION_REASONS` tells the salon."""

    NOT_CONFIGURED = "not_configured"
    UNREACHABLE = "unreachable"
    WRONG_KEY = "wrong_key"
    UNKNOWN_APP = "unknown_app"
    UNKNOWN_SALON = "unknown_salon"
    INVALID = "invalid"
    REFUSED = "refused"
    EXPIRED = "expired"
    FROZEN = "frozen"
    KEY_LOST = "key_lost"


class InstallationStatus(StrEnum):
    """What YClients says about our app in one salon; the first four are its own words, spelling included."""

    PENDING = "pending"
    ACTIVE = "active"
    FREEZED = "freezed"
    UNINSTALLED = "uninstalled"
    UNCLEAR = "unclear"
    """It answered, but not this question."""
    SILENT = "silent"
    """It did not answer, or could not just now."""


INSTALLED = frozenset({InstallationStatus.ACTIVE, InstallationStatus.FREEZED})
"""What a salon that has our app is: it is set up, paid for or not."""


_REASONS: dict[int, ActivationFailure] = {
    HTTPStatus.BAD_REQUEST: ActivationFailure.UNKNOWN_APP,
    HTTPStatus.UNAUTHORIZED: ActivationFailure.WRONG_KEY,
    HTTPStatus.NOT_FOUND: ActivationFailure.UNKNOWN_SALON,
    HTTPStatus.UNPROCESSABLE_ENTITY: ActivationFailure.INVALID,
}
_LEFT = {
    InstallationStatus.UNINSTALLED: ActivationFailure.EXPIRED,
    InstallationStatus.FREEZED: ActivationFailure.FROZEN,
}
_ALREADY_INSTALLED = ("уже установил", "already installed")


def judge(answer: HttpAnswer, connection: InstallationStatus | None = None) -> DeliveryResult:
    """What an answer to the activation means.

    Args:
        connection: the salon's status, asked after a doubtful answer; None after any other.
    """
    if answer.is_success:
        return DeliveryResult(outcome=DeliveryOutcome.DONE)
    if connection is not None:
        return _judge_doubtful(answer, connection)
    if answer.is_transient:
        return _verdict(DeliveryOutcome.RETRY, ActivationFailure.UNREACHABLE, answer)
    return _verdict(DeliveryOutcome.REFUSED, _REASONS.get(answer.status or 0, ActivationFailure.REFUSED), answer)


def judge_before_repeat(connection: InstallationStatus) -> DeliveryResult | None:
    """What a salon's status means for a repeated activation: None where it has to be sent.

    An earlier attempt may have arrived although we never read its answer: the worker was killed, or time ran out.
    """
    if connection is InstallationStatus.ACTIVE:
        return DeliveryResult(outcome=DeliveryOutcome.DONE)
    if connection is InstallationStatus.SILENT:
        return DeliveryResult(outcome=DeliveryOutcome.RETRY, reason=ActivationFailure.UNREACHABLE)
    return None


def _judge_doubtful(answer: HttpAnswer, connection: InstallationStatus) -> DeliveryResult:
    if connection is InstallationStatus.ACTIVE:
        # an operator should see it: for a salon that was active before, YClients keeps the key and address of then
        return DeliveryResult(outcome=DeliveryOutcome.DONE, detail=_said(answer))
    if connection is InstallationStatus.SILENT:
        return _verdict(DeliveryOutcome.RETRY, ActivationFailure.UNREACHABLE, answer)
    if connection in _LEFT:
        return _verdict(DeliveryOutcome.REFUSED, _LEFT[connection], answer)
    if not answer.is_refusal:
        return _verdict(DeliveryOutcome.RETRY, ActivationFailure.UNREACHABLE, answer)
    contradicts_itself = any(words in answer.message.lower() for words in _ALREADY_INSTALLED)
    return _verdict(
        DeliveryOutcome.RETRY if contradicts_itself else DeliveryOutcome.REFUSED, ActivationFailure.REFUSED, answer
    )


def _verdict(outcome: DeliveryOutcome, reason: ActivationFailure, answer: HttpAnswer) -> DeliveryResult:
    return DeliveryResult(outcome=outcome, reason=reason, detail=_said(answer), wait=answer.wait)


def _said(answer: HttpAnswer) -> str:
    return f"HTTP {answer.status} {answer.message}".strip() if answer.status else answer.message


def may_fail(current: IntegrationStatus) -> bool:
    """Whether a failure changes the company's status: one that was unlinked meanwhile keeps its own."""
    return current is IntegrationStatus.ACTIVATING


def may_confirm(current: IntegrationStatus) -> bool:
    """Whether a confirmation makes the company active: one that was frozen or has left since stays that."""
    return current not in {IntegrationStatus.FROZEN, IntegrationStatus.UNINSTALLED}


_LONGEST_LEAD = timedelta(minutes=10)


def lead(window: timedelta) -> timedelta:
    """How long before the end of YClients' window the activation is sent, with or without a linked phone.

    Args:
        window: how long it waits in all.
    """
    return min(_LONGEST_LEAD, window / 6)


def why_not_retry(company: Company, row: OutboxRow | None) -> str | None:
    """Why the activation may not be started again, or None when it may; a phone need not be linked for it."""
    if company.integration_status is IntegrationStatus.ACTIVE:
        return "YClients has confirmed this company already"
    if company.integration_status is IntegrationStatus.FROZEN:
        return "YClients has frozen the application in this salon: it goes on when it is paid for"
    if company.integration_status is IntegrationStatus.UNINSTALLED:
        return "the salon has removed the application: it must press Connect in YClients"
    if row is None or row.state is OutboxState.SENT:
        return "this company has no activation to send"
    if row.state is OutboxState.SENDING:
        return "YClients is being told right now: look again in a minute"
    return None
