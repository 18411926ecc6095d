"""What stands in a conversation before a turn: which proposal waits, what was asked and said so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aiadmin.domain.replay.catalogue import Catalogue
from aiadmin.domain.replay.claims import is_coming, is_yes
from aiadmin.domain.replay.played import Given, Offer, OfferedVisit, PlayedTurn
from aiadmin.domain.replay.saying import plain

_QUIET = timedelta(seconds=5)
_REMINDERS = ("reminder_day", "reminder_hours", "reminder_again")
_GREETING = ("здравствуй", "добрый день", "добрый вечер", "доброе утро", "доброй ночи", "привет", "hello")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A conversation so far.

    Attributes:
        now: the salon's wall clock when the turn is answered.
        proposal: the newest proposal that was delivered, and when.
        is_agreed: whether it was agreed to, and only what the client is called was asked then.
        reminders: the visits whose reminders were sent.
        said: all that the client has written, this turn included.
        bursts: what of this turn may be read as a whole: what was written without a pause, and of that what was there
            when a message came in between.
        visits: the visits of everybody that are to come, by their record; the client's own changes among them.
        done: what was changed for this client so far: book, move, cancel, confirm.
        greeted_at: when we last greeted.
    """

    catalogue: Catalogue
    case: Given
    now: datetime
    proposal: Offer | None = None
    offered_at: datetime | None = None
    is_agreed: bool = False
    reminders: frozenset[int] = frozenset()
    said: tuple[str, ...] = ()
    bursts: tuple[tuple[str, ...], ...] = ()
    visits: Mapping[int, Given] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    greeted_at: datetime | None = None

    @classmethod
    def before(cls, catalogue: Catalogue, case: Given) -> Scene:
        """As the file says that it begins."""
        now = datetime.fromisoformat(case.get("now", catalogue.file["now"]))
        earlier, offer = case.get("before", []), case.get("offer")
        return cls(
            catalogue=catalogue,
            case=case,
            now=now,
            proposal=_offer_of(catalogue, case, offer) if offer else None,
            offered_at=now - timedelta(minutes=offer["minutes"]) if offer else None,
            reminders=frozenset(one["record"] for one in earlier if one.get("kind") in _REMINDERS),
            said=tuple(one["text"] for one in earlier if one["from"] == "client"),
            visits={one["record"]: one for one in case.get("visits", []) if not one.get("deleted")},
            greeted_at=_greeted(earlier, now),
        )

    def hearing(self, say: Sequence[object]) -> Scene:
        """With the burst of a turn."""
        texts = tuple(filter(None, map(_text, say)))
        waited = sum(float(one.get("after", 0)) for one in say if isinstance(one, dict))
        now = self.now + timedelta(seconds=waited) + _QUIET
        return replace(self, said=(*self.said, *texts), bursts=tuple(_bursts(say)), now=now)

    def after(self, turn: PlayedTurn) -> Scene:
        """With what came of a turn."""
        is_offered = turn.stands is not None and bool(turn.texts)
        visits = dict(self.visits)
        for write in turn.writes:
            _apply(visits, write, str(self.case["client"]))
        return replace(
            self,
            proposal=turn.stands if is_offered else None if turn.texts else self.proposal,
            offered_at=self.now if is_offered else self.offered_at,
            is_agreed=self.says_yes and turn.asks == "name" and turn.stands == self.proposal,
            visits=visits,
            done=self.done | {str(one["op"]) for one in turn.writes},
            greeted_at=self.now if greets(turn.text) else self.greeted_at,
        )

    @property
    def says_yes(self) -> bool:
        """Whether what was said in this turn agrees."""
        return any(map(is_yes, self.bursts))

    @property
    def says_coming(self) -> bool:
        """Whether what was said in this turn says that a client comes."""
        return any(map(is_coming, self.bursts))

    @property
    def own(self) -> list[Given]:
        """The client's visits to come."""
        return [one for one in self.visits.values() if one.get("client", self.case["client"]) == self.case["client"]]

    @property
    def others(self) -> list[Given]:
        """The visits of other people."""
        return [one for one in self.visits.values() if one.get("client", self.case["client"]) != self.case["client"]]


def greets(text: str) -> bool:
    """Whether a text of ours greets."""
    return any(one in plain(text) for one in _GREETING)


def _bursts(say: Sequence[object]) -> Iterator[tuple[str, ...]]:
    """A pause ends a burst; one that comes while we work may come too late for what was said before it."""
    burst: tuple[str, ...] = ()
    for message in say:
        given: Given = message if isinstance(message, dict) else {}
        is_late = timedelta(seconds=given.get("after", 0)) >= _QUIET
        if burst and (is_late or given.get("while_working")):
            yield burst
            burst = () if is_late else burst
        burst = (*burst, _text(message))
    yield burst


def _text(message: object) -> str:
    if isinstance(message, str):
        return message
    given: Given = message if isinstance(message, dict) else {}
    photo = given.get("photo")
    return str(given.get("text") or given.get("reaction") or (photo if isinstance(photo, str) else "") or "")


def _greeted(earlier: Sequence[Given], now: datetime) -> datetime | None:
    ours = [one["minutes"] for one in earlier if one["from"] == "us" and greets(one["text"])]
    return now - timedelta(minutes=min(ours)) if ours else None


def _offer_of(catalogue: Catalogue, case: Given, offer: Given) -> Offer:
    own: Given = next((one for one in case.get("visits", []) if one["record"] == offer.get("record")), {})
    parts = offer.get("parts", [offer] if "at" in offer else [])
    visits = [_visit_of(catalogue, {**own, **part}) for part in parts]
    return Offer(op=offer["op"], visits=tuple(visits), record=offer.get("record"))


def _visit_of(catalogue: Catalogue, part: Given) -> OfferedVisit:
    return OfferedVisit(
        services=tuple(part["services"]),
        staff=part["staff"],
        at=datetime.fromisoformat(part["at"]),
        length=timedelta(minutes=catalogue.minutes(part["services"], part["staff"])),
    )


def _apply(visits: dict[int, Given], write: Given, client: str) -> None:
    """What a write has made of the visits to come."""
    record = int(write["record"])
    if write["op"] == "cancel":
        visits.pop(record, None)
    elif write["op"] in ("create", "move"):
        whose = visits.get(record, {}).get("client", client)
        visits[record] = {**{name: write[name] for name in ("record", "services", "staff", "at")}, "client": whose}
