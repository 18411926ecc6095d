"""Pairings in Redis: who watches, who waits, who works on it, and the code of the moment.

Nothing here is truth: a lost Redis costs a salon a few seconds, because every key is written again by whoever still
lives: the web process says who watches, the desk says what it shows. Several keys change together in one script.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from redis import Redis, RedisError

from aiadmin.adapters import pairing_scripts as scripts
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing import RESTING, PairingState
from aiadmin.services.ports import LiveCode

WATCH_SECONDS = 20
"""An attempt goes on this long after the last watcher left."""
OWNER_SECONDS = 15
STATE_SECONDS = 60
PHONE_SECONDS = 120
CODE_SECONDS = 20
"""The longest a code outlives whoever made it; the desk writes a living one again before that."""
POLL_SECONDS = 0.15

QUEUE = "aiadmin:pairing:queue"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a pairing stands: what a page that comes late must hear.

    Attributes:
        place: in the queue, from 1, or None.
        code: the living pairing code, or None.
        expires_at: when that code dies.
    """

    state: PairingState
    place: int | None = None
    code: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """What the owner of an attempt learns when it renews.

    Attributes:
        is_mine: False when another desk has the attempt now.
        is_watched: somebody looks.
        phone: digits for which somebody asked a pairing code since the last renewal.
    """

    is_mine: bool
    is_watched: bool
    phone: str | None


class RedisPairingFeed:
    """Every key of pairings. Each method raises DependencyDownError when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._watch = redis.register_script(scripts.WATCH)
        self._waiting = redis.register_script(scripts.WAITING)
        self._claim = redis.register_script(scripts.CLAIM)
        self._renew = redis.register_script(scripts.RENEW)
        self._end = redis.register_script(scripts.END)
        self._set_place = redis.register_script(scripts.SET_PLACE)
        self._unclaimed = redis.register_script(scripts.UNCLAIMED)

    # what pages do

    def watch(self, *company_ids: CompanyId, seconds: int = WATCH_SECONDS) -> frozenset[CompanyId]:
        """Say that somebody looks for `seconds` more. Asks for an attempt, unless one runs or rests.

        Returns the companies that have just been connected: there is nothing more to watch.
        """
        with _redis(), self._redis.pipeline(transaction=False) as pipe:
            for company_id in company_ids:
                keys = [_watch(company_id), _attempt(company_id), _state(company_id), QUEUE]
                self._watch(keys=keys, args=[company_id, seconds, STATE_SECONDS], client=pipe)
            answers = pipe.execute()
        return frozenset(company_id for company_id, done in zip(company_ids, answers, strict=True) if done)

    def unwatch(self, company_id: CompanyId) -> None:
        """The last page has gone: from now on the attempt has 20 s for somebody to come back."""
        with _redis():
            self._redis.set(_watch(company_id), 1, ex=WATCH_SECONDS, xx=True)

    def is_watched(self, company_id: CompanyId) -> bool:
        """Whether somebody looks, or did within 20 s."""
        with _redis():
            return bool(self._redis.exists(_watch(company_id)))

    def retry(self, company_id: CompanyId) -> None:
        """The button: a resting pairing starts anew."""
        state = self.find_state(company_id)
        if state is not None and state.state in RESTING:
            with _redis():
                self._redis.delete(_state(company_id))
        self.watch(company_id)

    def request_code(self, company_id: CompanyId, phone: str) -> None:
        """Ask for a pairing code for `phone` (digits); starts an attempt where none runs."""
        with _redis():
            self._redis.set(_phone(company_id), phone, ex=PHONE_SECONDS)
        self.retry(company_id)

    def find_code(self, company_id: CompanyId) -> LiveCode | None:
        """The QR code that can be scanned now."""
        with _redis():
            raw = cast("bytes | None", self._redis.get(_qr(company_id)))
        return None if raw is None else _living(raw)

    def wait_code(self, company_id: CompanyId, timeout: timedelta) -> LiveCode | None:
        """The QR code as soon as there is one; None after `timeout` or when the pairing rests.

        Whoever asks this way counts as a watcher until the code that it got has died, and 20 s more.
        """
        self.watch(company_id, seconds=WATCH_SECONDS + math.ceil(timeout.total_seconds()))
        deadline = time.monotonic() + timeout.total_seconds()
        while (code := self.find_code(company_id)) is None:
            if time.monotonic() >= deadline or self._rests(company_id):
                return None
            time.sleep(POLL_SECONDS)
        life = math.ceil(code.left(datetime.now(UTC)).total_seconds())
        self.watch(company_id, seconds=WATCH_SECONDS + life)
        return code

    def find_state(self, company_id: CompanyId) -> Progress | None:
        """Where the pairing stands, or None when there is none."""
        with _redis():
            raw = cast("bytes | None", self._redis.get(_state(company_id)))
        return None if raw is None else _progress(raw)

    def _rests(self, company_id: CompanyId) -> bool:
        progress = self.find_state(company_id)
        return progress is not None and progress.state in RESTING

    # what desks do

    def queue(self, limit: int = 500) -> Sequence[CompanyId]:
        """Who waits for an attempt, in order. Forgets those whom nobody watches and those who have one."""
        with _redis():
            found = self._waiting(keys=[QUEUE], args=[limit, _watch(""), _attempt("")])
        return [CompanyId(int(company_id)) for company_id in found]

    def claim(self, company_id: CompanyId, owner: str) -> bool:
        """Take the company's one attempt for 15 s; False when somebody has it."""
        with _redis():
            keys = [_attempt(company_id), QUEUE]
            return bool(self._claim(keys=keys, args=[company_id, owner, OWNER_SECONDS]))

    def unclaimed(self, company_ids: Sequence[CompanyId]) -> Sequence[CompanyId]:
        """Those of the companies that no desk works on."""
        with _redis():
            found = self._unclaimed(keys=[_attempt(company_id) for company_id in company_ids], args=list(company_ids))
        return [CompanyId(int(company_id)) for company_id in found]

    def renew(self, company_ids: Iterable[CompanyId], owner: str) -> dict[CompanyId, Hold]:
        """Keep these attempts for 15 s more, and learn what happened to them. A lost key is taken again."""
        ids = list(company_ids)
        with _redis(), self._redis.pipeline(transaction=False) as pipe:
            for company_id in ids:
                keys = [_attempt(company_id), _watch(company_id), _phone(company_id), _state(company_id)]
                self._renew(keys=keys, args=[owner, OWNER_SECONDS, STATE_SECONDS], client=pipe)
            answers = pipe.execute()
        return {company_id: _hold(*answer) for company_id, answer in zip(ids, answers, strict=True)}

    def publish_code(self, company_id: CompanyId, code: LiveCode) -> None:
        """Store the code for as long as it lives, at most 20 s: a dead maker's code must vanish soon."""
        left = math.ceil(code.left(datetime.now(UTC)).total_seconds())
        if left > 0:
            with _redis():
                self._redis.set(_qr(company_id), _dump_code(code), ex=min(left, CODE_SECONDS))

    def clear(self, company_id: CompanyId) -> None:
        """The code is dead."""
        with _redis():
            self._redis.delete(_qr(company_id))

    def set_state(self, company_id: CompanyId, progress: Progress) -> None:
        """Say where the pairing stands; kept while its owner renews it, or, at rest, while somebody watches."""
        with _redis():
            self._redis.set(_state(company_id), _dump(progress), ex=STATE_SECONDS)

    def set_place(self, company_id: CompanyId, place: int) -> bool:
        """Say the company's place in the queue; False when an attempt has begun meanwhile."""
        progress = _dump(Progress(state=PairingState.QUEUED, place=place))
        with _redis():
            keys = [_attempt(company_id), _state(company_id)]
            return bool(self._set_place(keys=keys, args=[progress, STATE_SECONDS]))

    def end(self, company_id: CompanyId, owner: str, rest: PairingState | None = None) -> None:
        """Give the attempt up; nothing of it stays but the resting state, if any."""
        self._finish(company_id, owner, "" if rest is None else _dump(Progress(state=rest)), queue_again=False)

    def hand_over(self, company_id: CompanyId, owner: str) -> None:
        """Give the attempt up so that another desk takes it, if somebody still watches."""
        self._finish(company_id, owner, "", queue_again=True)

    def _finish(self, company_id: CompanyId, owner: str, rest: str, *, queue_again: bool) -> None:
        keys = [
            _attempt(company_id),
            _qr(company_id),
            _phone(company_id),
            _state(company_id),
            _watch(company_id),
            QUEUE,
        ]
        with _redis():
            self._end(keys=keys, args=[company_id, owner, rest, STATE_SECONDS, int(queue_again)])


