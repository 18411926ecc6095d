"""Messages to the salon's own number, about a client: there the owner reads them beside the client's chat."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.confirmation import Question, is_held
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.services.messages.messages import enqueue
from aiadmin.storage.unit_of_work import UnitOfWork
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru.calls import who

TOLD_WITHIN = timedelta(hours=12)


def tell_salon(
    work: UnitOfWork,
    company_id: CompanyId,
    text: str,
    *,
    about: ContactId,
    key: str,
    now: datetime,
    record_id: int | None = None,
) -> None:
    """Owe a message to the salon's own number; none where no phone is linked.

    Args:
        key: at most one message of this key is ever owed.
    """
    company = work.companies.find(company_id)
    if company is None or company.whatsapp_phone is None:
        return
    new = NewMessage(
        company_id=company_id,
        text=text,
        dedup_key=key,
        deadline_at=now + TOLD_WITHIN,
        purpose=Purpose.REPLY,
        record_id=record_id,
        about=about,
    )
    enqueue(new, to=IdentityObservation(phone=company.whatsapp_phone), work=work, now=now)


def tell_of_visit(question: Question, told: str, *, key: str, work: UnitOfWork, now: datetime) -> None:
    """The same, about the visit of a question: `told` has places for `when` and `who`."""
    when, name = _visit_of(question, work)
    phone = work.questions.contact_phone(question.company_id, question.contact_id)
    text = told.format(when=when, who=who(name, phone))
    whom = question.company_id, text
    tell_salon(work, *whom, about=question.contact_id, key=key, now=now, record_id=question.record_id)


def _visit_of(question: Question, work: UnitOfWork) -> tuple[str, str | None]:
    """When the visit is, in the salon's time and a client's words; and what its client is called."""
    salon = work.sync_runs.salon(question.company_id)
    zone = salon.zone if salon else DEFAULT_ZONE
    when = wording.day_and_clock(question.visit_at.astimezone(ZoneInfo(zone)))
    if question.first is not None:
        return when, question.first.client_name
    known = work.records.find(question.company_id, question.record_id)
    return when, known.record.client_name if known and is_held(question, known.record) else None
