"""S16: requests that no client makes: a moment beyond the calendar, odd chunks, a host of their own."""

from __future__ import annotations

from functools import partial

from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import Ground, new_address
from tests.attacks.wire import ask, status_of

_MOMENTS = (
    "999999999999999999-out-1",
    "-99999999999999999-in-1",
    "1-out-99999999999999999999",
    "nan-in-1",
    "0x1-in-1",
)
_CHUNKS = (b"0x2", b"-1", b"+2", b"2_0", b"\xd9\xa2", b"2;" + b"x" * 9000, b"")
_HOSTS = ("/marketplace//manage/overview", "//evil.example/marketplace/manage", "/marketplace/manage/", "/docs/")


def _run(ground: Ground) -> Outcome:
    wrong = [
        f"{line!r} was answered {status}"
        for line, status in [*_moments(ground), *_chunks(ground)]
        if not 400 <= status < 500
    ]
    wrong += [f"{path} leads to {place}" for path, place in _redirects(ground) if "evil.example" in place]
    sent = (
        f"{len(_MOMENTS)} odd moments, {len(_CHUNKS)} odd chunks, {len(_HOSTS)} addresses with a host of a stranger's"
    )
    return Outcome(sent=sent, wrong=tuple(wrong))


def _moments(ground: Ground) -> list[tuple[str, int]]:
    headers = {"Authorization": f"Bearer {ground.attacker.token}"}
    return [
        (
            moment,
            ground.ask("GET", "/marketplace/manage/messages", params={"before": moment}, headers=headers).status_code,
        )
        for moment in _MOMENTS
    ]


def _chunks(ground: Ground) -> list[tuple[str, int]]:
    found = []
    for size in _CHUNKS:
        head = (
            f"POST /marketplace/callback HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {new_address()}\r\n"
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )
        answer = ask(ground.port, head.encode() + size + b"\r\n{}\r\n0\r\n\r\n")
        found.append((f"chunk {size[:9]!r}", status_of(answer)))
    return found


def _redirects(ground: Ground) -> list[tuple[str, str]]:
    return [
        (path, ground.ask("GET", path, headers={"Host": "evil.example"}).headers.get("Location", ""))
        for path in _HOSTS
    ]


ATTACK = Attack(
    name="odd-requests",
    title="S16 requests that no client makes",
    criterion="each is answered 4xx, none leads to a host of the sender's choice",
    full=partial(_run),
    short=partial(_run),
)
