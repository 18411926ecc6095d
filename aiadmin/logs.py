"""Logging of every process: one event, one line, secrets and phone numbers masked.

JSON in production, coloured text in development. The standard library's loggers (gunicorn, rq, sqlalchemy...)
and uncaught exceptions go the same way, so nothing is printed around the mask.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from aiadmin.config import FOREIGN_NAMES, AppEnv, Config
from aiadmin.domain.quota import KEYS, Quota
from aiadmin.masking import mask

_CHATTY = ("alembic", "engineio", "geventwebsocket", "PIL", "rq.cron", "socketio", "urllib3", "werkzeug")
"""Libraries whose everyday lines say nothing to an operator."""
_ACCESS = "aiadmin.access"
"""One line per request, from every peer; all else that a peer causes is counted."""
LINES_PER_MINUTE = 60
_GUNICORN = ("gunicorn", "gunicorn.error", "gunicorn.access")
_KEPT = frozenset({"level", "timestamp", "process", "logger"})

_peer: ContextVar[str | None] = ContextVar("peer", default=None)


class _PeerLines:
    """Lines that one peer causes, counted: how much we write must not be up to a stranger."""

    def __init__(self) -> None:
        self._quota, self._left_out = Quota(LINES_PER_MINUTE, 60), Counter[str]()

    def admit(self) -> int | None:
        """How many lines were left out since the last one that was written; None to leave out this one, too."""
        peer = _peer.get()
        if peer is None:
            return 0
        if self._quota.take(peer):
            return self._left_out.pop(peer, 0)
        if peer in self._left_out or len(self._left_out) < KEYS:
            self._left_out[peer] += 1
        return None


_lines = _PeerLines()


def blame(peer: str) -> None:
    """What is logged from here on in this greenlet or thread is caused by `peer`, and counts as its lines."""
    _peer.set(peer)


def _limit_peer(logger: WrappedLogger, _: str, event: EventDict) -> EventDict:
    if getattr(logger, "name", "") == _ACCESS:
        return event
    left_out = _lines.admit()
    if left_out is None:
        raise structlog.DropEvent
    if left_out:
        event["left_out"] = left_out
    return event


def _is_admitted(_: logging.LogRecord) -> bool:
    """The same for the standard library's loggers."""
    return _lines.admit() is not None


_FACTS: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)
"""What every line says beside its event."""


class _Lines:
    """One line, one write, no lock that a fork could take along. Structlog calls the method named as the level.

    The standard library's loggers, which our own lines do not need, would cost half of a line.
    """

    def __init__(self, stream: TextIO, name: str = "aiadmin") -> None:
        self.name = name
        self._write = stream.write

    def msg(self, line: str) -> None:
        """Write one line."""
        self._write(line + "\n")

    debug = info = warning = error = critical = msg


def configure(config: Config, process: str) -> None:
    """Send every log of this process to stderr as `process` (web, worker, sessions, clock...).

    Bind what belongs to a request or a job with `structlog.contextvars.bind_contextvars(request_id=...)`.
    """
    handler = logging.StreamHandler()
    finish = _finish(config.app_env, process)
    handler.setFormatter(_formatter(finish))
    handler.addFilter(_is_admitted)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(config.log_level)
    _take_over_libraries()
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    structlog.configure(
        processors=[_limit_peer, *_FACTS, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(config.log_level),
        logger_factory=partial(_Lines, sys.stderr),
        cache_logger_on_first_use=True,
    )


def warn_of_foreign_settings(env: Mapping[str, str]) -> None:
    """One warning for each setting of the specification's environment that is set and not read, with ours."""
    for name, ours in FOREIGN_NAMES.items():
        if env.get(name, "").strip():
            structlog.get_logger(__name__).warning("a setting is not read", setting=name, instead=ours)


def configure_command() -> None:
    """For a command: warnings and worse to stderr, masked; its output is what the operator asked for."""
    structlog.configure(
        processors=[*_FACTS, *_finish(AppEnv.DEVELOPMENT, "cli")],
        wrapper_class=structlog.make_filtering_bound_logger("WARNING"),
        logger_factory=partial(_Lines, sys.stderr),
    )


def _formatter(finish: Sequence[Processor]) -> structlog.stdlib.ProcessorFormatter:
    """For the standard library's loggers: the same line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_FACTS, structlog.processors.StackInfoRenderer()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
    )


def _finish(app_env: AppEnv, process: str) -> tuple[Processor, ...]:
    """The last steps of every line: whose it is, the mask, and the form."""

    def name_process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return (name_process, _mask_event, _renderer(app_env))


def _renderer(app_env: AppEnv) -> Processor:
    if app_env is AppEnv.PRODUCTION:
        return structlog.processors.JSONRenderer(serializer=_one_line)
    # the default traceback would show local variables, where secrets live
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _one_line(event: EventDict, **_: Any) -> str:
    return _encode(event)


def _mask_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {name: value if name in _KEPT else mask(value, name) for name, value in event.items()}


def _take_over_libraries() -> None:
    """Libraries that made handlers of their own (gunicorn, rq) lose them; the root logger's one does the work."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and (name in _GUNICORN or name.startswith("rq")):
            logger.handlers.clear()
            logger.propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("aiadmin").critical("Uncaught exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        name = args.thread.name if args.thread else ""
        exc_info = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("aiadmin").critical(
            "Uncaught exception in a thread", exc_info=exc_info, extra={"thread_name": name}
        )
