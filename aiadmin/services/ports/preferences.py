"""What the services need of what a salon wants its messages to be."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.notice import NoticeKind


class Preferences(Protocol):
    """Rows of `message_settings` and `message_texts`, read alone. Every call names its company."""

    def settings(self, company_id: CompanyId) -> MessageSettings:
        """What the salon has set; what it never set is the default."""
        ...

    def text(self, company_id: CompanyId, kind: NoticeKind) -> str | None:
        """The salon's own template, or None where it has none."""
        ...

    def address(self, company_id: CompanyId) -> str | None: ...
