"""What clients read of their visits in English."""

from __future__ import annotations

from collections.abc import Mapping

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.template import TemplateData
from aiadmin.texts.agreement import agreed
from aiadmin.texts.en import formatting
from aiadmin.texts.notice_wording import NoticeWording
from aiadmin.texts.visit_facts import numbers

_HELLO = "Hello, {name}!\n"
_WHAT = "Services: {services}\nWith: {master}\n"
_ANSWER = "Please reply: 1 — I'll come, 2 — I can't."
_NO_FIT = "If this doesn't suit you, write to us here."

_TEMPLATES: Mapping[NoticeKind, str] = {
    NoticeKind.BOOKED: f"{_HELLO}You are booked for {{date}} at {{time}}.\n{_WHAT}"
    "Price: {price}\nAddress: {address}\n"
    "If your plans change, write to us here. And if you would rather not get these messages, reply STOP.",
    NoticeKind.MOVED: f"{_HELLO}Your booking has been moved: now we expect you on {{date}} at {{time}}.\n{_WHAT}"
    "If this time doesn't suit you, write to us here and we'll find another.",
    NoticeKind.CHANGED: f"{_HELLO}The time of your visit is the same: {{date}} at {{time}}. Your booking "
    f"has changed.\n{_WHAT}Price: {{price}}\n{_NO_FIT}",
    NoticeKind.CANCELLED: f"{_HELLO}Your booking on {{date}} at {{time}} has been cancelled.\n"
    "We'd be glad to see you another day: write to us here and we'll find a time.",
    NoticeKind.REMINDER_DAY: f"{_HELLO}A reminder: we expect you on {{date}} at {{time}}.\n{_WHAT}"
    f"Address: {{address}}\n{_ANSWER}",
    NoticeKind.REMINDER_HOURS: f"{_HELLO}See you soon: {{date}} at {{time}}.\n"
    f"Address: {{address}}\nAre you coming? {_ANSWER}",
    NoticeKind.REMINDER_AGAIN: f"{_HELLO}We don't know yet whether you are coming on {{date}} at {{time}}. {_ANSWER}",
    NoticeKind.REVIEW: f"{_HELLO}Thank you for your visit! Did you like everything? A few words matter to us.\n"
    "Leave a review: {link}",
}
_LISTS: Mapping[NoticeKind | None, tuple[str, str]] = {
    NoticeKind.BOOKED: (
        f"{_HELLO}You are booked for:",
        "Address: {address}\nIf your plans change, write to us here. "
        "And if you would rather not get these messages, reply STOP.",
    ),
    NoticeKind.MOVED: (
        f"{_HELLO}Your bookings have been moved, now we expect you on:",
        "If something doesn't suit you, write to us here and we'll find another time.",
    ),
    NoticeKind.CHANGED: (f"{_HELLO}Your bookings have changed, their times are the same:", _NO_FIT),
    NoticeKind.CANCELLED: (
        f"{_HELLO}These bookings of yours have been cancelled:",
        "We'd be glad to see you another day: write to us here and we'll find a time.",
    ),
    None: (f"{_HELLO}Your bookings have changed, now we expect you on:", _NO_FIT),
}
_TOLD = (
    (("date", "time"), "We expect you on {date} at {time}."),
    (("date",), "We expect you on {date}."),
    (("time",), "We expect you at {time}."),
    (("services",), "Services: {services}."),
    (("master",), "With: {master}."),
    (("price",), "Price: {price}."),
    (("address",), "Address: {address}."),
    (("link",), "Your booking: {link}"),
)


def _agreed(template: str, facts: TemplateData) -> str:
    return agreed(template, numbers(facts))


WORDING = NoticeWording(
    templates=_TEMPLATES,
    as_it_is=f"{_HELLO}Your booking has changed: now we expect you on {{date}} at {{time}}.\n{_WHAT}"
    f"Price: {{price}}\n{_NO_FIT}",
    lists=_LISTS,
    line="• {date} at {time} — {services}, with {master}",
    told=_TOLD,
    words=formatting.words,
    agreed=_agreed,
)
"""What English has for notices."""
