"""Pairings in Redis: who watches, who waits, who works on it, and the code of the moment.

Nothing here is truth: a lost Redis costs a salon a few seconds, because every key is written again by whoever still
lives: the web process says who watches, the coordinator says what it shows. Several keys change together in one
script.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from redis import Redis, RedisError

from aiadmin.adapters.redis import keys, lua
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing.attempt import TERMINAL, PairingState
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.masking import reason_of

WATCH_SECONDS = 20
"""An attempt goes on this long after the last watcher left."""
OWNER_SECONDS = 15
"""How long a claim outlives a coordinator whose heart beats but which does nothing."""
HEART_SECONDS = 4
"""How long a claim outlives a coordinator that has died: other coordinators take over what it had."""
EXPECT_SECONDS = 60
"""How long after its opening a page is expected to want a code."""
STATE_SECONDS = 60
PHONE_SECONDS = 120
CODE_SECONDS = 20
"""The longest a code outlives whoever made it; the coordinator writes a living one again before that."""
POLL_SECONDS = 0.15
_UNREADABLE = (ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class PairingProgress:
    """Where a pairing stands: what a page that comes late must hear.

    Attributes:
        place: in the queue, from 1, or None.
        code: the living pairing code, or None.
        expires_at: when that code dies.
    """

    state: PairingState
    place: int | None = None
    code: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ClaimStatus:
    """What the owner of an attempt learns when it renews.

    Attributes:
        is_mine: False when another coordinator has the attempt now, or has brought it to its end.
        is_watched: whether a page is open.
        phone: digits for which a page asked a pairing code since the last renewal.
    """

    is_mine: bool
    is_watched: bool
    phone: str | None = field(repr=False)


class RedisPairingStore:
    """Every key of pairings. Each method raises DependencyDownError when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._watch = redis.register_script(lua.source("pairing/state_of", "pairing/watch"))
        self._expect = redis.register_script(lua.source("pairing/request_prewarm"))
        self._expects = redis.register_script(lua.source("pairing/wants_prewarm"))
        self._waiting = redis.register_script(lua.source("pairing/waiting"))
        self._claim = redis.register_script(lua.source("pairing/claim"))
        self._free = redis.register_script(lua.source("pairing/state_of", "pairing/free"))
        self._renew = redis.register_script(lua.source("pairing/state_of", "pairing/renew"))
        self._end = redis.register_script(lua.source("pairing/end"))
        self._set_place = redis.register_script(lua.source("pairing/set_place"))
        self._unclaimed = redis.register_script(lua.source("pairing/unclaimed"))

    # what pages do

    def request_prewarm(self, company_id: CompanyId) -> bool:
        """Ask for a pairing process to be ready, as a page may want a code within a minute; nothing starts yet.

        True when no other page was expected: then the coordinators have to be woken.
        """
        with _redis():
            return bool(self._expect(keys=[keys.PREWARM], args=[company_id, EXPECT_SECONDS]))

    def watch(self, *company_ids: CompanyId, seconds: int = WATCH_SECONDS) -> frozenset[CompanyId]:
        """Keep the company watched for `seconds` more. Asks for an attempt, unless one runs or rests.

        Returns the companies that have just been connected: there is nothing more to watch.
        """
        with _redis(), self._redis.pipeline(transaction=False) as pipe:
            for company_id in company_ids:
                names = [
                    keys.watch(company_id),
                    keys.attempt(company_id),
                    keys.pairing_state(company_id),
                    keys.PAIRING_QUEUE,
                    keys.PREWARM,
                ]
                self._watch(keys=names, args=[company_id, seconds, STATE_SECONDS], client=pipe)
            answers = pipe.execute()
        return frozenset(company_id for company_id, done in zip(company_ids, answers, strict=True) if done)

    def unwatch(self, company_id: CompanyId) -> None:
        """Record that the last page has closed: the attempt ends unless one opens within 20 s."""
        with _redis():
            self._redis.set(keys.watch(company_id), 1, ex=WATCH_SECONDS, xx=True)

    def retry(self, company_id: CompanyId) -> None:
        """The button: a resting pairing starts anew."""
        state = self.find_state(company_id)
        if state is not None and state.state in TERMINAL:
            with _redis():
                self._redis.delete(keys.pairing_state(company_id))
        self.watch(company_id)

    def request_code(self, company_id: CompanyId, phone: str) -> None:
        """Ask for a pairing code for `phone` (digits); starts an attempt where none runs."""
        with _redis():
            self._redis.set(keys.pairing_phone(company_id), phone, ex=PHONE_SECONDS)
        self.retry(company_id)

    def find_code(self, company_id: CompanyId) -> LiveCode | None:
        """The QR code that can be scanned now."""
        with _redis():
            raw = cast("bytes | None", self._redis.get(keys.live_code(company_id)))
        return None if raw is None else _living_code(raw)

    def wait_code(self, company_id: CompanyId, timeout: timedelta) -> LiveCode | None:
        """The QR code as soon as there is one; None after `timeout` or when the pairing rests.

        A caller counts as a watcher until the code that it got has expired, and 20 s more.
        """
        self.watch(company_id, seconds=WATCH_SECONDS + math.ceil(timeout.total_seconds()))
        deadline = time.monotonic() + timeout.total_seconds()
        while (code := self.find_code(company_id)) is None:
            if time.monotonic() >= deadline or self._is_terminal(company_id):
                return None
            time.sleep(POLL_SECONDS)
        life = math.ceil(code.left(datetime.now(UTC)).total_seconds())
        self.watch(company_id, seconds=WATCH_SECONDS + life)
        return code

    def find_state(self, company_id: CompanyId) -> PairingProgress | None:
        """Where the pairing stands, or None when there is none."""
        with _redis():
            raw = cast("bytes | None", self._redis.get(keys.pairing_state(company_id)))
        return None if raw is None else _progress_of(raw)

    def _is_terminal(self, company_id: CompanyId) -> bool:
        progress = self.find_state(company_id)
        return progress is not None and progress.state in TERMINAL

    # what coordinators do

    def queue(self, limit: int = 500) -> Sequence[CompanyId]:
        """Companies that wait for an attempt, in order. Forgets those without a watcher and those that have one."""
        with _redis():
            found = self._waiting(keys=[keys.PAIRING_QUEUE], args=[limit, keys.watch(""), keys.attempt("")])
        return [CompanyId(int(company_id)) for company_id in found if company_id.isdigit()]

    def wants_prewarm(self) -> bool:
        """Whether some page is open whose reader has yet to ask for a code."""
        with _redis():
            return bool(self._expects(keys=[keys.PREWARM]))

    def beat(self, owner: str) -> None:
        """The coordinator `owner` lives; said every second."""
        with _redis():
            self._redis.set(keys.coordinator(owner), 1, ex=HEART_SECONDS)

    def stop_beating(self, owner: str) -> None:
        """The coordinator `owner` ends: what it still has claimed is free at once."""
        with _redis():
            self._redis.delete(keys.coordinator(owner))

    def claim(self, company_id: CompanyId, owner: str) -> bool:
        """Claim the company's one attempt for 15 s; False when another coordinator has it."""
        with _redis():
            names = [keys.attempt(company_id), keys.PAIRING_QUEUE, keys.PAIRING_CLAIMS, keys.coordinator(owner)]
            return bool(self._claim(keys=names, args=[company_id, owner, OWNER_SECONDS, HEART_SECONDS]))

    def free_orphans(self, owner: str) -> None:
        """Queue again what coordinators other than `owner` had claimed whose heart has stopped.

        An attempt whose phone has confirmed is left its 15 s: a coordinator that was only slow will come back to
        finish it.
        """
        with _redis():
            prefixes = [keys.attempt(""), keys.coordinator(""), keys.pairing_state(""), keys.watch("")]
            self._free(keys=[keys.PAIRING_CLAIMS, keys.PAIRING_QUEUE], args=[owner, *prefixes])

    def unclaimed(self, company_ids: Sequence[CompanyId]) -> Sequence[CompanyId]:
        """Those of the companies that no coordinator works on."""
        with _redis():
            found = self._unclaimed(
                keys=[keys.attempt(company_id) for company_id in company_ids], args=list(company_ids)
            )
        return [CompanyId(int(company_id)) for company_id in found]

    def renew(self, company_ids: Iterable[CompanyId], owner: str) -> dict[CompanyId, ClaimStatus]:
        """Keep these attempts for 15 s more, and learn what happened to them. A lost key is taken again."""
        ids = list(company_ids)
        with _redis(), self._redis.pipeline(transaction=False) as pipe:
            for company_id in ids:
                names = [
                    keys.attempt(company_id),
                    keys.watch(company_id),
                    keys.pairing_phone(company_id),
                    keys.pairing_state(company_id),
                    keys.PAIRING_CLAIMS,
                ]
                self._renew(keys=names, args=[owner, OWNER_SECONDS, STATE_SECONDS, company_id], client=pipe)
            answers = pipe.execute()
        return {company_id: _claim_status(*answer) for company_id, answer in zip(ids, answers, strict=True)}

    def publish_code(self, company_id: CompanyId, code: LiveCode) -> None:
        """Store the code for as long as it lives, at most 20 s: a dead maker's code must vanish soon."""
        left = math.ceil(code.left(datetime.now(UTC)).total_seconds())
        if left > 0:
            with _redis():
                self._redis.set(keys.live_code(company_id), _dump_code(code), ex=min(left, CODE_SECONDS))

    def clear(self, company_id: CompanyId) -> None:
        """The code is dead."""
        with _redis():
            self._redis.delete(keys.live_code(company_id))

    def set_state(self, company_id: CompanyId, progress: PairingProgress) -> None:
        """Store the state of the pairing; kept while its owner renews it, or, at rest, while a page is open."""
        with _redis():
            self._redis.set(keys.pairing_state(company_id), _dump(progress), ex=STATE_SECONDS)

    def set_place(self, company_id: CompanyId, place: int) -> bool:
        """Say the company's place in the queue; False when an attempt has begun meanwhile."""
        progress = _dump(PairingProgress(state=PairingState.QUEUED, place=place))
        with _redis():
            names = [keys.attempt(company_id), keys.pairing_state(company_id)]
            return bool(self._set_place(keys=names, args=[progress, STATE_SECONDS]))

    def end(self, company_id: CompanyId, owner: str, rest: PairingState | None = None) -> None:
        """Give the attempt up; nothing of it stays but the resting state, if any."""
        self._finish(company_id, owner, "" if rest is None else _dump(PairingProgress(state=rest)), queue_again=False)

    def hand_over(self, company_id: CompanyId, owner: str) -> None:
        """Release the attempt so that another coordinator takes it, if a page is still open."""
        self._finish(company_id, owner, "", queue_again=True)

    def _finish(self, company_id: CompanyId, owner: str, rest: str, *, queue_again: bool) -> None:
        names = [
            keys.attempt(company_id),
            keys.live_code(company_id),
            keys.pairing_phone(company_id),
            keys.pairing_state(company_id),
            keys.watch(company_id),
            keys.PAIRING_QUEUE,
            keys.PAIRING_CLAIMS,
        ]
        with _redis():
            self._end(keys=names, args=[company_id, owner, rest, STATE_SECONDS, int(queue_again)])


