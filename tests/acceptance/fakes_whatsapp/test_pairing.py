"""The real client library against the fake WhatsApp: pairing, logging in, and every way it can go wrong.

What the client says is what it was seen to say to the real servers or what its source says it would; a new version of
the library that differs shows here first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.whatsapp.client import ControlError, FakeWhatsApp
from tests.fakes.whatsapp.probe_process import ProbeProcess

_POOL = 4
_PHONES = itertools.count(79_991_000_001)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def unhelpful_server() -> Iterator[FakeWhatsApp]:
    """One whose faults strike everybody who connects."""
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def mute_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProbeProcess]:
    """A client whose connection is accepted and never answered; it takes 20 s to give up, so it starts first."""
    with FakeWhatsApp() as mute:
        mute.fault("mute-new", times=100)
        with ProbeProcess(mute, tmp_path_factory.mktemp("mute") / "keys.db") as client:
            yield client


@pytest.fixture(scope="module")
def pool(
    server: FakeWhatsApp, mute_client: ProbeProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[ProbeProcess]]:
    """New clients, each in a process of its own; those that got linked are used again."""
    stores = tmp_path_factory.mktemp("stores")
    clients = [ProbeProcess(server, stores / f"{number}.db") for number in range(_POOL)]
    waiting = list(clients)
    yield waiting
    for client in clients:
        client.close()


@pytest.fixture
def client(pool: list[ProbeProcess]) -> Iterator[ProbeProcess]:
    """A client that shows a QR text."""
    client = pool.pop(0)
    client.wait_for("qr", within=60)
    yield client
    if "PairStatus" in client.names():
        client.renew()
        pool.insert(0, client)
    elif client.names() == ["qr"]:
        pool.insert(0, client)


@pytest.fixture
def phone() -> str:
    """A phone number of this test's own; faults are scoped to it."""
    return str(next(_PHONES))


@pytest.fixture
def device(server: FakeWhatsApp, client: ProbeProcess, phone: str) -> dict[str, Any]:
    """The client, linked to the phone and connected."""
    device = server.scan(client.wait_for("qr")["text"], phone=phone)
    client.wait_for("Connected")
    return device


def test_a_scanned_client_is_linked_and_connects_and_comes_back_with_its_keys(
    server: FakeWhatsApp, client: ProbeProcess, phone: str
) -> None:
    device = server.scan(client.wait_for("qr")["text"], phone=phone, push_name="Салон", platform="iphone")
    paired = client.wait_for("PairStatus")
    assert device["jid"] == f"{phone}:1@s.whatsapp.net"
    assert (paired["Status"], paired["BusinessName"], paired["Platform"]) == ("SUCCESS", "Салон", "iphone")
    assert paired["ID"]["User"] == phone
    client.wait_for("Connected")
    server.wait_for("active", lambda entry: entry["jid"] == device["jid"])
    assert [one["pre_keys"] for one in server.control("GET", "/devices")["devices"] if one["phone"] == phone] == [50]

    client.do("stop")
    client.wait_for("returned")
    again = client.mark()
    client.do("start", jid=device["jid"])
    client.wait_for("Connected", after=again)
    assert "qr" not in client.names(again)
    assert len([entry for entry in server.log("login") if entry["jid"] == device["jid"]]) == 2


def test_a_code_typed_on_the_phone_links_too_and_a_wrong_one_may_be_corrected(
    server: FakeWhatsApp, client: ProbeProcess, phone: str
) -> None:
    with pytest.raises(ControlError, match="no-code-requested"):
        server.type_code(phone, "ABCD-1234")
    client.do("pair-phone", phone=f"+{phone}")
    code = client.wait_for("code")["code"]
    with pytest.raises(ControlError, match="wrong-code"):
        server.type_code(phone, "1111-1111")
    assert server.type_code(phone, code)["phone"] == phone
    client.wait_for("Connected")


def test_each_scan_makes_the_next_device_and_logging_out_removes_it(
    server: FakeWhatsApp, client: ProbeProcess, device: dict[str, Any], pool: list[ProbeProcess], phone: str
) -> None:
    with pool.pop() as second:
        other = server.scan(second.wait_for("qr")["text"], phone=phone)
        assert other["jid"] == f"{phone}:2@s.whatsapp.net"
        second.wait_for("Connected")
    client.do("logout")
    assert client.wait_for("logged-out")["error"] == ""
    server.wait_for("logout", lambda entry: entry["jid"] == device["jid"])
    left = [one["jid"] for one in server.control("GET", "/devices")["devices"] if one["phone"] == phone]
    assert left == [other["jid"]]


