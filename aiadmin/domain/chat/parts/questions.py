"""What replies say about questions."""

from __future__ import annotations