@contextmanager
def _redis() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise DependencyDownError("Redis", reason_of(error)) from error


def _claim_status(is_mine: int, is_watched: int, phone: bytes | None) -> ClaimStatus:
    return ClaimStatus(is_mine=bool(is_mine), is_watched=bool(is_watched), phone=phone.decode() if phone else None)


def _dump_code(code: LiveCode) -> str:
    times = {"generated_at": code.generated_at.isoformat(), "expires_at": code.expires_at.isoformat()}
    return json.dumps({"qr": code.text, **times})


def _living_code(raw: bytes) -> LiveCode | None:
    """The code that was written, while it lives; what cannot be read is none, for the coordinator soon writes it
    again."""
    with suppress(*_UNREADABLE):
        values = json.loads(raw)
        generated_at, expires_at = (datetime.fromisoformat(values[name]) for name in ("generated_at", "expires_at"))
        code = LiveCode(text=values["qr"], generated_at=generated_at, expires_at=expires_at)
        return code if code.left(datetime.now(UTC)) else None
    return None


def _dump(progress: PairingProgress) -> str:
    expires_at = progress.expires_at and progress.expires_at.isoformat()
    values = {"state": progress.state, "place": progress.place, "code": progress.code, "expires_at": expires_at}
    return json.dumps({**values, "resting": progress.state in TERMINAL})


def _progress_of(raw: bytes) -> PairingProgress | None:
    """The progress that was written; what cannot be read is none."""
    with suppress(*_UNREADABLE):
        values = json.loads(raw)
        expires_at = values["expires_at"] and datetime.fromisoformat(values["expires_at"])
        state = PairingState(values["state"])
        return PairingProgress(state=state, place=values["place"], code=values["code"], expires_at=expires_at)
    return None
