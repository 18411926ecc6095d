"""S1: one salon sends webhooks with numbers that no column holds; those of all others must still be understood."""

from __future__ import annotations

import json
from functools import partial

from tests.attacks.attack import Attack, Outcome, sentences
from tests.attacks.ground import Ground

_DIGITS = "9" * 5000
_POISON = (
    b'{"resource":"record","status":"update","resource_id":99999999999999999999}',
    b'{"resource":"record","status":"update","resource_id":-99999999999999999999}',
    b'{"resource":"record","status":"update","resource_id":"%s"}' % _DIGITS.encode(),
    b'{"type":"booking_created","data":{"id":"%s"}}' % _DIGITS.encode(),
    b'{"resource":"client","status":"update","resource_id":9223372036854775808}',
    b'{"resource":"rec\\u0000ord\\ud800","status":"up\\u0000date","resource_id":1}',
)
_CLAIMS = (99999999999999999999, _DIGITS)
_WITHIN = 20.0
_WAITING = "SELECT 1 FROM webhooks WHERE company_id = %s AND state = 'received'"


def _run(ground: Ground, *, good: int) -> Outcome:
    attacker, neighbour = ground.attacker, ground.neighbour
    answers = [ground.webhook(attacker, body) for body in _POISON]
    claims = [
        ground.webhook(attacker, json.dumps({"company_id": claim, "resource": "record", "status": "update"}).encode())
        for claim in _CLAIMS
    ]
    stored = [ground.good_webhook() for _ in range(good)]
    try:
        is_understood = ground.comes_true(
            lambda: not ground.stack.rows(_WAITING, neighbour.company_id), within=_WITHIN
        )
        waiting = len(ground.stack.rows(_WAITING, neighbour.company_id))
        is_set_aside = ground.comes_true(lambda: not ground.stack.rows(_WAITING, attacker.company_id), within=_WITHIN)
    finally:
        ground.stack.change("DELETE FROM webhooks WHERE company_id = %s", attacker.company_id)
    wrong = sentences(
        a_bad_number_was_answered_5xx=max(answers + claims) >= 500,
        a_good_webhook_was_refused=set(stored) != {200},
        the_bad_rows_wait_for_ever=not is_set_aside,
    )
    if not is_understood:
        wrong += (f"{waiting} of {good} webhooks of another salon still wait after {_WITHIN:.0f} s",)
    return Outcome(
        sent=f"{len(_POISON) + len(_CLAIMS)} webhooks of one salon, numbers of 20 and 5,000 digits; {good} good ones",
        wrong=wrong,
        seen=f"answered {answers + claims}",
    )


ATTACK = Attack(
    name="poison-webhook",
    title="S1 numbers that no column holds",
    criterion="the other salon's webhooks are understood, the bad ones set aside, no 5xx",
    full=partial(_run, good=200),
    short=partial(_run, good=5),
)
