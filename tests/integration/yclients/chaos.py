"""A row of YClients in another of its spellings, saying the same."""

from __future__ import annotations

import random
from typing import Any


def chaotic(row: dict[str, Any], seed: int) -> dict[str, Any]:
    """`row` with numbers as text, lists for missing objects, offsets of the other kind, and fields nobody knows."""
    chance = random.Random(f"{seed}:{row['id']}")  # noqa: S311 - no secret
    odd: dict[str, Any] = {name: _odd(value, chance) for name, value in row.items()}
    if row["client"]:
        odd["client"]["phone"] = _spelled(row["client"]["phone"], chance)
    else:
        odd["client"] = chance.choice([None, [], {}])
    odd["datetime"] = f"{row['datetime'][:19]}{chance.choice(['+09:00', '-0500', 'Z', ''])}"  # only `date` counts
    odd["last_change_date"] = _offset(row["last_change_date"], chance)
    odd["create_date"] = _offset(row["create_date"], chance)
    return odd | {"brand_new_field": {"of": ["YClients"]}, "staff": odd["staff"] | {"position": []}}


def _odd(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool):
        return chance.choice([value, int(value), str(int(value))])
    if isinstance(value, int):
        return chance.choice([value, str(value), float(value)])
    if isinstance(value, dict):
        return {name: _odd(inner, chance) for name, inner in value.items()}
    if isinstance(value, list):
        return [_odd(inner, chance) for inner in value]
    return chance.choice([[], None]) if value is None else value


def _spelled(phone: str, chance: random.Random) -> Any:
    if not phone:
        return chance.choice(["", None, 0])
    pretty = f"+7 {phone[1:4]} {phone[4:7]}-{phone[7:9]}-{phone[9:]}"
    return chance.choice([phone, int(phone), f"+{phone}", pretty, f"8{phone[1:]}"])


def _offset(written: str, chance: random.Random) -> str:
    return chance.choice([written, f"{written[:-2]}:{written[-2:]}"])
