"""What a salon's people read in the chat with their own number: whom to call, and about what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiadmin.domain.notices.call import CallReason
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.texts.visit_facts import called

_ABOUT: Mapping[NoticeKind, str] = {NoticeKind.CANCELLED: "об отмене", NoticeKind.MOVED: "о переносе"}
_CALL: Mapping[NoticeKind, str] = {
    NoticeKind.CANCELLED: "визит {was}",
    NoticeKind.MOVED: "визит {was} теперь {now}",
}
_CALL_PART: Mapping[NoticeKind, str] = {
    NoticeKind.CANCELLED: "снята запись {was}{what}, визит остаётся: {rest}",
    NoticeKind.MOVED: "запись {was}{what} перенесена, теперь {now}, остальной визит: {rest}",
}
_CALL_LINE: Mapping[NoticeKind, str] = {
    NoticeKind.CANCELLED: "отменён визит {was}",
    NoticeKind.MOVED: "перенесён визит {was}, теперь {now}",
}
_WAS_UNKNOWN = "(прежнее время неизвестно)"
_PLEASE_CALL = "Позвоните клиенту, пожалуйста."


def call(who: str, about: Sequence[CallReason]) -> str:
    """Read by the salon's people, in the chat with their own number: what a client had to hear and we could not send.

    >>> from dataclasses import replace
    >>> off = CallReason(kind=NoticeKind.CANCELLED, is_unsure=False, was="3 мая, в 9:00", now="")
    >>> moved = replace(off, kind=NoticeKind.MOVED, is_unsure=True, now="5 мая, в 9:00")
    >>> print(call("Анна", [off, moved, replace(off, what="Маникюр", rest="3 мая, в 8:00")]))
    Может быть, не знает: Анна.
    • отменён визит 3 мая, в 9:00
    • перенесён визит 3 мая, в 9:00, теперь 5 мая, в 9:00 (сообщение, может быть, не дошло)
    • изменился визит: снята запись 3 мая, в 9:00 (Маникюр), визит остаётся: 3 мая, в 8:00
    Позвоните клиенту, пожалуйста.
    """
    if len(about) == 1:
        return f"{_one_call(who, about[0])} {_PLEASE_CALL}"
    begins = "Может быть, не знает" if any(one.is_unsure for one in about) else "Не получилось предупредить"
    return "\n".join([f"{begins}: {who}.", *map(_call_line, about), _PLEASE_CALL])


def _one_call(who: str, one: CallReason) -> str:
    about = "о том, что визит изменился" if one.rest is not None else _ABOUT[one.kind]
    begins = f"Сообщение {about}, может быть, не дошло" if one.is_unsure else f"Не получилось предупредить {about}"
    told = _fill(_CALL if one.rest is None else _CALL_PART, one)
    return f"{begins}: {who}, {told}."


def _call_line(one: CallReason) -> str:
    line = _fill(_CALL_LINE, one) if one.rest is None else f"изменился визит: {_fill(_CALL_PART, one)}"
    return f"• {line} (сообщение, может быть, не дошло)" if one.is_unsure else f"• {line}"


def _fill(sentences: Mapping[NoticeKind, str], one: CallReason) -> str:
    what = f" ({one.what})" if one.what else ""
    return sentences[one.kind].format(was=one.was or _WAS_UNKNOWN, now=one.now, what=what, rest=one.rest)


def who(name: str | None, phone: str | None) -> str:
    """A client as the salon knows them; a stranger who has typed no name is a client like any.

    >>> who("Анна", "79990000000"), who("https://evil.example выигрыш", None)
    ('Анна (+79990000000)', 'Клиент')
    """
    return called(name, phone, somebody="Клиент")