def test_a_client_comes_back_after_every_passing_trouble(
    server: FakeWhatsApp, client: ProbeProcess, device: dict[str, Any]
) -> None:
    """A cut connection, a stream that is ended, a login that fails for now."""
    jid = device["jid"]
    for trouble, kind, facts in (
        ("drop", "drop", {}),
        ("503", "stream-error", {"error": "503"}),
        ("failure", "login-failure", {"reason": 503}),
    ):
        start = client.mark()
        server.fault(kind, jid=jid, **facts)
        if trouble == "failure":
            server.fault("drop", jid=jid)
        client.wait_for("Disconnected", after=start)
        client.wait_for("Connected", after=start)
    start = client.mark()
    server.fault("stream-error", jid=jid, error="515")
    client.wait_for("Connected", after=start)
    assert "Disconnected" not in client.names(start)


@pytest.mark.parametrize(
    ("reason", "facts", "event", "says"),
    [
        (401, {}, "LoggedOut", {"OnConnect": True, "Reason": "LOGGED_OUT"}),
        (403, {}, "LoggedOut", {"OnConnect": True, "Reason": "MAIN_DEVICE_GONE"}),
        (406, {}, "LoggedOut", {"OnConnect": True, "Reason": "UNKNOWN_LOGOUT"}),
        (402, {"code": 101, "expire": 3600}, "TemporaryBan", {"Code": "SEND_TO_TOO_MANY_PEOPLE", "Expire": "3600"}),
        (405, {}, "ClientOutdated", {}),
        (409, {}, "ConnectFailure", {"Reason": "BAD_USER_AGENT"}),
    ],
)
def test_a_refused_login_is_told_by_its_reason(
    server: FakeWhatsApp,
    client: ProbeProcess,
    device: dict[str, Any],
    reason: int,
    facts: dict[str, Any],
    event: str,
    says: dict[str, Any],
) -> None:
    server.fault("login-failure", scope=device["phone"], reason=reason, **facts)
    server.fault("drop", jid=device["jid"])
    told = client.wait_for(event)
    assert {key: told[key] for key in says} == says


def test_a_second_session_of_the_same_device_replaces_the_first_for_good(
    server: FakeWhatsApp, client: ProbeProcess, device: dict[str, Any]
) -> None:
    with ProbeProcess(server, client.store, device["jid"]) as second:
        second.wait_for("Connected")
        client.wait_for("StreamReplaced")
        server.wait_for("gone", lambda entry: entry["jid"] == device["jid"])
        mine = [one for one in server.control("GET", "/connections")["connections"] if one["jid"] == device["jid"]]
        assert [one["state"] for one in mine] == ["live"]
        assert "StreamReplaced" not in second.names()


def test_a_stream_error_alone_replaces_a_client_too(
    server: FakeWhatsApp, client: ProbeProcess, device: dict[str, Any]
) -> None:
    server.fault("stream-error", jid=device["jid"], error="replaced")
    client.wait_for("StreamReplaced")


def test_a_client_removed_on_the_phone_is_told_and_forgets_its_keys(
    server: FakeWhatsApp, client: ProbeProcess, device: dict[str, Any]
) -> None:
    server.control("POST", "/unlink", jid=device["jid"])
    assert client.wait_for("LoggedOut")["OnConnect"] is False
    with pytest.raises(ControlError, match="unknown-device"):
        server.control("POST", "/unlink", jid=device["jid"])


def test_a_wrongly_authenticated_pairing_is_refused_by_the_client_without_an_event(
    server: FakeWhatsApp, client: ProbeProcess, phone: str
) -> None:
    start = client.mark()
    server.fault("bad-hmac", scope=phone)
    with pytest.raises(ControlError, match="companion-refused"):
        server.scan(client.wait_for("qr")["text"], phone=phone)
    assert client.wait_for("status")["text"] == "error"
    assert client.names(start) == ["status"]


