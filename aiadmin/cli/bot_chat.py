"""`bot chat ID`: the try-out in a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import click

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.chat.remembered import RememberedChat
from aiadmin.domain.chat.steps import Found, Need, Unavailable
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.phone_numbers import read_phone
from aiadmin.services.chat.try_out import TriedTurn

_WHY = "?"
_HIDDEN = frozenset({"spans", "raw", "token"})
_EMPTY: tuple[Any, ...] = ((), [], {}, None, "", False, frozenset())
_INTRODUCTION = (
    "Nothing is written and nothing is sent. Write what a client would write; "
    f"{_WHY} shows why the last answer is what it is, an empty line ends."
)


def try_out(company_id: int, *, phone: str | None) -> None:
    """Talk to the bot of a company, line by line.

    Raises:
        click.ClickException: the phone is none.
        CompanyNotFoundError: no such company.
    """
    box = Container(Config.from_env(os.environ))
    client = None if phone is None else read_phone(phone, "RU")
    if phone is not None and client is None:
        raise click.ClickException(f"{phone!r} is no phone number")
    chat, last = RememberedChat(), None
    click.echo(_INTRODUCTION)
    try:
        for words in _lines():
            if words == _WHY:
                click.echo("\n".join(why(last) if last is not None else ["Nothing was said yet."]))
                continue
            last, chat = box.try_out.say(CompanyId(company_id), chat, words, phone=client)
            click.echo("\n".join(shown(last)))
    finally:
        box.close()


def _lines() -> Iterator[str]:
    while True:
        try:
            words = click.prompt("client", default="", show_default=False, prompt_suffix="> ").strip()
        except click.Abort:  # the input has ended
            return
        if not words:
            return
        yield words


def shown(turn: TriedTurn) -> Iterator[str]:
    """What a turn came to, a line each."""
    yield f"bot> {turn.text}" if turn.text else "(nothing is sent)"
    if turn.agreed is not None:
        yield f"(in a real chat this would be written into the journal: {turn.agreed.operation})"
    if turn.to_salon:
        yield f"(the salon's own number would read: {turn.to_salon})"


def why(turn: TriedTurn) -> Iterator[str]:
    """What was understood, looked up and decided, a line each."""
    yield f"Understood, by {turn.read_by}:"
    yield from (f"  {_brief(one)}" for one in turn.commands)
    if turn.needs:
        yield "Looked up:"
        yield from (f"  {_brief(need)}: {_answer(turn.found, need)}" for need in turn.needs)
    reply = turn.reply
    yield "Decided:"
    yield f"  {reply.act}, asks {reply.asks or 'nothing'}" + (f", {reply.hand_over}" if reply.hand_over else "")
    if reply.proposal is not None:
        yield f"  offers {_brief(reply.proposal)}"
    yield from (f"  says {_brief(part)}" for part in reply.parts)


def _answer(found: Found, need: Need) -> str:
    answer = found.answer_to(need)
    if isinstance(answer, Unavailable):
        return "YClients did not answer"
    return _brief([] if answer is None else [answer]) or "nothing"


def _brief(value: Any) -> str:
    """A value without what is empty or of no interest to people."""
    if isinstance(value, datetime):
        return f"{value:%d.%m %H:%M}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(_brief, value))
    if isinstance(value, (date, time, timedelta)) or not is_dataclass(value):
        return str(value)
    named = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in _HIDDEN}
    told = [
        f"{name}={_brief(one)}" for name, one in named.items() if one not in ((), [], None, "", False, frozenset())
    ]
    return f"{type(value).__name__}({', '.join(told)})"
