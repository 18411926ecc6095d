"""What clients read in a chat: a reply's parts, each in a sentence of the catalogue.

Every time, price, name and address stands in a part, a value of the turn's facts; no sentence has one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Reply
from aiadmin.texts.chat import booking, english, english_visits, questions, talk, visits
from aiadmin.texts.chat.sentence import Sentence
from aiadmin.texts.chat.tidying import tidied

SENTENCES: Mapping[type, Sentence] = {
    **booking.SENTENCES,
    **visits.SENTENCES,
    **questions.SENTENCES,
    **talk.SENTENCES,
}
"""A sentence for each kind of part."""
_OTHER_LANGUAGES: Mapping[str, Mapping[type, Sentence]] = {"en": {**english.SENTENCES, **english_visits.SENTENCES}}


def render(reply: Reply, situation: Situation) -> str:
    """A reply as the client reads it; empty where nothing is sent."""
    said = {**SENTENCES, **_OTHER_LANGUAGES.get(reply.language, {})}
    sentences = [said[type(part)](part, situation) for part in reply.parts]
    if not any(sentences):
        return ""
    greeting = _greeting(situation, reply.language) if reply.greets else ""
    return tidied(_joined(filter(None, [greeting, *sentences, situation.salon.bot.signature])))


def _joined(sentences: Iterable[str]) -> str:
    """Sentences in a row; behind a list the next one begins a line."""
    whole = ""
    for one in sentences:
        behind = "\n" if whole.rpartition("\n")[2].startswith("•") else " "
        whole = f"{whole}{behind}{one}" if whole else one
    return whole


def _greeting(situation: Situation, language: str) -> str:
    """The salon's own words, else who is speaking: a machine says that it is one."""
    salon = situation.salon
    if language == "en":
        return english.GREETING.format(title=salon.title)
    return salon.bot.greeting or f"Здравствуйте! Это виртуальный помощник салона «{salon.title}»."
