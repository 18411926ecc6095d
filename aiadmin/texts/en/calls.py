"""What a salon's people read in the chat with their own number, in English: whom to call, and about what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiadmin.domain.notices.call import CallReason
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.texts.visit_facts import called

_WHOLE: Mapping[NoticeKind, str] = {
    NoticeKind.CANCELLED: "the visit on {was} is cancelled",
    NoticeKind.MOVED: "the visit on {was} is now on {now}",
}
_PART: Mapping[NoticeKind, str] = {
    NoticeKind.CANCELLED: "of a visit the booking on {was}{what} is off, the rest stays: {rest}",
    NoticeKind.MOVED: "of a visit the booking on {was}{what} is now on {now}, the rest: {rest}",
}
_WAS_UNKNOWN = "(its former time is not known)"
_PLEASE_CALL = "Please call the client."
_PERHAPS = "the message may not have arrived"


def call(who: str, about: Sequence[CallReason]) -> str:
    """Read by the salon's people, in the chat with their own number: what a client had to hear and we could not send.

    >>> from dataclasses import replace
    >>> off = CallReason(kind=NoticeKind.CANCELLED, is_unsure=False, was="Sunday, 3 May at 09:00", now="")
    >>> call("Anna", [off])
    'We could not tell Anna: the visit on Sunday, 3 May at 09:00 is cancelled. Please call the client.'
    >>> moved = replace(off, kind=NoticeKind.MOVED, is_unsure=True, now="Tuesday, 5 May at 09:00")
    >>> print(call("Anna", [off, moved]))
    Anna may not know:
    • the visit on Sunday, 3 May at 09:00 is cancelled
    • the visit on Sunday, 3 May at 09:00 is now on Tuesday, 5 May at 09:00 (the message may not have arrived)
    Please call the client.
    """
    if len(about) == 1:
        begins = f"{who} may not know" if about[0].is_unsure else f"We could not tell {who}"
        return f"{begins}: {_told(about[0])}. {_PLEASE_CALL}"
    begins = f"{who} may not know:" if any(one.is_unsure for one in about) else f"We could not tell {who}:"
    return "\n".join([begins, *(f"• {_told(one)}" for one in about), _PLEASE_CALL])


def _told(one: CallReason) -> str:
    what = f" ({one.what})" if one.what else ""
    sentence = (_WHOLE if one.rest is None else _PART)[one.kind]
    told = sentence.format(was=one.was or _WAS_UNKNOWN, now=one.now, what=what, rest=one.rest)
    return f"{told} ({_PERHAPS})" if one.is_unsure else told


def who(name: str | None, phone: str | None) -> str:
    """A client as the salon knows them; a stranger who has typed no name is a client like any.

    >>> who("Anna", "79990000000"), who(None, None)
    ('Anna (+79990000000)', 'A client')
    """
    return called(name, phone, somebody="A client")
