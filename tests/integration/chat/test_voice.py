"""Voice messages: fetched, opened and written down over the wire, then read as if typed; never believed for a yes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from structlog.testing import capture_logs

from aiadmin.adapters.http_json import JsonHttp
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.model_limits import RedisModelLimits
from aiadmin.adapters.speech.transcriptions import MAX_BYTES, Transcriptions
from aiadmin.adapters.speech.voice_notes import MediaServer
from aiadmin.domain.chat.bot_settings import BotMode, BotSettings
from aiadmin.domain.chat.model.breaker import FAILURES
from aiadmin.domain.chat.spoken import MOST_NOTES
from aiadmin.domain.messages.message import Direction
from aiadmin.domain.messages.voice import VoiceNote
from aiadmin.services.chat.turns import ChatHandler
from aiadmin.services.chat.voices import VoiceListener
from aiadmin.services.ports.speech import VoiceError
from aiadmin.services.privacy.privacy import forget_words
from tests.fakes.speech import FakeSpeech, fake_speech
from tests.fakes.whatsapp.media import SealedVoice, seal
from tests.support.chat_client import WISH, ChatClient, offered

KEY = "sk-very-secret-key"
VOICE = b"OggS\x00\x02\r\n\r\n--\n\x00\xff" + bytes(range(256)) * 20
QUICK = JsonHttp(seconds=0.6, connect_seconds=0.3, max_bytes=MAX_BYTES)


@dataclass
class FakeMedia:
    """WhatsApp's media server.

    Attributes:
        statuses: of the next answers; then all is well.
        delay: seconds before an answer; `drip` between its bytes.
        asked: paths with their queries.
    """

    port: int = 0
    held: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    drip: float = 0.0
    asked: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, voice: bytes) -> VoiceNote:
        sealed = seal(voice)
        self.held[sealed.path] = sealed.sealed
        return note_of(sealed)


def note_of(sealed: SealedVoice) -> VoiceNote:
    return VoiceNote(
        path=sealed.path,
        key=sealed.key,
        sha256=sealed.sha256,
        sealed_sha256=sealed.sealed_sha256,
        size=sealed.size,
    )


@contextmanager
def serving() -> Iterator[FakeMedia]:
    fake = FakeMedia()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked.append(self.path)
            if fake.stop.wait(fake.delay):
                return
            held = fake.held.get(self.path)
            status = fake.statuses.pop(0) if fake.statuses else (404 if held is None else 200)
            body = held or b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            try:
                for place in range(len(body)) if fake.drip else [0]:
                    self.wfile.write(body[place : place + 1] if fake.drip else body)
                    if fake.drip and fake.stop.wait(fake.drip):
                        return
            except OSError:
                return

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def media() -> Iterator[FakeMedia]:
    with serving() as running:
        yield running


@pytest.fixture
def speech() -> Iterator[FakeSpeech]:
    with fake_speech() as running:
        yield running


def recogniser(speech: FakeSpeech, **facts: Any) -> Transcriptions:
    given: dict[str, Any] = {"url": speech.url, "model": "m-1", "key": KEY, "is_abroad": False, "http": QUICK}
    return Transcriptions(**given | facts)


def server_of(media: FakeMedia) -> MediaServer:
    return MediaServer(url=media.url, seconds=0.6, connect_seconds=0.3)


# --- the media server ---


def test_a_voice_is_fetched_by_its_path_and_opened_with_its_key(media: FakeMedia) -> None:
    note = media.put(VOICE)
    assert server_of(media).fetch(note) == VOICE
    assert media.asked == [note.path]


def cut(note: VoiceNote, media: FakeMedia) -> VoiceNote:
    media.held[note.path] = media.held[note.path][:-1]
    return note


def swapped(note: VoiceNote, media: FakeMedia) -> VoiceNote:
    media.held[note.path] = seal(VOICE[::-1]).sealed
    return note


def emptied(note: VoiceNote, media: FakeMedia) -> VoiceNote:
    media.held[note.path] = b""
    return note


def grown(note: VoiceNote, media: FakeMedia) -> VoiceNote:
    media.held[note.path] += b"x" * 100_000
    return note


@pytest.mark.parametrize("spoil", [cut, swapped, emptied, grown])
def test_what_is_not_what_was_sent_is_no_voice(
    media: FakeMedia, spoil: Callable[[VoiceNote, FakeMedia], VoiceNote]
) -> None:
    note = spoil(media.put(VOICE), media)
    with pytest.raises(VoiceError) as caught:
        server_of(media).fetch(note)
    assert not caught.value.is_passing


@pytest.mark.parametrize(
    "said", [{"key": b"k" * 32}, {"sha256": b"s" * 32}, {"sealed_sha256": b"s" * 32}, {"size": 1}], ids=str
)
def test_a_message_that_says_else_of_its_voice_has_none(media: FakeMedia, said: Mapping[str, Any]) -> None:
    note = replace(media.put(VOICE), **said)
    with pytest.raises(VoiceError) as caught:
        server_of(media).fetch(note)
    assert not caught.value.is_passing


@pytest.mark.parametrize(
    ("fault", "is_passing"),
    [
        ({"statuses": [404]}, False),
        ({"statuses": [403]}, False),
        ({"statuses": [410]}, False),
        ({"statuses": [302]}, True),
        ({"statuses": [503]}, True),
        ({"delay": 30.0}, True),
        ({"drip": 0.01}, None),
    ],
)
def test_a_media_server_that_fails_is_an_error_of_ours_in_time(
    media: FakeMedia, fault: Mapping[str, Any], is_passing: bool | None
) -> None:
    note = media.put(VOICE)
    for name, value in fault.items():
        setattr(media, name, value)
    began = time.monotonic()
    with capture_logs() as logs, pytest.raises(VoiceError) as caught:
        server_of(media).fetch(note)
    assert time.monotonic() - began < 15
    assert is_passing is None or caught.value.is_passing is is_passing
    assert note.path not in f"{caught.value!r} {logs}"
    assert len(media.asked) == 1, "a redirection is not followed"


def test_a_media_server_that_is_not_there_may_come_back() -> None:
    with pytest.raises(VoiceError) as caught:
        MediaServer(url="http://127.0.0.1:9", seconds=0.6, connect_seconds=0.3).fetch(note_of(seal(VOICE)))
    assert caught.value.is_passing
    assert "/v/" not in str(caught.value)


# --- the recogniser ---


def test_a_recogniser_is_played_the_voice_as_a_file_of_a_form(speech: FakeSpeech) -> None:
    speech.script.text = "Запишите меня"
    assert recogniser(speech).transcribe(VOICE, language="ru") == "Запишите меня"
    (played,) = speech.script.played
    assert (played.path, played.headers["Authorization"]) == ("/v1/audio/transcriptions", f"Bearer {KEY}")
    assert played.fields == {"model": "m-1", "language": "ru", "response_format": "json"}
    assert (played.voice, played.file_name, played.file_type) == (VOICE, "voice.ogg", "audio/ogg")


def test_one_without_a_key_gets_none(speech: FakeSpeech) -> None:
    recogniser(speech, key="").transcribe(VOICE, language="ru")
    assert speech.script.played[0].headers["Authorization"] is None


@pytest.mark.parametrize(
    ("fault", "is_passing"),
    [
        ({"status": 401}, False),
        ({"status": 400}, False),
        ({"status": 302}, False),
        ({"status": 429}, True),
        ({"status": 500}, True),
        ({"delay": 30.0}, False),
        ({"drip": 0.05}, False),
        ({"raw": b"<html>"}, False),
        ({"raw": b""}, False),
        ({"raw": b"[]"}, False),
        ({"raw": b"{}"}, False),
        ({"raw": b'{"text": 5}'}, False),
        ({"raw": b'{"text": null}'}, False),
        ({"raw": b"[" * 50_000}, False),
        ({"raw": b'{"text": "' + b"x" * (MAX_BYTES + 1) + b'"}'}, False),
    ],
    ids=repr,
)
def test_a_recogniser_that_fails_is_an_error_of_ours_in_time(
    speech: FakeSpeech, fault: Mapping[str, Any], is_passing: bool
) -> None:
    for name, value in fault.items():
        setattr(speech.script, name, value)
    began = time.monotonic()
    with capture_logs() as logs, pytest.raises(VoiceError) as caught:
        recogniser(speech).transcribe(VOICE, language="ru")
    assert time.monotonic() - began < 15
    assert caught.value.is_passing is is_passing
    assert KEY not in f"{caught.value!r} {logs}"


def test_a_recogniser_that_is_not_there_may_come_back(speech: FakeSpeech) -> None:
    with pytest.raises(VoiceError) as caught:
        recogniser(speech, url="http://127.0.0.1:9/v1").transcribe(VOICE, language="ru")
    assert caught.value.is_passing


# --- a chat ---


class Speaker:
    """A client who speaks, and a bot that listens."""

    def __init__(self, client: ChatClient, media: FakeMedia, speech: FakeSpeech, redis_url: str) -> None:
        self.client, self.media, self.speech = client, media, speech
        self.redis = make_redis(redis_url)
        self.redis.delete(keys.model_failures("speech"))
        self.most, self.is_abroad = 50, False
        client.played.execute("UPDATE companies SET whatsapp_phone = '79990000000'")

    @property
    def handler(self) -> ChatHandler:
        box = self.client.played.box
        voices = VoiceListener(
            uow=box.uow,
            clock=box.clock,
            notes=server_of(self.media),
            speech=recogniser(self.speech, is_abroad=self.is_abroad),
            limits=RedisModelLimits(self.redis, self.most, name="speech"),
        )
        return replace(box.chat_handler, voices=voices)

    def speak(self, *said: str, **facts: Any) -> None:
        """Voice messages that say this, of one burst."""
        for words in said:
            voice = VOICE + words.encode()
            self.speech.script.heard[voice] = words
            self.client.played.later(seconds=1)
            self.client.hear(None, voice=self.media.put(voice), **facts)
        self.client.played.later(seconds=5)

    def answered(self, *said: str, **facts: Any) -> str:
        self.speak(*said, **facts)
        self.handler.work()
        return self.client.got()

    def inbox(self) -> list[tuple[Any, ...]]:
        return list(self.client.played.rows("SELECT kind, media, text, voice FROM inbox_messages ORDER BY id"))


@pytest.fixture
def speaker(client: ChatClient, media: FakeMedia, speech: FakeSpeech, redis_url: str) -> Speaker:
    return Speaker(client, media, speech, redis_url)


def test_a_spoken_wish_is_read_as_if_typed_and_the_client_sees_what_was_heard(speaker: Speaker) -> None:
    offer = speaker.answered(WISH)
    assert f"Услышали: «{WISH}»." in offer
    assert "10:00" in offer
    assert speaker.inbox() == [("other", "audio", WISH, None)], "nothing is left of where it lay"
    assert speaker.client.played.rows("SELECT heard FROM chat_turns") == [([f"голосовое: {WISH}"],)]
    assert len(speaker.speech.script.played) == 1


def test_a_spoken_yes_books_nothing_and_a_typed_one_does(speaker: Speaker) -> None:
    """A recogniser may hear a yes where there was none."""
    offered(speaker.client)
    again = speaker.answered("да")
    assert "Услышали: «да». Чтобы согласиться, напишите, пожалуйста, «да» текстом." in again
    assert "10:00" in again
    assert speaker.client.visits() == []
    assert "10:00" in speaker.client.answered("да")
    assert len(speaker.client.visits()) == 1


@pytest.mark.parametrize("wish", ["перенесите запись на 16:00", "отмените запись"])
def test_a_spoken_yes_changes_nothing(speaker: Speaker, wish: str) -> None:
    client = speaker.client
    offered(client)
    client.answered("да")
    client.played.later(minutes=10)
    assert speaker.answered(wish).endswith("?"), "an offer"
    again = speaker.answered("да")
    assert "напишите, пожалуйста, «да» текстом" in again
    assert [one["op"] for one in client.played.yclients.writes(client.played.salon_id)] == ["create"]
    client.answered("да")
    assert len(client.played.yclients.writes(client.played.salon_id)) == 2


def test_the_salon_reads_that_it_was_spoken(speaker: Speaker) -> None:
    speaker.answered("позовите администратора")
    assert "голосовое: позовите администратора" in speaker.client.told()[-1]


def test_voices_and_texts_of_one_burst_are_one_turn(speaker: Speaker) -> None:
    speaker.client.hear("Здравствуйте")
    speaker.speak("Хочу на женскую стрижку к Анне", "завтра в 10:00")
    assert speaker.handler.work() == 1
    assert "10:00" in speaker.client.got()
    [(heard,)] = speaker.client.played.rows("SELECT heard FROM chat_turns")
    assert heard[0] == "Здравствуйте"
    assert len(heard) == 3


FAULTS: Mapping[str, Callable[[Speaker], None]] = {
    "no media": lambda one: one.media.held.clear(),
    "media down": lambda one: one.media.statuses.extend([503] * 9),
    "speech 500": lambda one: setattr(one.speech.script, "status", 500),
    "speech slow": lambda one: setattr(one.speech.script, "delay", 30.0),
    "speech says nothing": lambda one: setattr(one.speech.script, "raw", b'{"text": " ... "}'),
    "speech goes round in circles": lambda one: setattr(
        one.speech.script, "raw", ('{"text": "' + "да " * 4_000 + '"}').encode()
    ),
    "the day's are used up": lambda one: setattr(one, "most", 0),
    "the salon has not agreed": lambda one: setattr(one, "is_abroad", True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_heard_is_asked_for_in_writing_and_the_salon_is_told(speaker: Speaker, fault: str) -> None:
    """As without a recogniser; and the next voice within the hour says nothing more."""
    speaker.speak(WISH)
    FAULTS[fault](speaker)
    speaker.handler.work()
    assert "Голосовые здесь прослушать не получится" in speaker.client.got()
    assert speaker.inbox() == [("other", "audio", None, None)]
    assert len(speaker.client.told()) == 1
    assert speaker.client.visits() == []


def test_a_server_that_is_busy_once_is_asked_again(speaker: Speaker) -> None:
    speaker.media.statuses.append(503)
    speaker.speech.script.busy = 1
    assert "10:00" in speaker.answered(WISH)
    assert (len(speaker.media.asked), len(speaker.speech.script.played)) == (2, 2)


def test_a_salon_that_agreed_is_heard_abroad(speaker: Speaker) -> None:
    played = speaker.client.played
    speaker.is_abroad = True
    settings = BotSettings(mode=BotMode.ALWAYS, speech_abroad=True)
    with played.box.uow() as work:
        work.bot_salons.set_settings(played.company_id, settings, played.box.now)
        work.commit()
    assert "10:00" in speaker.answered(WISH)


def test_a_recogniser_that_keeps_failing_is_left_alone(speaker: Speaker) -> None:
    speaker.speech.script.status = 400
    speaker.speak("алло")
    played = speaker.client.played
    with played.box.uow() as work:
        [chat] = work.chats.claim(now=played.box.now, until=played.box.now, limit=9)
        notes = [one for one in work.transcripts.read(played.company_id, chat.contact_id) if one.voice]
    speaker.handler.voices.listen(chat, notes * (FAILURES + 2))
    assert len(speaker.speech.script.played) == FAILURES
    assert len(speaker.media.asked) == FAILURES, "and nothing is fetched for it"


def test_more_than_a_few_at_once_are_for_a_human(speaker: Speaker) -> None:
    speaker.answered(*(f"часть {number}" for number in range(MOST_NOTES + 1)))
    assert speaker.speech.script.played == []
    assert {row[2:] for row in speaker.inbox()} == {(None, None)}


def test_nobody_is_listened_to_whom_the_bot_would_not_answer(speaker: Speaker) -> None:
    client = speaker.client
    client.say("Мария, добрый день!", direction=Direction.OWN_PHONE)
    client.played.later(minutes=1)
    client.played.box.chat_handler.work()
    assert speaker.answered("да") == ""
    assert speaker.speech.script.played == []
    assert speaker.media.asked == []


@pytest.mark.parametrize("mode", [BotMode.OFF, BotMode.TEST])
def test_a_salon_without_a_bot_keeps_nothing_of_a_voice(speaker: Speaker, mode: BotMode) -> None:
    played = speaker.client.played
    with played.box.uow() as work:
        work.bot_salons.set_settings(played.company_id, BotSettings(mode=mode), played.box.now)
        work.commit()
    speaker.speak(WISH)
    kept = [row[3] for row in speaker.inbox()]
    assert (kept == [None]) is (mode is BotMode.OFF)
    speaker.handler.work()
    assert [row[3] for row in speaker.inbox()] == [None]
    assert speaker.media.asked == []


def test_a_host_without_a_recogniser_keeps_nothing_of_a_voice(speaker: Speaker) -> None:
    speaker.speak(WISH, keeps_voices=False)
    assert speaker.inbox() == [("other", "audio", None, None)]


def test_a_voice_that_is_taken_back_meanwhile_is_forgotten(speaker: Speaker) -> None:
    speaker.speak(WISH)
    played = speaker.client.played
    [(name,)] = played.rows("SELECT message_id FROM inbox_messages")
    speaker.client.withdraw(name)
    assert [row[2:] for row in speaker.inbox()] == [(None, None)]
    played.later(seconds=6)
    speaker.handler.work()
    assert speaker.speech.script.played == []


class Killed(BaseException):
    """As if the process had ended."""


@dataclass(frozen=True, kw_only=True)
class Dying(VoiceListener):
    """The process ends right behind the recogniser's answer, before it is kept, or right behind that."""

    is_kept: bool = False

    def listen(self, *given: Any) -> None:
        if self.is_kept:
            super().listen(*given)
        raise Killed