def test_a_passkey_is_demanded_instead_of_the_pairing(server: FakeWhatsApp, client: ProbeProcess, phone: str) -> None:
    start = client.mark()
    server.fault("passkey", scope=phone)
    with pytest.raises(ControlError, match="passkey-demanded"):
        server.scan(client.wait_for("qr")["text"], phone=phone)
    assert client.wait_for("status")["text"] == "passkey-request"
    assert client.names(start) == ["status"]


def test_a_client_whose_restart_is_lost_never_says_connected(
    server: FakeWhatsApp, client: ProbeProcess, phone: str
) -> None:
    server.fault("lost-after-pairing", scope=phone, mode="no-restart")
    device = server.scan(client.wait_for("qr")["text"], phone=phone)
    client.wait_for("PairStatus")
    with pytest.raises(TimeoutError):
        client.wait_for("Connected", within=1)
    client.do("stop")
    client.wait_for("returned")
    client.do("start", jid=device["jid"])
    client.wait_for("Connected")


def test_only_a_live_ref_of_this_server_can_be_scanned(
    server: FakeWhatsApp, client: ProbeProcess, phone: str
) -> None:
    text = client.wait_for("qr")["text"]
    head, _, rest = text.partition("#")
    with pytest.raises(ControlError, match="unknown-ref"):
        server.scan(f"{head}#another{rest}", phone=phone)
    with pytest.raises(ControlError, match="not-a-whatsapp-code"):
        server.scan("https://example.org/", phone=phone)


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"kind": "no-such-fault"}, "unknown kind"),
        ({"kind": "login-failure"}, "needs"),
        ({"kind": "stream-error"}, "needs"),
        ({}, "kind"),
    ],
)
def test_a_fault_that_means_nothing_is_refused(server: FakeWhatsApp, facts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ControlError, match=complaint) as refused:
        server.control("POST", "/faults", **facts)
    assert refused.value.status == 400


def test_a_ref_that_outlived_its_time_is_refused(unhelpful_server: FakeWhatsApp, tmp_path: Path) -> None:
    unhelpful_server.fault("refs", count=1, lifetime=0)
    with ProbeProcess(unhelpful_server, tmp_path / "keys.db") as client:
        with pytest.raises(ControlError, match="expired-ref"):
            unhelpful_server.scan(client.wait_for("qr")["text"])
        unhelpful_server.wait_for("refs-ran-out", lambda _: True)
        assert client.wait_for("status")["text"] == "timeout"


def test_a_server_without_refs_leaves_the_client_with_nothing_to_show(
    unhelpful_server: FakeWhatsApp, tmp_path: Path
) -> None:
    unhelpful_server.fault("no-refs")
    with ProbeProcess(unhelpful_server, tmp_path / "keys.db") as client:
        unhelpful_server.wait_for("pairing", lambda _: unhelpful_server.control("GET", "/faults")["faults"] == [])
        with pytest.raises(TimeoutError):
            client.wait_for("qr", within=1)


def test_a_server_that_refuses_connections_fails_the_start(unhelpful_server: FakeWhatsApp, tmp_path: Path) -> None:
    unhelpful_server.fault("refuse", seconds=60)
    with ProbeProcess(unhelpful_server, tmp_path / "keys.db") as client:
        assert "failed to dial" in client.wait_for("returned")["error"]
    unhelpful_server.control("DELETE", "/faults")


def test_a_server_that_refuses_connections_for_a_while_is_tried_until_it_answers(
    unhelpful_server: FakeWhatsApp, tmp_path: Path
) -> None:
    with ProbeProcess(unhelpful_server, tmp_path / "keys.db") as client:
        device = unhelpful_server.scan(client.wait_for("qr")["text"])
        client.wait_for("Connected")
        start = client.mark()
        unhelpful_server.fault("refuse", seconds=1)
        unhelpful_server.fault("drop", jid=device["jid"])
        client.wait_for("Disconnected", after=start)
        client.wait_for("Connected", after=start)
        assert unhelpful_server.log("refused-connection")


def test_a_server_that_accepts_and_never_answers_fails_the_start_after_twenty_seconds(
    mute_client: ProbeProcess,
) -> None:
    assert "noise handshake failed: timed out" in mute_client.wait_for("returned", within=60)["error"]
    assert mute_client.names() == ["returned"]
