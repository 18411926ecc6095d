"""A recogniser of speech on loopback, as OpenAI's `/audio/transcriptions` is, with words by script and faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser

from tests.fakes.scripted_server import ScriptedHandler, ScriptedServer, ServerScript, serving


@dataclass(frozen=True, kw_only=True)
class Played:
    """One request.

    Attributes:
        fields: of the form, but for its file.
    """

    path: str
    headers: Message
    fields: dict[str, str]
    voice: bytes
    file_name: str | None
    file_type: str


@dataclass(kw_only=True)
class SpeechScript(ServerScript):
    """How the server behaves; may be changed while it runs.

    Attributes:
        heard: what was said, by the voice that is played; `text` for all others.
        busy: so many requests are answered with 503 first.
    """

    text: str = "да"
    heard: dict[bytes, str] = field(default_factory=dict)
    busy: int = 0
    played: list[Played] = field(default_factory=list)


FakeSpeech = ScriptedServer[SpeechScript]


@contextmanager
def fake_speech() -> Iterator[FakeSpeech]:
    """A server that ends with the block, whatever it was in the middle of."""
    with serving(SpeechScript(), _Handler) as running:
        yield running


class _Handler(ScriptedHandler):
    script: SpeechScript

    def answer(self, content: bytes) -> None:
        script = self.script
        played = _played(self.path, self.headers, content)
        script.played.append(played)
        if self.is_stopped():
            return
        if script.busy > 0:
            script.busy -= 1
            self.send(503, b'{"error": {"message": "busy"}}')
            return
        words = script.heard.get(played.voice, script.text)
        body = json.dumps({"text": words}, ensure_ascii=False).encode() if script.raw is None else script.raw
        self.send(script.status, body)


def _played(path: str, headers: Message, content: bytes) -> Played:
    """The parts of a form, as the standard library's parser of mail reads them."""
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    form, named = BytesParser().parsebytes(head + content), {}
    for part in form.get_payload():
        assert isinstance(part, Message)
        named[str(part.get_param("name", header="content-disposition"))] = part
    file = named.pop("file")
    return Played(
        path=path,
        headers=headers,
        fields={name: (part.get_payload(decode=True) or b"").decode() for name, part in named.items()},  # type: ignore[union-attr]
        voice=file.get_payload(decode=True),  # type: ignore[arg-type]
        file_name=file.get_filename(),
        file_type=file.get_content_type(),
    )