@pytest.mark.parametrize(("is_kept", "times"), [(False, 1), (True, 1)])
def test_a_worker_that_dies_while_it_listens_leaves_the_rest_to_another(
    speaker: Speaker, is_kept: bool, times: int
) -> None:
    handler, voices = speaker.handler, speaker.handler.voices
    facts = {name: getattr(voices, name) for name in ("uow", "clock", "notes", "speech", "limits")}
    speaker.speak(WISH)
    with pytest.raises(Killed):
        replace(handler, voices=Dying(**facts, is_kept=is_kept)).work()
    speaker.client.played.later(minutes=3)
    assert handler.work() == 1
    assert "10:00" in speaker.client.got()
    assert len(speaker.speech.script.played) == times


def test_where_a_voice_lies_is_forgotten_though_nobody_handles_it(speaker: Speaker) -> None:
    """Of a chat that is never handled."""
    speaker.speak(WISH)
    played = speaker.client.played
    assert [row[3] is None for row in speaker.inbox()] == [False]
    played.later(hours=2)
    forget_words(uow=played.box.uow, now=played.box.now, after=played.box.config.message_retention)
    assert [row[3] for row in speaker.inbox()] == [None]


def test_nothing_of_a_voice_is_logged(speaker: Speaker) -> None:
    with capture_logs() as logs:
        speaker.answered(WISH)
    assert WISH not in str(logs)
    assert not any(path in str(logs) for path in speaker.media.held)
