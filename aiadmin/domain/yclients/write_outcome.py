"""The outcome of a change of the journal that we asked for: saved, refused, or unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from aiadmin.domain.yclients.answer import code_of
from aiadmin.domain.yclients.http_answer import HttpAnswer


class Refusal(StrEnum):
    """Why YClients certainly changed nothing."""

    BAD_PHONE = "bad_phone"
    WRONG_CODE = "wrong_code"
    BUSY = "busy"
    BLACKLISTED = "blacklisted"
    NO_NAME = "no_name"
    NO_STAFF = "no_staff"
    """The master was left open, and none is free."""
    OVERLAP = "overlap"
    """Two visits of one request are at one time."""
    NO_SERVICE = "no_service"
    """The service is not offered any more, or not by this master."""
    FORBIDDEN = "forbidden"
    """The app lacks a right in this salon, or the salon does not let clients do it."""
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    NOT_NOW = "not_now"
    """Too many calls, or our own budget is used up: it was not made, and may be made later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRecord:
    """A record that a call made or changed.

    Attributes:
        record_hash: opens the record to the client who booked online; a secret, for no log and no address.
    """

    record_id: int
    record_hash: str | None = None

    def __repr__(self) -> str:
        return f"SavedRecord(record_id={self.record_id})"


@dataclass(frozen=True, slots=True)
class Saved:
    """YClients did it; `records` in the order of the request, none for a check or a deletion."""

    records: tuple[SavedRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """YClients did not do it."""

    reason: Refusal


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, a breakdown, or one that cannot be read: it may have been done. Never made again by itself."""


WriteOutcome = Saved | Refused | Unknown

_BY_CODE: Mapping[int, Refusal] = {
    431: Refusal.BAD_PHONE,
    432: Refusal.WRONG_CODE,
    433: Refusal.BUSY,
    434: Refusal.BLACKLISTED,
    435: Refusal.NO_NAME,
    436: Refusal.NO_STAFF,
    437: Refusal.OVERLAP,
    438: Refusal.NO_SERVICE,
}
"""YClients' own numbers (REST, sections Check and Book); its live answers often carry words alone."""
_BY_WORDS: tuple[tuple[str, Refusal], ...] = (
    ("лимит запросов", Refusal.NOT_NOW),
    ("черном списке", Refusal.BLACKLISTED),
    ("уже занято", Refusal.BUSY),
    ("нерабочим", Refusal.BUSY),
    ("нет свободных сотрудников", Refusal.NO_STAFF),
    ("пересека", Refusal.OVERLAP),
    ("не оказывает", Refusal.NO_SERVICE),
    ("код подтверждения", Refusal.WRONG_CODE),
    ("имя клиента", Refusal.NO_NAME),
    ("номера телефона", Refusal.BAD_PHONE),
)
_BY_STATUS: Mapping[int, Refusal] = {
    HTTPStatus.UNAUTHORIZED: Refusal.FORBIDDEN,
    HTTPStatus.PAYMENT_REQUIRED: Refusal.FORBIDDEN,
    HTTPStatus.FORBIDDEN: Refusal.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Refusal.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS: Refusal.NOT_NOW,
}
_SAYS_NOTHING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


def outcome_of(answer: HttpAnswer, records: tuple[SavedRecord, ...] | None) -> WriteOutcome:
    """What an answer says of the change that was asked for.

    Args:
        records: those that the answer names; None where it should name some and does not, or not readably.
    """
    status = answer.status
    if status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _SAYS_NOTHING:
        return Unknown()
    if status >= HTTPStatus.BAD_REQUEST:
        return _refused(status, answer)
    is_done = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES and _says_done(status, answer)
    return Saved(records) if is_done and records is not None else Unknown()


def _says_done(status: int, answer: HttpAnswer) -> bool:
    """204 and 201 may come without a body; a page of HTML with 200 comes from something before YClients."""
    if answer.body is None:
        return status in {HTTPStatus.NO_CONTENT, HTTPStatus.CREATED}
    return answer.body.get("success") is not False


def _refused(status: int, answer: HttpAnswer) -> WriteOutcome:
    """An error of a client's kind that is no JSON comes from a proxy, which may have passed the call on."""
    if answer.body is None and status not in _BY_STATUS:
        return Unknown()
    by_code = _BY_CODE.get(code_of(answer.body) or 0)
    said = answer.message.lower().replace("ё", "е")
    by_words = next((reason for words, reason in _BY_WORDS if words in said), None)
    return Refused(by_code or by_words or _BY_STATUS.get(status, Refusal.INVALID))
