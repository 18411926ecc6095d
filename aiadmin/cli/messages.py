"""`companies send`: one message from a salon's WhatsApp, and what became of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import timedelta

import click

from aiadmin.cli.phone import phone_in
from aiadmin.container import Container
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId, MessageId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import MessageReason, NewMessage, OutboxMessage
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.services.messages import messages

_POLL_SECONDS = 0.1
_OPEN = frozenset({OutboxState.PENDING, OutboxState.SENDING})
_MEANINGS: Mapping[str, str] = {
    MessageReason.NOT_ON_WHATSAPP: "this number is not on WhatsApp",
    MessageReason.REACHOUT_LOCKED: "WhatsApp does not let this number write first to people who never wrote to it",
    MessageReason.HOST_LOST: "the process that sent it died; it may have arrived",
    MessageReason.TIMEOUT: "WhatsApp did not answer; it may have arrived",
    MessageReason.DISCONNECTED: "the connection broke; it may have arrived",
    MessageReason.UNENCRYPTED: "its keys could not be read or written just then; it may not have arrived",
    MessageReason.EXPIRED: "no phone of this salon was connected in time",
    MessageReason.NOT_CONNECTED: "the connection broke before it went out; it is tried again",
}


@click.command()
@click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))
@click.argument("phone")
@click.argument("text")
@click.option("--wait", default=90, show_default=True, help="Seconds after which it is no longer worth sending.")
def send(company_id: int, phone: str, text: str, wait: int) -> None:
    """Send TEXT from a company's WhatsApp to PHONE , and wait for the outcome."""
    container = Container.from_env()
    digits = phone_in(container, company_id, phone)
    new = NewMessage(
        company_id=CompanyId(company_id),
        text=text,
        dedup_key=f"cli:{uuid.uuid4()}",
        deadline_at=container.clock() + timedelta(seconds=wait),
    )
    try:
        number = messages.send(new, to=IdentityObservation(phone=digits), uow=container.uow, clock=container.clock)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="TEXT") from error
    assert number is not None  # noqa: S101 - the dedup key is new
    _report(_outcome(container, new.company_id, number, wait))


def _outcome(container: Container, company_id: CompanyId, number: MessageId, wait: int) -> OutboxMessage:
    """The message when it is decided, or as it stands a while after it has expired."""
    deadline = time.monotonic() + wait + 2
    while True:
        message = messages.find(company_id, number, uow=container.uow)
        if message is None:
            raise click.ClickException("the message is gone: its company or its contact was deleted")
        if message.state not in _OPEN or time.monotonic() > deadline:
            return message
        time.sleep(_POLL_SECONDS)


def _report(message: OutboxMessage) -> None:
    why = _MEANINGS.get(message.reason or "", message.reason)
    line = f"message {message.outbox_message_id}: {message.state.value}"
    if message.state is not OutboxState.SENT:
        raise click.ClickException(f"{line}: {why}" if why else line)
    click.echo(f"{line} as {message.message_id}")
