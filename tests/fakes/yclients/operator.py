"""Messages that YClients asks an app to send for a salon, and what the app reports of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.fakes.yclients.salon.clientele import is_phone

STATUSES = {8: "handed to operator", 4: "sent", 1: "delivered", 2: "not delivered", 16: "rejected", 52: "no funds"}
_PRICED = (8, 1)
"""These two always say what they cost, be it nothing."""
_ERROR_CODES = {400: (5, 10), 401: (20,), 403: (15,), 404: (30,)}
_PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass
class Message:
    """One message to one phone: what the app said at once, and the statuses that came later, oldest first."""

    id: str
    salon_id: int
    phone: str
    text: str
    ext_id: str | None = None
    error_code: int | None = None
    statuses: list[int] = field(default_factory=list)


class Operator:
    """All messages, by YClients' own id."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}

    def add(self, salon_id: int, phones: Sequence[str], text: str) -> list[Message]:
        """New messages, one for each phone. Ids are text, as in the documentation."""
        first = 232_674 + len(self.messages)
        new = [Message(str(first + number), salon_id, phone, text) for number, phone in enumerate(phones)]
        self.messages |= {message.id: message for message in new}
        return new

    async def post(self, url: str, key: str, messages: Sequence[Message], **said: Any) -> dict[str, Any]:
        """Ask the app; the answer's `status`, what it `replied`, and every `problem` with its shape."""
        targets = [{"id": message.id, "phone": message.phone} for message in messages]
        body = {"destination_params": targets, "text": messages[0].text, **said}
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as http,
            http.post(url, json=body, headers=headers) as answer,
        ):
            try:
                reply = await answer.json(content_type=None)
            except ValueError:
                reply = None
            status = answer.status
        found = problems(status, reply, [message.id for message in messages])
        if status == 200 and not found:
            self._note(reply)
        return {"status": status, "reply": reply, "problems": found, "ids": [message.id for message in messages]}

    def _note(self, reply: list[dict[str, Any]]) -> None:
        for row in reply:
            message = self.messages[row["id"]]
            message.ext_id, message.error_code = row.get("ext_id"), row.get("error_code")


def problems(status: int, reply: Any, ids: Sequence[str]) -> list[str]:
    """What is wrong with an app's answer; nothing if it is as documented."""
    if status != 200:
        return _refusal_problems(status, reply)
    if not isinstance(reply, list) or not all(isinstance(row, dict) for row in reply):
        return ["the answer is not an array of objects"]
    found = [
        f"row {row}: neither an ext_id nor an error_code with its error_message" for row in reply if not _is_row(row)
    ]
    if sorted(str(row.get("id")) for row in reply) != sorted(ids):
        found.append(f"the ids are not those that were asked: {ids}")
    return found


def _is_row(row: Mapping[str, Any]) -> bool:
    is_taken = isinstance(row.get("ext_id"), str) and "error_code" not in row
    is_refused = type(row.get("error_code")) is int and isinstance(row.get("error_message"), str)
    return isinstance(row.get("id"), str) and (is_taken or is_refused)


def _refusal_problems(status: int, reply: Any) -> list[str]:
    if status not in _ERROR_CODES:
        return [f"no such status is documented: {status}"]
    if not isinstance(reply, dict) or reply.get("error_code") not in _ERROR_CODES[status]:
        return [f"a {status} has an error_code of {_ERROR_CODES[status]}: {reply}"]
    parts = ("field_name", "field_value", "error_message")
    if reply["error_code"] == 10 and not all(set(parts) <= set(row) for row in reply.get("errors") or [{}]):
        return [f"each of `errors` has {parts}: {reply}"]
    return []


def wrong_fields(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong with one status report, in the shape in which it is answered."""
    status = row.get("status")
    wrong = {} if status in STATUSES else {"status": "unknown status"}
    needed = ("payment_sum", "currency_iso", "parts_amount") if status in _PRICED else ()
    wrong |= {name: "required" for name in needed if row.get(name) is None}
    return [{"field_name": name, "field_value": row.get(name), "error_message": text} for name, text in wrong.items()]


def check_phones(phones: Sequence[str]) -> None:
    """Raises ValueError: YClients asks for nothing but phones."""
    if not phones or not all(map(is_phone, phones)):
        raise ValueError(f"not phones: {phones}")
