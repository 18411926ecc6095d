"""The standard library made cooperative, as gevent does it."""

from __future__ import annotations

from gevent import events, monkey


def patch_all() -> None:
    """As gevent's own, but no installed package has a say in it.

    At each of some 25 steps gevent would read the metadata of every package that is installed, in search of plugins:
    a tenth of the start of the web process.
    """
    events.notify_and_call_entry_points = events.notify
    monkey.patch_all()
