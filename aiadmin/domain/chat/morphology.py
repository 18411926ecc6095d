"""What the domain asks of Russian morphology, which an adapter answers."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol


class WordClass(StrEnum):
    """What a word is by its form, as far as it matters for who reads a wish."""

    NOUN = "noun"
    ADJECTIVE = "adjective"
    """What tells a kind: японский."""
    QUALITY = "quality"
    """An adjective that praises, or measures: красивый, большой."""
    NUMERAL = "numeral"
    """A number in words, of things or of persons: пять, пятеро."""
    INFINITIVE = "infinitive"
    ORDER = "order"
    """A verb that asks for something: передвинь."""
    STATEMENT = "statement"
    """A verb that tells something: приду, работает."""
    PAST = "past"
    """A verb that tells what was: стригли."""
    STRANGE = "strange"
    """A word that no dictionary has."""
    OTHER = "other"
    """A word that names nothing: prepositions, pronouns, adverbs."""


class Morphology(Protocol):
    """Forms of Russian words. Words are in lower case with е for ё."""

    def __hash__(self) -> int:
        """What is worked out with it is kept by it."""

    def lemma(self, word: str) -> str:
        """The dictionary's form of a word; a guess for a word that no dictionary has."""

    def forms(self, word: str) -> frozenset[str]:
        """A word in all its forms, itself among them."""

    def forms_of_name(self, name: str) -> frozenset[str]:
        """A given name in all its cases; "Динара" is no money here."""

    def knows(self, word: str) -> bool:
        """Whether a dictionary has the word."""

    def word_class(self, word: str) -> WordClass:
        """What a word most likely is."""

    def given_name(self, word: str) -> str:
        """The nominative of a given name; empty when the word is none."""

    def is_personal_name(self, word: str) -> bool:
        """Whether a word is most likely a given name, a patronymic or a surname."""

    def beginning_with(self, beginning: str) -> frozenset[str]:
        """The words of the dictionary that begin so, and end soon after."""

    def sounding_like(self, word: str, among: Collection[str]) -> tuple[str, ...]:
        """The words of some that sound most like the beginning of this, or this like theirs; too far to be sure."""

    def closest(self, word: str, among: Collection[str]) -> tuple[str, ...]:
        """Those of some words that this may be a slip of: one edit, from seven letters on two; all the nearest."""
