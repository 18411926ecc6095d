"""A worker that does what one client has agreed to, in a process of its own: it is there to be killed."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import text

from aiadmin.config import Config
from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.services.chat.writes import AgreedTurn
from aiadmin.storage.chat import codec
from tests.support.played_salon import ClockedContainer


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


def main() -> None:
    """`settings`, `now`, `company_id`, `contact_id`, `phone` and `proposal_id` come as JSON on the command line."""
    given = json.loads(sys.argv[1])
    box = ClockedContainer(Config(**given["settings"]))
    box.now, company_id = datetime.fromisoformat(given["now"]), CompanyId(given["company_id"])
    with box.engine.connect() as connection:
        found = text("SELECT proposal FROM chat_proposals WHERE id = :id")
        proposal = codec.read(Proposal, connection.execute(found, {"id": given["proposal_id"]}).scalar_one())
    assert proposal is not None
    with box.uow() as work:
        known = box.views.salon(work, company_id)
        client = box.views.client(work, company_id, phone=given["phone"], zone=known.view.zone)
        chat = work.chats.find(company_id, ContactId(given["contact_id"]))
    assert chat is not None
    writer = replace(box.visit_writer, api=Hanging(box.booking_api))
    writer.perform(
        AgreedTurn(
            known=known,
            chat=chat,
            client=client,
            proposal=replace(proposal, proposal_id=str(given["proposal_id"])),
        )
    )


if __name__ == "__main__":
    main()
