"""Turns the library's event codes and protobuf bytes into `domain.hosting.session_event` values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from google.protobuf.message import DecodeError

from aiadmin.adapters.whatsapp.messages import message_seen, receipt_seen, timer_seen
from aiadmin.domain.hosting import session_event as event

QR, STATUS, ENDED = "qr", "status", "ended"
"""What comes without an event code: a QR text, how a login goes, the end of the call with its error."""
DEVICE = 0
PAIR_STATUS = 2
_PHONE_SERVER = "s.whatsapp.net"

_MESSAGE, _RECEIPT = 17, 18
MAIL = frozenset({_MESSAGE, _RECEIPT})
"""What the library acknowledges at once: WhatsApp does not say it again."""

_log = logging.getLogger(__name__)

Decoder = Callable[[Any, Any], event.SessionEvent | None]
"""Gets the parsed message and the module of messages."""


def jid_text(jid: Any) -> str:
    """The text that whatsmeow stores and prints: `user:device@server`."""
    device = f":{jid.Device}" if jid.Device else ""
    return f"{jid.User}{device}@{jid.Server}"


def jid_message(jid: str, messages: Any) -> bytes:
    """The message that names a device to the library."""
    user, _, server = jid.partition("@")
    user, _, device = user.partition(":")
    message = messages.JID(
        User=user, Device=int(device or 0), Server=server or _PHONE_SERVER, RawAgent=0, Integrator=0, IsEmpty=False
    )
    return bytes(message.SerializeToString())


def lid_of_device(message: Any) -> str | None:
    """The account's hidden id in a Device message, where WhatsApp told it."""
    return jid_text(message.LID) if message.LID.User else None


def _pair_status(message: Any, messages: Any) -> event.SessionEvent:
    if message.Status != messages.PairStatus.SUCCESS:
        return event.PairFailed(error=message.Error)
    return event.PairSuccess(
        jid=jid_text(message.ID),
        lid=None,
        platform=message.Platform or None,
        business_name=message.BusinessName or None,
    )


def _logged_out(message: Any, messages: Any) -> event.SessionEvent:
    return event.LoggedOut(reason=_reason(message, messages))


def _temporary_ban(message: Any, messages: Any) -> event.SessionEvent:
    reason = messages.TemporaryBan.TempBanReason.Name(message.Code).lower()
    expires_in = timedelta(seconds=message.Expire) if message.Expire > 0 else None
    return event.TemporaryBan(reason=reason, expires_in=expires_in)


def _connect_failure(message: Any, messages: Any) -> event.SessionEvent:
    return event.ConnectFailure(reason=_reason(message, messages))


def _reason(message: Any, messages: Any) -> str:
    return str(messages.ConnectFailureReason.Name(message.Reason)).lower()


_DECODERS: Mapping[int, tuple[str, Decoder]] = {
    DEVICE: ("Device", lambda _m, _ms: event.SocketOpen()),
    PAIR_STATUS: ("PairStatus", _pair_status),
    3: ("Connected", lambda _m, _ms: event.Connected()),
    4: ("KeepAliveTimeout", lambda m, _ms: event.KeepAliveTimeout(failures=m.ErrorCount)),
    5: ("KeepAliveRestored", lambda _m, _ms: event.KeepAliveRestored()),
    6: ("LoggedOut", _logged_out),
    7: ("StreamReplaced", lambda _m, _ms: event.StreamReplaced()),
    8: ("TemporaryBan", _temporary_ban),
    9: ("ConnectFailure", _connect_failure),
    10: ("ClientOutdated", lambda _m, _ms: event.ClientOutdated()),
    11: ("StreamError", lambda m, _ms: event.StreamError(code=m.Code)),
    12: ("Disconnected", lambda _m, _ms: event.Disconnected()),
    _MESSAGE: ("Message", lambda m, _ms: message_seen(m) or timer_seen(m)),
    _RECEIPT: ("Receipt", lambda m, _ms: receipt_seen(m)),
}

SUBSCRIBED = tuple(_DECODERS)
"""The library sends only the codes that were named before the start."""


def read(code: int | str, data: bytes, messages: Any) -> event.SessionEvent | None:
    """What the library said, under an event code or one of the names above; None when it is of no use to us."""
    match code:
        case "qr":
            return event.QrCodeEvent(text=data.decode())
        case "status":
            return event.LoginStatus(text=data.decode())
        case "ended":
            return event.Ended(error=data.decode(errors="replace"))
    try:
        return decode(int(code), data, messages)
    except (KeyError, DecodeError):
        _log.warning("An event of the library could not be read", extra={"code": code})
        return None


def decode(code: int, data: bytes, messages: Any) -> event.SessionEvent | None:
    """The event of `code` with the protobuf `data`; `messages` is the library's module of messages.

    None for a message or receipt that is of no use to us.

    Raises:
        KeyError: a code outside `SUBSCRIBED`.
        google.protobuf.message.DecodeError: the bytes are not that message.
    """
    name, decoder = _DECODERS[code]
    return decoder(getattr(messages, name).FromString(data), messages)
