"""Writes down what hosts of the tests have sent, as the product does."""

from __future__ import annotations

from aiadmin.adapters.batcher import Batcher
from aiadmin.container import RECORD_SECONDS
from aiadmin.domain.messages.message import RecordedSend, SentMessage
from aiadmin.storage.engine import make_statement_engine
from aiadmin.storage.messages.sent_messages import SentMessages
from aiadmin.storage.statements import Statements


class SentRecorder:
    """`ask` it; `close` it."""

    def __init__(self, database_url: str) -> None:
        self._engine = make_statement_engine(database_url, pool_size=2)
        recorder = SentMessages(Statements(self._engine))
        self._batcher: Batcher[SentMessage, RecordedSend] = Batcher(
            recorder.record, name="PostgreSQL", patience=RECORD_SECONDS
        )
        self.ask = self._batcher.ask

    def close(self) -> None:
        self._batcher.close()
        self._engine.dispose()