@contextmanager
def _redis() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise DependencyDownError("Redis") from error


def _qr(company_id: CompanyId) -> str:
    return f"marketplace:qr:{company_id}"


def _watch(company_id: CompanyId | str) -> str:
    return f"aiadmin:watch:{company_id}"


def _attempt(company_id: CompanyId | str) -> str:
    return f"aiadmin:pairing:attempt:{company_id}"


def _state(company_id: CompanyId) -> str:
    return f"aiadmin:pairing:state:{company_id}"


def _phone(company_id: CompanyId) -> str:
    return f"aiadmin:pairing:phone:{company_id}"


def _hold(is_mine: int, is_watched: int, phone: bytes | None) -> Hold:
    return Hold(is_mine=bool(is_mine), is_watched=bool(is_watched), phone=phone.decode() if phone else None)


def _dump_code(code: LiveCode) -> str:
    times = {"generated_at": code.generated_at.isoformat(), "expires_at": code.expires_at.isoformat()}
    return json.dumps({"qr": code.text, **times})


def _living(raw: bytes) -> LiveCode | None:
    values = json.loads(raw)
    generated_at, expires_at = (datetime.fromisoformat(values[name]) for name in ("generated_at", "expires_at"))
    code = LiveCode(text=values["qr"], generated_at=generated_at, expires_at=expires_at)
    return code if code.left(datetime.now(UTC)) else None


def _dump(progress: Progress) -> str:
    expires_at = progress.expires_at and progress.expires_at.isoformat()
    values = {"state": progress.state, "place": progress.place, "code": progress.code, "expires_at": expires_at}
    return json.dumps({**values, "resting": progress.state in RESTING})


def _progress(raw: bytes) -> Progress:
    values = json.loads(raw)
    expires_at = values["expires_at"] and datetime.fromisoformat(values["expires_at"])
    state = PairingState(values["state"])
    return Progress(state=state, place=values["place"], code=values["code"], expires_at=expires_at)
