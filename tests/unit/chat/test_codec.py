"""What is kept of a chat is read as it was, and what cannot be read is forgotten."""

from __future__ import annotations

import builtins
import dataclasses
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.chat import when
from aiadmin.domain.chat.commands import AttachmentKind, Command, Media, NamedService, Suits, Yes
from aiadmin.domain.chat.dialogue import Dialogue, GuestWish, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.when import Never
from aiadmin.storage.chat import codec

WISH = when.When(
    day=when.Day(any_of=(when.DayRange.of(date(2026, 1, 2)),), weekdays=frozenset({0, 6})),
    time=when.Time(any_of=(when.TimeRange(time(9, 30), None),), shift=timedelta(minutes=-30)),
)
SLOT = Slot(
    starts=datetime.fromisoformat("2026-01-02T09:30"),
    staff_id=7,
    services=(1, 2),
    length=timedelta(minutes=90),
    price=Price(low=Decimal("1500.50"), high=Decimal(2000)),
)
KNOWN = Dialogue(
    operation=VisitOperation.BOOK,
    services=(1, 2),
    excluded_staff=frozenset({3}),
    whens=(WISH,),
    guests=(GuestWish(who="сын", is_child=True),),
    shown=(SLOT,),
    refused=frozenset({datetime.fromisoformat("2026-01-01T12:00")}),
    asked=when.Asked.TIME,
    touched_at=datetime.fromisoformat("2026-01-01T12:00"),
)


def _kept(value: object) -> Any:
    return json.loads(json.dumps(codec.as_data(value)))


@pytest.mark.parametrize(
    "value",
    [
        Dialogue(),
        KNOWN,
        Proposal(operation=VisitOperation.BOOK, slots=(SLOT,), guests=(None, GuestWish(name="Петя"))),
    ],
)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    assert codec.read(type(value), _kept(value)) == value


def test_a_proposal_that_was_kept_has_the_same_fingerprint() -> None:
    made = Proposal(operation=VisitOperation.BOOK, slots=(SLOT,))
    read = codec.read(Proposal, _kept(made))
    assert read is not None
    assert read.fingerprint == made.fingerprint


def test_each_kind_of_command_is_read_as_it_was_said() -> None:
    said: list[Command] = []
    for kind in Command.__subclasses__():
        fields = {one.name for one in dataclasses.fields(kind) if one.default is dataclasses.MISSING} - {"spans"}
        values = {
            "number": 2,
            "given": "Анна",
            "topic": "parking",
            "stars": 5,
            "text": "?",
            "amount": 1500,
            "language": "en",
        }
        values |= {"whens": (WISH,), "kind": AttachmentKind.VOICE, "why": Never.PAST}
        said.append(kind(**{name: values[name] for name in fields}))
    said += [Yes(but="но в 16", spans=((0, 2),)), NamedService(ids=(1, 2)), Media(kind=AttachmentKind.PHOTO)]
    kept = json.loads(json.dumps(codec.commands_as_data(said)))
    assert list(codec.read_commands(kept)) == said
    assert all(one["command"] for one in kept)


def _objects(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = [field.name for field in dataclasses.fields(Dialogue)] + ["command", "nobody knows"]
    return st.dictionaries(st.sampled_from(names), one | st.sampled_from(["Yes", "Suits", "time"]))


@given(st.recursive(st.none() | st.integers() | st.text() | st.booleans(), lambda one: st.lists(one) | _objects(one)))
def test_what_cannot_be_read_is_forgotten(data: Any) -> None:
    assert codec.read(Dialogue, data) is None or isinstance(codec.read(Dialogue, data), Dialogue)
    assert all(isinstance(one, Command) for one in codec.read_commands(data))


def test_what_an_older_version_wrote_is_read_as_far_as_it_means_something() -> None:
    assert codec.read(Dialogue, {"services": [1], "was_there_once": True}) == Dialogue(services=(1,))
    assert codec.read(Dialogue, {"services": "yes"}) is None
    assert codec.read_commands([{"command": "Gone"}, {"command": "Suits", "whens": []}]) == (Suits(whens=()),)


def test_once_it_is_warm_nothing_is_compiled_for_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork would do so anew."""
    compile_: Callable[..., Any] = builtins.compile
    late: list[str] = []

    def note(source: Any, filename: str, *arguments: Any, **named: Any) -> Any:
        late.append(filename)
        return compile_(source, filename, *arguments, **named)

    codec._converter.cache_clear()
    codec.warm()
    monkeypatch.setattr(builtins, "compile", note)
    read = codec.read(Dialogue, _kept(KNOWN))
    commands = codec.read_commands(json.loads(json.dumps(codec.commands_as_data([Yes()]))))
    assert (read, commands, late) == (KNOWN, (Yes(),), [])
