"""Every reason that a table keeps and people read has its words."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from aiadmin.domain.hosting.session_event import LogoutReason
from aiadmin.domain.install.activation import ActivationFailure
from aiadmin.domain.journal.sync_retry import Failure
from aiadmin.domain.messages.message import MessageReason, Purpose
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.notice import StaleReason
from aiadmin.texts import ru
from aiadmin.texts.ru import manage, sending
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (Purpose, manage.PURPOSES),
        (MessageReason, manage.MESSAGE_REASONS),
        (Failure, manage.SYNC_FAILURES),
        (ActivationFailure, ru.ACTIVATION_REASONS),
        (LogoutReason, ru.LOGGED_OUT),
        ([*StaleReason, *BlockReason], sending.REASONS),
    ],
    ids=[
        "outbox_messages.purpose",
        "outbox_messages.reason",
        "sync_runs.error",
        "companies.activation_error",
        "devices.reason",
        "notices.reason",
    ],
)
def test_each_reason_has_its_words_and_no_words_are_of_none(reasons: Iterable[str], words: dict[str, str]) -> None:
    assert set(words) == set(reasons)
    assert all(words.values())


def test_a_refusal_of_whatsapps_that_has_no_name_is_called_one() -> None:
    assert manage.message_reason("refused_479") == "WhatsApp не принял сообщение"
    assert manage.message_reason(None) is None


def test_statements_write_no_other_reasons() -> None:
    known = {*MessageReason, *BlockReason, *StaleReason}
    sources = [path.read_text() for path in (ROOT / "aiadmin/storage").rglob("*.py")]
    written = {reason for text in sources for reason in re.findall(r"\breason = '(\w+)'", text)}
    assert written
    assert written <= known
