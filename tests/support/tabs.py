"""Tabs of the run's browser, lent to one test after another.

A new tab is a process, which costs three times what a test does with it; one that is emptied costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import Browser, Dialog, Error, Page

_VIEWPORT = {"width": 1280, "height": 720}
_MEDIA = {"color_scheme": "light", "reduced_motion": "reduce"}
_STORAGE = "() => { if (location.origin !== 'null') { sessionStorage.clear(); localStorage.clear(); } }"
_HAS_CLOCK = "'__pwClock' in globalThis"


class Tabs:
    """The tabs of one browser, by what cannot be changed of a tab: its language, zone, density and clock."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[object, ...], list[Page]] = {}

    @contextmanager
    def lend(self, *, clock: bool = False, is_kept: bool = True, **options: Any) -> Iterator[Page]:
        """An empty tab at `about:blank`, as of a new context with these `options`; nobody hears it afterwards.

        Listeners end with their test only in that nobody looks at what they gather any more.

        Args:
            is_kept: whether it is lent again; not one that answers dialogs or has scripts of its own, which stay.
            clock: the test moves the page's time; the clock is installed, and shows the real time to begin with.
        """
        viewport = options.pop("viewport", _VIEWPORT)
        media = {name: options.pop(name, default) for name, default in _MEDIA.items()}
        free = self._free.setdefault((clock, *sorted(options.items())), [])
        page = free.pop() if free else self._browser.new_context(**options).new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(**media)
        if clock:
            page.clock.install()
        try:
            yield page
            has_clock = page.evaluate(_HAS_CLOCK)
        except BaseException:
            page.context.close()
            raise
        assert has_clock == clock, "a clock stays in its tab: ask for a tab that has one"
        if is_kept and _is_emptied(page):
            free.append(page)
        else:
            page.context.close()


def _is_emptied(page: Page) -> bool:
    """Empty a tab; not one that was about to go elsewhere by itself, and went."""
    try:
        _empty(page)
    except Error:
        return False
    return True


def _empty(page: Page) -> None:
    page.unroute_all()
    page.evaluate(_STORAGE)
    page.context.clear_cookies()
    page.context.clear_permissions()
    page.on("dialog", _leave)  # what a test has typed and not saved
    page.goto("about:blank")
    page.remove_listener("dialog", _leave)


def _leave(dialog: Dialog) -> None:
    with suppress(Error):  # the test's own listener, which nothing has called until now, was quicker
        dialog.accept()
