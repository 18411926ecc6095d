"""S13: a signed address that was read in somebody's log is opened again, long after its owner has left the salon."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import FROM_YCLIENTS, Ground, new_salon_id

_DISGUISES = (FROM_YCLIENTS, {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"})
_WITHIN = 30.0
_ACTIVE = "SELECT 1 FROM companies WHERE yclients_id = %s AND integration_status = 'active'"


def _run(ground: Ground, *, times: int) -> Outcome:
    salon_id = new_salon_id()
    ground.yclients.salon(salon_id)
    parts = urlsplit(ground.yclients.connect([salon_id], user={"id": 4711, "name": "Бывший"}))
    path = f"{parts.path}?{parts.query}"
    first = ground.ask("GET", path, headers=FROM_YCLIENTS).status_code
    is_active = ground.comes_true(lambda: ground.stack.rows(_ACTIVE, salon_id), within=_WITHIN)
    others = [{"id": 4712, "name": "Новый", "is_approved": True, "access": {"master_id": 0}}]
    ground.yclients.change_salon(salon_id, users=others)
    answers = [
        ground.ask("GET", path, headers=_DISGUISES[number % len(_DISGUISES)]).status_code for number in range(times)
    ]
    wrong = [] if (first, is_active) == (303, True) else [f"the owner was not let in at first: {first}"]
    if 303 in answers:
        wrong.append(f"the old address opened the salon's page again: {answers}")
    return Outcome(
        sent=f"the used address of one who is no user of the salon any more, {times} times as if from YClients",
        wrong=tuple(wrong),
        seen=f"answered {answers}",
    )


ATTACK = Attack(
    name="old-address",
    title="S13 a signed address, later",
    criterion="whoever is no user of the salon any more is not let in",
    full=partial(_run, times=6),
    short=partial(_run, times=2),
)
