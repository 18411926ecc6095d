"""One notice is taken out of the sending plan."""

from __future__ import annotations

from flask import Blueprint
from marshmallow import fields, validate

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.services.notices.upcoming import NoticeWithdrawal
from aiadmin.texts import ru
from aiadmin.texts.ru import sending as words
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container, entered
from aiadmin.web.http.schemas import _In
from aiadmin.web.manage.schemas import Ordered
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("sending", __name__)
MOST = 2**53 - 1
"""YClients numbers its bookings by more than 32 bits; a page's script counts no further than this."""


class NoticeToWithdraw(_In):
    """A notice by the booking that it speaks of: one that is only foretold has no number of its own."""

    record_id = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, MOST, error=ru.FIELDS["choice"]),
        error_messages={"invalid": ru.FIELDS["choice"]},
        metadata={"example": 912345678},
    )
    kind = fields.Enum(NoticeKind, by_value=True, required=True, error_messages={"unknown": ru.FIELDS["choice"]})


@blueprint.post("/marketplace/manage/notices/withdraw")
@documented(
    Operation(
        summary="Не отправлять одно сообщение",
        answers={200: Ordered},
        body=NoticeToWithdraw,
        errors=(404, 409),
    )
)
def withdraw() -> dict[str, object]:
    """It stays withdrawn for the time that the booking is at now; once more changes nothing."""
    asked = schemas.load(NoticeToWithdraw, read_object())
    container, seen = current_container(), entered()
    NoticeWithdrawal(uow=container.uow, clock=container.clock).withdraw(
        company().company_id,
        asked["record_id"],
        asked["kind"],
        session_id=None if seen is None else seen.session.session_id,
    )
    return schemas.dump(Ordered, text=words.WITHDRAWN)
