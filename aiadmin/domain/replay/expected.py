"""Whether a turn did what its conversation expects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aiadmin.domain.replay.catalogue import Catalogue, as_list
from aiadmin.domain.replay.played import Given, Offer, OfferedVisit, PlayedTurn
from aiadmin.domain.replay.saying import has, plain, times_in

_FORMAT = "%Y-%m-%dT%H:%M"


def differences(catalogue: Catalogue, expect: Given, turn: PlayedTurn) -> list[str]:
    """What is otherwise than expected, a line each; what is not named is not looked at."""
    return [
        *_labels(expect, turn),
        *_offer(catalogue, expect, turn),
        *_times(expect.get("times", {}), turn.text),
        *_words(expect, turn.text),
        *_writes(catalogue, expect, turn),
        *_around(expect, turn),
    ]


def _labels(expect: Given, turn: PlayedTurn) -> Iterator[str]:
    for name in ("act", "asks", "reason"):
        if name in expect and getattr(turn, name) not in as_list(expect[name]):
            yield f"{name} is {getattr(turn, name)}, expected {_shown(expect[name])}"


def _around(expect: Given, turn: PlayedTurn) -> Iterator[str]:
    for name in ("salon_told", "opted_out"):
        if name in expect and getattr(turn, name) is not expect[name]:
            yield f"{name} is {getattr(turn, name)}, expected {expect[name]}"
    if "replies" in expect and len(turn.texts) != expect["replies"]:
        yield f"{len(turn.texts)} messages were sent, expected {expect['replies']}"


def _offer(catalogue: Catalogue, expect: Given, turn: PlayedTurn) -> Iterator[str]:
    wanted, made = expect.get("offer"), turn.offer
    if wanted is None:
        return
    if made is None:
        if as_list(expect.get("act", [])) == ["offer"]:
            yield f"no proposal was made, expected {_shown(wanted)}"
        return
    if wanted.get("op", made.op) != made.op or wanted.get("record", made.record) != made.record:
        yield f"proposed {made.op} of {made.record}, expected {_shown(wanted)}"
    if made.op != "cancel":
        yield from _parts(catalogue, wanted, made)


def _parts(catalogue: Catalogue, wanted: Given, made: Offer) -> Iterator[str]:
    parts = wanted.get("parts", [wanted])
    if len(parts) != len(made.visits):
        yield f"{len(made.visits)} visits were proposed, expected {len(parts)}"
        return
    for part, visit in zip(parts, made.visits, strict=True):
        wrong = [name for name in ("services", "staff", "at", "price") if not _is_right(catalogue, part, visit, name)]
        if wrong:
            yield f"proposed {_visit(visit)}, expected another {', '.join(wrong)}: {_shown(part)}"


def _is_right(catalogue: Catalogue, part: Given, visit: OfferedVisit, name: str) -> bool:
    """A composite service and its parts in order are one thing here."""
    if name not in part:
        return True
    if name == "services":
        return catalogue.expanded(visit.services) == catalogue.expanded(part["services"])
    if name == "at":
        return visit.at is not None and f"{visit.at:{_FORMAT}}" in as_list(part["at"])
    return getattr(visit, name) in as_list(part[name])


def _times(wanted: Given, text: str) -> Iterator[str]:
    named = times_in(text)
    good, bad = wanted.get("any_of", []), wanted.get("none_of", [])
    if good and not set(good) & set(named):
        yield f"none of the times {_shown(good)} is named"
    if set(bad) & set(named):
        yield f"names {_shown(sorted(set(bad) & set(named)))}"
    if "at_most" in wanted and len(set(named)) > wanted["at_most"]:
        yield f"names {len(set(named))} times, at most {wanted['at_most']}"


def _words(expect: Given, text: str) -> Iterator[str]:
    for group in expect.get("has", []):
        if not any(has(text, one) for one in as_list(group)):
            yield f"lacks {_shown(group)}"
    for one in expect.get("lacks", []):
        if has(text, one):
            yield f"has {one!r}"


def _writes(catalogue: Catalogue, expect: Given, turn: PlayedTurn) -> Iterator[str]:
    """As sets: every expected entry has a call of its own, and no call is left over."""
    if "writes" not in expect:
        return
    left = list(turn.writes)
    for wanted in expect["writes"]:
        found = next((one for one in left if is_same_write(catalogue, wanted, one)), None)
        if found is None:
            yield f"no write {_shown(wanted)}"
        else:
            left.remove(found)
    yield from (f"wrote {_shown(shown_write(one))}" for one in left)


def is_same_write(catalogue: Catalogue, wanted: Given, made: Given) -> bool:
    """Whether a write is the expected one, by the fields that are named."""
    return all(_is_same(catalogue, name, value, made) for name, value in wanted.items())


def _is_same(catalogue: Catalogue, name: str, wanted: Any, made: Given) -> bool:
    if name == "client":
        return _is_client(wanted, made.get("client") or {})
    if name == "services":
        return sorted(catalogue.expanded(wanted)) == sorted(made["services"])
    return made.get(name) in as_list(wanted)


def _is_client(wanted: Any, made: Given) -> bool:
    """The name that a visit is written under; `{name, surname}` where both matter."""
    fields = wanted if isinstance(wanted, dict) else {"name": wanted}
    return all(plain(str(value)) == plain(str(made.get(name) or "")) for name, value in fields.items())


def shown_write(write: Given) -> dict[str, Any]:
    """A write in a line, without what is of no interest."""
    return {name: write[name] for name in ("op", "record", "services", "staff", "at", "client") if name in write}


def _visit(visit: OfferedVisit) -> str:
    return f"{list(visit.services)} with {visit.staff} at {visit.at and format(visit.at, _FORMAT)} for {visit.price}"


def _shown(value: Any) -> str:
    return re.sub(r"\s+", " ", str(value).replace("'", ""))
