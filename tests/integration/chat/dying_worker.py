"""A worker in a process of its own, by the clock of the test: it is there to be killed. See `worker_process`."""

from __future__ import annotations

import pickle
import sys
import time
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.services.chat.writes import AgreedTurn
from aiadmin.storage.chat import codec
from tests.support.clocked import PatientContainer


class Hanging:
    """The real API; once the journal was changed, nothing goes on."""

    def __init__(self, api: Any) -> None:
        self._api = api

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._api, name)
        if name not in {"book", "move", "cancel"}:
            return call

        def hang(*given: Any, **named: Any) -> None:
            call(*given, **named)
            time.sleep(600)

        return hang


def handle(box: PatientContainer) -> None:
    """What is due in chats."""
    box.chat_handler.work()


def perform(
    box: PatientContainer, company_id: CompanyId, contact_id: ContactId, phone: str, proposal_id: int
) -> None:
    """What one client has agreed to, until its call was made."""
    with box.engine.connect() as connection:
        found = text("SELECT proposal FROM chat_proposals WHERE id = :id")
        proposal = codec.read(Proposal, connection.execute(found, {"id": proposal_id}).scalar_one())
    assert proposal is not None
    with box.uow() as work:
        known = box.views.salon(work, company_id)
        client = box.views.client(work, company_id, phone=phone, zone=known.view.zone)
        chat = work.chats.find(company_id, contact_id)
    assert chat is not None
    writer = replace(box.visit_writer, api=Hanging(box.booking_api))
    agreed = replace(proposal, proposal_id=str(proposal_id))
    writer.perform(AgreedTurn(known=known, chat=chat, client=client, proposal=agreed))


if __name__ == "__main__":
    config, now, job, known = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own
    container = PatientContainer(config)
    container.now = now
    {"handle": handle, "perform": perform}[job](container, **known)
