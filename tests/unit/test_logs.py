"""What a log line holds, and what it never holds."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from aiadmin import logs
from aiadmin.config import AppEnv, Config
from aiadmin.masking import mask, mask_phone, mask_text

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
KEY = "sk_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"
PHONE = "79001234567"
Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def buffer() -> io.StringIO:
    """What the process wrote to stderr."""
    return io.StringIO()


@pytest.fixture
def lines(buffer: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Iterator[Read]:
    """Configure production logging into a buffer; call the value for the parsed lines."""
    monkeypatch.setattr(sys, "stderr", buffer)
    # a request that another test made in this thread was some peer's, whose lines are counted
    monkeypatch.setattr(logs, "_peer", ContextVar("peer", default=None))
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.configure(_config(AppEnv.PRODUCTION), "web")
    yield lambda: [json.loads(line) for line in buffer.getvalue().splitlines()]
    root.handlers[:], root.level = before, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def _log_failure(logger: Any, error: Exception) -> None:
    try:
        raise error
    except ValueError:
        logger.exception("Failed for %s", PHONE)


def _config(app_env: AppEnv) -> Config:
    return Config(app_env=app_env)


def test_one_event_is_one_json_line_with_its_context(lines: Read) -> None:
    structlog.contextvars.bind_contextvars(request_id="r-1", company_id=7)
    structlog.get_logger("aiadmin.web").info("Registered", salon_id=962302)
    (line,) = lines()
    assert line["event"] == "Registered"
    assert (line["process"], line["level"], line["logger"]) == ("web", "info", "aiadmin.web")
    assert (line["request_id"], line["company_id"], line["salon_id"]) == ("r-1", 7, 962302)
    assert line["timestamp"].endswith("Z")


def test_libraries_speak_through_the_same_pipeline(lines: Read) -> None:
    structlog.contextvars.bind_contextvars(request_id="r-2")
    logging.getLogger("gunicorn.error").info("Booting %s", "worker", extra={"phone": PHONE})
    (line,) = lines()
    assert (line["event"], line["request_id"], line["process"]) == ("Booting worker", "r-2", "web")
    assert line["phone"] == "7********67"


def test_chatty_libraries_are_heard_from_warnings_up(lines: Read) -> None:
    for name in ("werkzeug", "engineio.part", "socketio.part", "urllib3.connectionpool"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("trouble")
    assert [line["event"] for line in lines()] == ["trouble"] * 4


def test_a_secret_inside_a_traceback_is_redacted(lines: Read) -> None:
    error = ValueError(f"cannot reach postgresql://u:hunter2@db/x with {JWT} for {PHONE}")
    _log_failure(structlog.get_logger(), error)
    (line,) = lines()
    assert "ValueError" in line["exception"]
    assert not [secret for secret in ("hunter2", JWT, PHONE) if secret in json.dumps(line)]


def test_an_uncaught_exception_goes_through_the_mask(lines: Read) -> None:
    def fail() -> None:
        raise RuntimeError(f"key {KEY}")

    thread = threading.Thread(target=fail, name="host")
    thread.start()
    thread.join()
    (line,) = lines()
    assert (line["level"], line["thread_name"]) == ("critical", "host")
    assert KEY not in json.dumps(line)


def test_a_process_warns_of_settings_that_it_does_not_read(lines: Read) -> None:
    logs.warn_of_foreign_settings({"NODE_ENV": "production", "PORT": "3000", "SUPABASE_KEY": ""})
    [line] = lines()
    assert (line["level"], line["setting"]) == ("warning", "NODE_ENV")
    assert "APP_ENV" in line["instead"]


def test_cyrillic_stays_readable(lines: Read) -> None:
    structlog.get_logger().info("Готово")
    assert lines()[0]["event"] == "Готово"


def test_development_prints_text_without_secrets(lines: Read, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(_config(AppEnv.DEVELOPMENT), "web")
    _log_failure(logging.getLogger("rq.worker"), ValueError(JWT))
    printed = capsys.readouterr().err
    assert "Failed for 7********67" in printed
    assert "ValueError" in printed
    assert JWT not in printed
    assert not lines()


@pytest.mark.parametrize(
    "secret",
    [
        f"GET /marketplace/connect?token={JWT}&company=1",
        f"GET /marketplace/qr/{JWT}.svg",
        "POST /marketplace/webhook/1?key=wk_c29tZXRoaW5nbG9uZw",
        f"header X-API-Key: {KEY}",
        "Authorization: Bearer c29tZXRoaW5nbG9uZw, User c29tZXRoaW5nbG9uZw",
        "{'api_key': 'c29tZXRoaW5nbG9uZw'}",
        "redis://:c29tZXRoaW5nbG9uZw@127.0.0.1:6379/0",
        "qr 2@c29tZXRoaW5nbG9uZw,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,BBBBBBBB=",
    ],
)
def test_secrets_in_texts_are_redacted(secret: str) -> None:
    masked = mask_text(secret)
    assert "c29tZXRoaW5nbG9uZw" not in masked
    assert JWT not in masked
    assert KEY not in masked
    assert "[redacted]" in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("79001234567", "7********67"),
        ("79001234567@s.whatsapp.net", "7********67@s.whatsapp.net"),
        ("79001234567:12@s.whatsapp.net", "7********67:12@s.whatsapp.net"),
        ("call +7 (900) 123-45-67 now", "call 7********67 now"),
        ("salon 962302 took 0.1234567890123 s", "salon 962302 took 0.1234567890123 s"),
        ("2026-11-24T03:22:04.123456Z", "2026-11-24T03:22:04.123456Z"),
    ],
)
def test_phones_are_masked_and_other_numbers_are_not(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_fields_are_masked_by_their_names() -> None:
    event = {
        "whatsapp_phone": 79001234567,
        "token": "short",
        "nested": [{"api_key": "k"}],
        "ok": True,
        "salon_id": 1,
    }
    assert mask(event) == {
        "whatsapp_phone": "7********67",
        "token": "[redacted]",
        "nested": [{"api_key": "[redacted]"}],
        "ok": True,
        "salon_id": 1,
    }


def test_ids_that_join_lines_stay_whole() -> None:
    uuid = "123e4567-e89b-42d3-a456-123456789012"
    assert mask(uuid, "request_id") == uuid
    assert mask(PHONE, "request_id") == "7********67"


@given(
    st.from_regex(r"[1-9][0-9]{9,14}", fullmatch=True),
    st.sampled_from(["", ".", "+", " ", "=", "'", '"', "wa:", "/"]),
)
def test_no_phone_survives_in_any_company(phone: str, before: str) -> None:
    assert phone not in mask_text(f"text{before}{phone}{before}text")


@given(st.text())
def test_masking_never_fails(text: str) -> None:
    assert isinstance(mask(text, "event"), str)
    assert isinstance(mask_phone(text), str)
