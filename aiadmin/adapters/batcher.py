"""Many callers, one trip: what waits together is asked together.

A trip to a server costs much the same for one question and for fifty, and a disk's flush costs the same for one row
and for two hundred. So callers hand their question to one thread, which takes whatever has gathered while it was
busy. Who comes alone waits for nobody, and nothing is remembered: each answer was looked for after its question.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import structlog

from aiadmin.domain.errors import DependencyDownError

log = structlog.get_logger(__name__)

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class _Waiting(Generic[Question, Answer]):
    """A question, and what became of it."""

    __slots__ = ("answer", "done", "error", "is_given_up", "question")

    answer: Answer

    def __init__(self, question: Question) -> None:
        self.question = question
        self.error: Exception | None = None
        self.is_given_up = False
        self.done = threading.Lock()
        self.done.acquire()


class Batcher(Generic[Question, Answer]):
    """Answers questions in batches, each in the order in which it was asked.

    Where a batch fails, every caller gets an error of its own: at an outage at once; any other failure is of one
    question, so each is asked again by itself, and the others get their answers.

    The thread (a greenlet in the web process) is a daemon, and is started by the first question.
    """

    def __init__(
        self,
        serve: Callable[[Sequence[Question]], Sequence[Answer | Exception]],
        *,
        name: str,
        patience: float,
        most: int = 200,
        weigh: Callable[[Question], int] = lambda _: 0,
        most_weight: int = 0,
    ) -> None:
        """Prepare.

        Args:
            serve: answers as many questions as it is given, in their order; an error in place of an answer is raised
                for who asked. It may be given a question twice.
            name: of the dependency behind it, for the error of who has waited too long.
            patience: how many seconds a caller waits.
            most: how many questions a batch has.
            weigh: what a question adds to a batch, of which `most_weight` is the most; a heavier one is alone.
        """
        self._ask_all, self._name, self._patience = serve, name, patience
        self._most, self._weigh, self._most_weight = most, weigh, most_weight
        self._waiting: deque[_Waiting[Question, Answer]] = deque()
        self._arrived, self._closed = threading.Event(), threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._busy_since: float | None = None

    def __len__(self) -> int:
        """How many wait for the next batch."""
        return len(self._waiting)

    def ask(self, question: Question) -> Answer:
        """The answer to `question`.

        Raises:
            DependencyDownError: there is none within our patience, or what answers is away.
            Exception: what there was in place of an answer.
        """
        waiting: _Waiting[Question, Answer] = _Waiting(question)
        self._waiting.append(waiting)
        self._arrived.set()
        if self._thread is None:
            self._start()
        if not waiting.done.acquire(timeout=self._patience):
            waiting.is_given_up = True
            raise DependencyDownError(self._name)
        if waiting.error is not None:
            raise waiting.error
        return waiting.answer

    def is_stalled(self, seconds: float) -> bool:
        """Whether the batch in hand has been asked for longer than `seconds`."""
        since = self._busy_since
        return since is not None and time.monotonic() - since > seconds

    def close(self) -> None:
        """Answer what waits, then stop."""
        self._closed.set()
        self._arrived.set()
        if self._thread is not None:
            self._thread.join(self._patience)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="batcher", daemon=True)
                thread.start()
                self._thread = thread  # not before it can be joined

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._arrived.wait()
            self._arrived.clear()
            is_last = self._closed.is_set()
            while self._waiting:  # after the clearing: what comes later wakes us again
                batch = self._take()
                self._busy_since = time.monotonic()
                self._serve(batch)
                self._busy_since = None
                for waiting in batch:
                    waiting.done.release()

    def _take(self) -> list[_Waiting[Question, Answer]]:
        """The first that fit one batch: at least one."""
        batch: list[_Waiting[Question, Answer]] = []
        weight = 0
        while self._waiting and len(batch) < self._most:
            weight += self._weigh(self._waiting[0].question)
            if batch and weight > self._most_weight:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _answer(self, batch: Sequence[_Waiting[Question, Answer]]) -> None:
        answers = self._ask_all([waiting.question for waiting in batch])
        for waiting, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                waiting.error = answer
            else:
                waiting.answer = answer

    def _serve(self, batch: Sequence[_Waiting[Question, Answer]]) -> None:
        try:
            self._answer(batch)
        except DependencyDownError as error:
            log.warning("not asked", count=len(batch), error=str(error))
            for waiting in batch:
                waiting.error = error.again()
        except Exception as error:  # noqa: BLE001 - the top of a thread: who asked has it
            if len(batch) == 1:
                batch[0].error = error
                return
            for waiting in batch:
                if not waiting.is_given_up:
                    self._serve([waiting])
