"""The chats of the cabinet: listed, read, marked as read, and answered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import Blueprint, request

from aiadmin.domain.chat.floor import Holder
from aiadmin.domain.ids import ContactId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.message_log import LogEntry
from aiadmin.services.manage.conversations import CHATS, ConversationService
from aiadmin.texts.ru import chats as words
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container, key_limits
from aiadmin.web.manage import conversation_schemas
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("conversations", __name__)


@blueprint.get("/marketplace/manage/messages")
@documented(
    Operation(
        summary="Переписка с клиентами, новое сверху",
        answers={200: conversation_schemas.Messages},
        query={
            "before": "Продолжение: из ответа",
            "phone": "Часть номера клиента",
            "contact": "Один чат: номер из списка",
        },
        errors=(HTTPStatus.BAD_REQUEST,),
    )
)
def messages() -> dict[str, object]:
    """Fifty messages; the phones are whole, for the reader is the salon itself."""
    asked = schemas.load(conversation_schemas.MessagesQuery, request.args)
    entries = _service().messages(company().company_id, **asked)
    return schemas.dump(
        conversation_schemas.Messages,
        messages=[_message(entry) for entry in entries],
        before=str(entries[-1].cursor) if entries else None,
    )


@blueprint.get("/marketplace/manage/conversations")
@documented(
    Operation(
        summary="Чаты с клиентами, новое сверху",
        answers={200: conversation_schemas.Conversations},
        query={"before": "Продолжение: из ответа", "search": "Часть имени или номера клиента"},
        errors=(HTTPStatus.BAD_REQUEST,),
    )
)
def conversations() -> dict[str, object]:
    """Thirty chats, each with its newest message, what is unread of it, and who has the floor."""
    asked = conversation_schemas.ConversationsQuery().load(request.args)
    found = _service().chats(company().company_id, **asked)
    before = found[-1].at if len(found) == CHATS else None
    return schemas.dump(conversation_schemas.Conversations, chats=found, before=before)


@blueprint.get("/marketplace/manage/conversations/<id:contact_id>")
@documented(
    Operation(summary="Клиент и его ближайшие визиты", answers={200: conversation_schemas.ChatCard}, errors=(404,))
)
def card(contact_id: int) -> dict[str, object]:
    """Who the client of a chat is, and what they have booked."""
    seen = _service().card(company().company_id, ContactId(contact_id))
    zone = ZoneInfo(seen.zone)
    return schemas.dump(
        conversation_schemas.ChatCard,
        contact_id=seen.contact_id,
        name=seen.name,
        phone=seen.phone,
        is_opted_out=seen.is_opted_out,
        can_give=seen.can_give,
        is_human=seen.floor.holder is Holder.HUMAN,
        upcoming=[_visit(one, zone) for one in seen.upcoming],
        last=None if seen.last is None else _visit(seen.last, zone),
    )


@blueprint.post("/marketplace/manage/conversations/seen")
@documented(
    Operation(
        summary="Отметить чат прочитанным",
        answers={200: conversation_schemas.MarkedSeen},
        body=conversation_schemas.Seen,
        errors=(404,),
    )
)
def mark_seen() -> dict[str, object]:
    """What comes later is unread."""
    asked = schemas.load(conversation_schemas.Seen, read_object())
    _service().mark_seen(company().company_id, ContactId(asked["contact_id"]), asked["up_to"])
    return schemas.dump(conversation_schemas.MarkedSeen)


@blueprint.post("/marketplace/manage/conversations/reply")
@documented(
    Operation(
        summary="Ответить клиенту с WhatsApp салона",
        answers={202: conversation_schemas.Sent},
        body=conversation_schemas.TypedReply,
        errors=(404, 409, 429),
    )
)
def reply() -> tuple[dict[str, object], int]:
    """To somebody with whom the salon has a chat. The bot is silent there for two hours, as after its phone."""
    asked = schemas.load(conversation_schemas.TypedReply, read_object())
    owner = company().company_id
    key_limits().count_typed(owner)
    floor = _service().reply(owner, ContactId(asked["contact_id"]), asked["text"], key=asked["key"])
    sent = schemas.dump(
        conversation_schemas.Sent,
        text=words.SENDING,
        is_human=floor.holder is Holder.HUMAN,
        until=floor.until,
    )
    return sent, HTTPStatus.ACCEPTED


def _service() -> ConversationService:
    container = current_container()
    return ConversationService(uow=container.uow, clock=container.clock, page_events=container.page_events)


def _message(entry: LogEntry) -> Mapping[str, object]:
    return {
        "author": entry.author,
        "at": entry.at,
        "phone": entry.phone,
        "name": entry.name,
        "text": words.SPOKEN.format(words=entry.text) if entry.is_spoken else entry.text,
        "purpose": texts_manage.PURPOSES.get(entry.purpose or ""),
        "status": entry.status,
        "reason": texts_manage.message_reason(entry.reason),
    }


def _visit(one: Record, zone: ZoneInfo) -> Mapping[str, object]:
    return {"when": words.visit_when(one, zone), "what": words.visit_what(one), "attendance": words.attendance(one)}
