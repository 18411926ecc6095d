"""What a salon wants its messages to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.storage.tables.core import CompanyRow
from aiadmin.storage.tables.notices import MessageSettingsRow, MessageTextRow


@dataclass(frozen=True, kw_only=True)
class SalonMessages:
    """How a salon writes to its clients.

    Attributes:
        texts: its own templates; a kind without one has ours.
        address: as its messages give it.
    """

    settings: MessageSettings = field(default_factory=MessageSettings)
    texts: Mapping[NoticeKind, str] = field(default_factory=dict)
    address: str | None = None


class MessageSettingsStore:
    """Rows of `message_settings` and `message_texts`. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def settings(self, company_id: CompanyId) -> MessageSettings:
        """What the salon has set; what it never set is the default."""
        statement = select(MessageSettingsRow.settings).where(MessageSettingsRow.company_id == company_id)
        return MessageSettings.from_json(self._session.scalar(statement))

    def of_salon(self, company_id: CompanyId) -> SalonMessages:
        """Settings, templates and address of a salon, in one look."""
        own = (
            select(func.jsonb_object_agg(MessageTextRow.kind, MessageTextRow.template))
            .where(MessageTextRow.company_id == company_id)
            .scalar_subquery()
        )
        statement = (
            select(CompanyRow.address, MessageSettingsRow.settings, own.label("texts"))
            .outerjoin(MessageSettingsRow, MessageSettingsRow.company_id == CompanyRow.id)
            .where(CompanyRow.id == company_id)
        )
        row = self._session.execute(statement).one()
        texts = {NoticeKind(kind): template for kind, template in (row.texts or {}).items()}
        return SalonMessages(settings=MessageSettings.from_json(row.settings), texts=texts, address=row.address)

    def set_settings(self, company_id: CompanyId, settings: MessageSettings, at: datetime) -> None:
        given = {"settings": dict(settings.to_json()), "updated_at": at}
        statement = insert(MessageSettingsRow).values(company_id=company_id, **given)
        self._session.execute(statement.on_conflict_do_update(constraint="pk_message_settings", set_=given))

    def set_text(self, company_id: CompanyId, kind: NoticeKind, template: str, at: datetime) -> None:
        given = {"template": template, "updated_at": at}
        statement = insert(MessageTextRow).values(company_id=company_id, kind=kind, **given)
        self._session.execute(statement.on_conflict_do_update(constraint="pk_message_texts", set_=given))

    def reset_text(self, company_id: CompanyId, kind: NoticeKind) -> bool:
        """Forget the salon's own template; False when it had none."""
        statement = delete(MessageTextRow).where(MessageTextRow.company_id == company_id, MessageTextRow.kind == kind)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1
