"""Sentences about booking."""

from __future__ import annotations

from collections.abc import Mapping

from aiadmin.texts.chat.sentence import Sentence

SENTENCES: Mapping[type, Sentence] = {}
"""By the part that they put into words."""
