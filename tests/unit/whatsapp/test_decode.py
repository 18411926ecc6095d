"""Codes and bytes of the library, read as events of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aiadmin.adapters.whatsapp.decode import SUBSCRIBED, decode, jid_message, jid_text
from aiadmin.domain.hosting import session_event as event
from tests.unit.whatsapp.fake_go import Neonize_pb2 as pb


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (3, pb.Connected(status=True), event.Connected()),
        (4, pb.KeepAliveTimeout(ErrorCount=2, LastSuccess=1), event.KeepAliveTimeout(failures=2)),
        (5, pb.KeepAliveRestored(), event.KeepAliveRestored()),
        (
            6,
            pb.LoggedOut(OnConnect=True, Reason=pb.MAIN_DEVICE_GONE),
            event.LoggedOut(reason="main_device_gone"),
        ),
        (7, pb.StreamReplaced(), event.StreamReplaced()),
        (
            8,
            pb.TemporaryBan(Code=pb.TemporaryBan.BLOCKED_BY_USERS, Expire=3600),
            event.TemporaryBan(reason="blocked_by_users", expires_in=timedelta(hours=1)),
        ),
        (
            8,
            pb.TemporaryBan(Code=pb.TemporaryBan.BROADCAST_LIST, Expire=0),
            event.TemporaryBan(reason="broadcast_list", expires_in=None),
        ),
        (10, pb.ClientOutdated(), event.ClientOutdated()),
        (12, pb.Disconnected(status=True), event.Disconnected()),
    ],
)
def test_each_code_is_an_event(code: int, message: Any, expected: event.SessionEvent) -> None:
    assert decode(code, message.SerializePartialToString(), pb) == expected


def test_a_failed_pairing_is_not_a_success() -> None:
    message = pb.PairStatus(
        ID=pb.JID.FromString(jid_message("79991234567:3@s.whatsapp.net", pb)),
        BusinessName="",
        Platform="",
        Status=pb.PairStatus.ERROR,
        Error="signature mismatch",
    )
    assert decode(2, message.SerializeToString(), pb) == event.PairFailed(error="signature mismatch")


def test_we_subscribe_to_neither_qr_events_nor_history() -> None:
    assert not {1, 13} & set(SUBSCRIBED)


@pytest.mark.parametrize("jid", ["79991234567:12@s.whatsapp.net", "79991234567@s.whatsapp.net", "2000:3@lid"])
def test_a_jid_survives_the_way_to_the_library_and_back(jid: str) -> None:
    assert jid_text(pb.JID.FromString(jid_message(jid, pb))) == jid
