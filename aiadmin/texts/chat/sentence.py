"""What a sentence of a chat is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiadmin.domain.chat.situation import Situation

Sentence = Callable[[Any, Situation], str]
"""Puts a part into words: the part, and all that is known; an empty text says nothing."""
