"""What is no lie and yet not well said: counted and shown, never a reason for a conversation to fail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta

from aiadmin.domain.replay.hard_faults import Judged
from aiadmin.domain.replay.saying import times_in
from aiadmin.domain.replay.scene import greets

LONGEST, MOST_TIMES = 400, 3
_GREETED = timedelta(hours=6)
_MARKDOWN = re.compile(r"\*\w|\w\*|__|^#+ |`|\[[^\]]+\]\(|^\s*[-*] ", re.MULTILINE)
_ID = re.compile(r"\b(?:id|ид|undefined|null|none|nan)\b|#\d+|№ ?\d{3,}", re.IGNORECASE)
_ASKED_IN_VAIN = frozenset({"service", "staff", "day", "time", "name"})


def soft_faults(judged: Judged) -> list[str]:
    """What could be said better, a line each."""
    return [how for rule in RULES for how in rule(judged)]


def _questions(judged: Judged) -> Iterator[str]:
    count = len(re.findall(r"\?+", judged.turn.text))
    if count > 1:
        yield f"asks {count} questions"


def _times(judged: Judged) -> Iterator[str]:
    """Times that are offered, which those of the client's own visits are not; a conversation may allow more."""
    own = {str(one["at"])[11:] for one in judged.scene.own}
    offered = set(times_in(judged.turn.text)) & judged.turn.answered - own
    most = max(MOST_TIMES, judged.expect.get("times", {}).get("at_most", 0))
    if len(offered) > most:
        yield f"offers {len(offered)} times"


def _known(judged: Judged) -> Iterator[str]:
    if judged.turn.asks in _ASKED_IN_VAIN & judged.turn.knew:
        yield f"asks for the {judged.turn.asks}, which is known"


def _greetings(judged: Judged) -> Iterator[str]:
    before = judged.scene.greeted_at
    if before is not None and judged.scene.now - before < _GREETED and greets(judged.turn.text):
        yield "greets again"


def _ids(judged: Judged) -> Iterator[str]:
    catalogue, text = judged.scene.catalogue, judged.turn.text
    numbers = set(re.findall(r"(?<![\d:.])\d{4,}(?![\d:])", text))
    records = {str(one["record"]) for one in judged.scene.case.get("visits", [])}
    cards = {str(card) for one in catalogue.file["clients"].values() for card in one["cards"]}
    if _ID.search(text) or numbers & (records | cards):
        yield "shows an id"


def _markdown(judged: Judged) -> Iterator[str]:
    if _MARKDOWN.search(judged.turn.text):
        yield "has markdown"


def _emoji(judged: Judged) -> Iterator[str]:
    signs = [sign for sign in judged.turn.text if unicodedata.category(sign) == "So"]
    if len(signs) > 1:
        yield f"has {len(signs)} emoji"


def _length(judged: Judged) -> Iterator[str]:
    longest = max(map(len, judged.turn.texts), default=0)
    if longest > LONGEST:
        yield f"has {longest} characters"


Rule = Callable[[Judged], Iterator[str]]
RULES: tuple[Rule, ...] = (_questions, _times, _known, _greetings, _ids, _markdown, _emoji, _length)
"""All of them."""
