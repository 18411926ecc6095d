"""What eyes need: contrast, calm, and room; for the connect, documentation and error pages."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.page.conftest import ConnectPage

# For each visible element with text of its own: its colour, and the first opaque background behind it.
COLOURS = """() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (a > 0.99) return [r, g, b];
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].filter((element) =>
    element.checkVisibility({visibilityProperty: true, opacityProperty: true}) &&
    !element.closest('svg, .unseen, :disabled') &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()),
  ).map((element) => ({
    text: element.textContent.trim(),
    ink: numbers(getComputedStyle(element).color),
    paper: behind(element),
  }));
}"""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
END_TRANSITIONS = """() => document.getAnimations().forEach((one) => {
  if (one instanceof CSSTransition) one.finish();
})"""

SCREENS = [
    ("qr-update", {"qr": "2@x", "expiresIn": 20, "svg": ""}, "qr"),
    ("pairing-code", {"code": "ABCDEFGH", "expiresIn": 60}, "code"),
    ("status", {"state": "failed"}, "failed"),
    ("status", {"state": "activation_failed"}, "connected"),
]


def luminance(colour: list[float]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    shares = [value / 255 for value in colour[:3]]
    red, green, blue = (share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: list[float], paper: list[float]) -> float:
    """WCAG contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def put_on(page: Page, scheme: Literal["light", "dark"]) -> None:
    """The page in this colour scheme, as it is when it has changed to it: to load it anew takes ten times as long."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(END_TRANSITIONS)


def assert_readable(connect: ConnectPage) -> None:
    found = connect.page.evaluate(COLOURS)
    assert len(found) > 3
    faint = [(one["text"][:40], round(contrast(one["ink"], one["paper"]), 2)) for one in found]
    assert [pair for pair in faint if pair[1] < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_meets_aa_contrast(connect_with: Any, scheme: str) -> None:
    connect: ConnectPage = connect_with(color_scheme=scheme, reduced_motion="reduce")
    connect.open()
    assert_readable(connect)
    connect.consent()
    for event, data, screen in SCREENS:
        connect.emit(event, data)
        connect.shows(screen)
        assert_readable(connect)
    for button, screen in (("[data-relink]", "relink"), ("[data-replace]", "waiting")):
        connect.page.click(button)
        connect.shows(screen)
        assert_readable(connect)


@pytest.mark.parametrize("path", ["/docs", "/error"])
def test_the_other_pages_are_readable_and_fit_a_small_phone(connect: ConnectPage, path: str) -> None:
    assert connect.page.goto(connect.base + path).ok
    for scheme in SCHEMES:
        put_on(connect.page, scheme)
        assert_readable(connect)
        assert connect.page.evaluate("document.documentElement.scrollWidth") == 320


def test_nothing_moves_for_those_who_ask_for_calm(connect_with: Any) -> None:
    connect: ConnectPage = connect_with(reduced_motion="reduce")
    connect.open().consent().shows("waiting")
    durations = connect.page.evaluate("document.getAnimations().map((one) => one.effect.getTiming().duration)")
    assert all(duration >= 5_000 for duration in durations)
