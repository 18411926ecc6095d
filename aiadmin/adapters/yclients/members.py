"""Who belongs to a salon, as `GET /company_users/{salon}` lists them."""

from __future__ import annotations

from datetime import timedelta

import structlog

from aiadmin.adapters.yclients import lenient_json
from aiadmin.adapters.yclients.http import Timeouts
from aiadmin.adapters.yclients.rest import RestApi
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.visitor import Turn
from aiadmin.domain.yclients.error import YClientsError
from aiadmin.domain.yclients.http_answer import HttpAnswer

log = structlog.get_logger(__name__)

_ASK = Timeouts(connect=3, total=5)
_TURN = timedelta(seconds=4)
"""Somebody's browser waits for a page."""


class YClientsMembers:
    """`ports.yclients.Members` over HTTP."""

    def __init__(self, rest: RestApi, *, is_configured: bool) -> None:
        """Without the token of our user at YClients it need not be asked: `is_configured` is False then."""
        self._rest, self._is_configured = rest, is_configured

    def of(self, salon_id: SalonId, turn: Turn) -> frozenset[int] | None:
        """Documented for Altegio only, so whatever looks odd says nothing: 403 and 404, no list, an empty one."""
        if not self._is_configured:
            return None
        path = f"/company_users/{salon_id}"
        try:
            answer = self._rest.read(turn.line, path, urgency=turn.urgency, timeouts=_ASK, patience=_TURN)
        except YClientsError as error:
            log.info("YClients does not say who belongs to a salon", salon_id=salon_id, error=type(error).__name__)
            return None
        return members_of(answer)


def members_of(answer: HttpAnswer) -> frozenset[int] | None:
    """The numbers of the users in a reply; None where it lists none, or says that there are more than it lists.

    >>> members_of(HttpAnswer(status=200, body={"success": True, "data": [{"id": "7"}, {"id": 8}, {"id": None}]}))
    frozenset({8, 7})
    """
    body = answer.body or {}
    data, meta = body.get("data"), lenient_json.row(body.get("meta"))
    listed = lenient_json.rows(data) if isinstance(data, list | dict) else []
    found = {lenient_json.positive(lenient_json.row(each).get("id")) for each in listed}
    most = max(lenient_json.whole(meta.get(name)) or 0 for name in ("count", "total_count"))
    return None if most > len(listed) else frozenset(number for number in found if number is not None) or None
