"""What replies say about booking."""

from __future__ import annotations
