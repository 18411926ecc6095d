"""What replies say that is about no visit: stop words, a human, what cannot be read, prices that stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aiadmin.domain.chat.parts.questions import ServicePrice
from aiadmin.domain.chat.steps import Part


class LastWishPassedOn(Part):
    """The salon is told what somebody wants done with a visit who wants no more messages: nobody can ask them."""


class Goodbye(Part):
    """No more messages, and how to have them again."""


class WelcomeBack(Part):
    """Messages again."""


@dataclass(frozen=True, kw_only=True)
class HeardAs(Part):
    """What was heard of a voice message.

    Attributes:
        is_agreed_in_writing: whether a yes to what follows has to be typed.
    """

    words: str
    is_agreed_in_writing: bool = False


class CannotListen(Part):
    """A voice message cannot be heard: it is to be written, and the salon knows."""


class AttachmentPassedOn(Part):
    """What was sent is for a human to look at."""


class HumanCalled(Part):
    """A human was asked for, and is told."""


class ComplaintPassedOn(Part):
    """Sorry, and a human sees to it."""


class HealthPassedOn(Part):
    """Sorry, and a human sees to it at once; no advice."""


class HealthAsked(Part):
    """A question about an illness is for a human who knows; no advice, and no offer."""


class Waiting(Part):
    """The answer may come later."""


class CalmAnswer(Part):
    """An answer to insults."""


class PassedOn(Part):
    """The salon is told, and answers."""


@dataclass(frozen=True, kw_only=True)
class OpensAt(Part):
    """When somebody is there again who may answer."""

    at: datetime


@dataclass(frozen=True, kw_only=True)
class PricesStand(Part):
    """Prices are as they are listed; those that were spoken of."""

    prices: tuple[ServicePrice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LessWith(Part):
    """What services cost with each master, and who of them asks least."""

    prices: tuple[ServicePrice, ...]
    staff_id: int


@dataclass(frozen=True, kw_only=True)
class LowestPrice(Part):
    """There is nothing of the kind for less."""

    prices: tuple[ServicePrice, ...]


@dataclass(frozen=True, kw_only=True)
class LessFor(Part):
    """Other services of the kind that cost less than the one that is offered."""

    prices: tuple[ServicePrice, ...]


class PricePassedOn(Part):
    """A human answers about the price."""


class OneLanguage(Part):
    """Only Russian is written here: said in English too."""


class WhatIsWished(Part):
    """What may be done for the client: a question that is easy to answer."""


@dataclass(frozen=True, kw_only=True)
class NotRead(Part):
    """What words of a wish mean, and whether that is one of these services."""

    words: tuple[str, ...]
    supposed: tuple[int, ...] = ()


class Again(StrEnum):
    """Why we say what we have just said."""

    NOTED = "noted"
    """Something was added that changes nothing of it yet."""
    UNCLEAR = "unclear"
    """The answer did not tell."""
    SAME = "same"
    """It was looked up once more, and nothing else was found."""
    REPEATED = "repeated"
    """It was asked for once more."""


@dataclass(frozen=True, kw_only=True)
class SaidAgain(Part):
    """What follows was said just now: that the new words were heard stands before it."""

    why: Again


@dataclass(frozen=True, kw_only=True)
class WhichLine(Part):
    """Which line of a list that we have just sent: the list itself is not said twice."""

    lines: int


class InOneWord(Part):
    """What may be done for the client, where the longer question was not answered."""


class MoveOrMore(Part):
    """Whether a visit is to be moved or another one booked, in short: both were named just now."""


class NotUnderstoodPassedOn(Part):
    """A human reads what was not understood."""
