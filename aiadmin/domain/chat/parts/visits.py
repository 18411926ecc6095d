"""What replies say about visits."""

from __future__ import annotations
