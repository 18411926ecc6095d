"""S9: one signed address, shown with many salons that we do not know; each asks YClients, whose calls are few."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial
from urllib.parse import urlsplit

from tests.attacks.attack import Attack, Outcome
from tests.attacks.ground import FROM_YCLIENTS, Ground, new_address, new_salon_id
from tests.attacks.wire import connect

_PER_ADDRESS = 10
_SALONS = 100


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _land(ground: Ground, path: str) -> int:
    return ground.ask("GET", path, headers=FROM_YCLIENTS).status_code


def _stranger(ground: Ground, path: str, address: str, over: threading.Event) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\nAccept: text/html\r\n\r\n"
    with closing(connect(ground.port)) as connection:
        connection.sendall(request.encode())
        over.wait(30)


def _run(ground: Ground, *, at_once: int, owners: int) -> Outcome:
    known = [_path_of(ground.yclients.connect([new_salon_id()])) for _ in range(owners)]
    for path in known:
        _land(ground, path)
    new = [_path_of(ground.yclients.connect([new_salon_id()])) for _ in range(owners)]
    addresses = [new_address() for _ in range(1 + at_once // _PER_ADDRESS)]
    shown = [[new_salon_id() for _ in range(_SALONS)] for _ in range(at_once)]
    stolen = [
        _path_of(ground.yclients.connect([new_salon_id()], shown_salon_ids=some, user={"id": 666})) for some in shown
    ]
    over = threading.Event()
    strangers = [
        threading.Thread(target=_stranger, args=[ground, path, addresses[number // _PER_ADDRESS], over])
        for number, path in enumerate(stolen)
    ]
    ground.yclients.settings(is_limited=True)
    try:
        for one in strangers:
            one.start()
        back, first = [_land(ground, path) for path in known], [_land(ground, path) for path in new]
    finally:
        over.set()
        for one in strangers:
            one.join()
        ground.yclients.settings(is_limited=False)
    answers = {"owners who come back": back, "owners who are new": first}
    return Outcome(
        sent=f"{at_once} requests at once of one signed address, {_SALONS} unknown salons each",
        wrong=tuple(f"{who} were answered {found}" for who, found in answers.items() if set(found) != {303}),
        seen=f"owners were answered {back} and {first}",
    )


ATTACK = Attack(
    name="unknown-salons",
    title="S9 a hundred unknown salons",
    criterion="every owner who comes meanwhile, of a known salon or a new one, is let in (303)",
    full=partial(_run, at_once=40, owners=5),
    short=partial(_run, at_once=20, owners=1),
)
