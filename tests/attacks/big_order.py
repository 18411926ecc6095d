"""S15: one salon gives many large orders at once; others must still get connections to PostgreSQL."""

from __future__ import annotations

import threading
from functools import partial
from itertools import count

from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import Ground

_SIZES = (500, 100)
"""As many messages as an order may have, or else as it may have when that is less."""
_NUMBERS = count(1)


def _order(ground: Ground, size: int) -> int:
    targets = [{"id": str(next(_NUMBERS)), "phone": f"7999{number:07d}"} for number in range(size)]
    return ground.ask(
        "POST",
        "/marketplace/operator",
        json={"destination_params": targets, "text": "Здравствуйте"},
        headers={"Authorization": f"Bearer {ground.attacker.api_key}"},
    ).status_code


def _largest(ground: Ground) -> int:
    return next(size for size in _SIZES if _order(ground, size) != 400)


def _neighbour(ground: Ground) -> list[int]:
    path, key = f"/marketplace/status/{ground.neighbour.company_id}", {"X-API-Key": ground.neighbour.api_key}
    return [ground.ask("GET", path, headers=key).status_code, ground.good_webhook()]


def _run(ground: Ground, *, orders: int) -> Outcome:
    company_id = ground.attacker.company_id
    ground.stack.change("UPDATE companies SET whatsapp_connected = true WHERE id = %s", company_id)
    size, taken = _largest(ground), []
    lines = [threading.Thread(target=lambda: taken.append(_order(ground, size))) for _ in range(orders)]
    for line in lines:
        line.start()
    others: list[int] = []
    while any(line.is_alive() for line in lines):
        others += _neighbour(ground)
    for line in lines:
        line.join()
    ground.stack.change("UPDATE companies SET whatsapp_connected = false WHERE id = %s", company_id)
    refused = [status for status in others if status != 200]
    wrong = [f"{len(refused)} of {len(others)} requests of another salon failed: {set(refused)}"] if refused else []
    if max(taken) == 500 or 0 in taken:
        wrong.append(f"an order ended in {sorted(set(taken))}")
    return Outcome(
        sent=f"{orders} orders of {size} messages at once",
        wrong=tuple(wrong),
        seen=f"orders {sorted(taken)}; {len(others)} requests of another salon",
    )


ATTACK = Attack(
    name="big-order",
    title="S15 large orders at once",
    criterion="every status and webhook of another salon is answered 200 meanwhile",
    full=partial(_run, orders=30),
    short=partial(_run, orders=24),
)
