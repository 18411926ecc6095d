"""The server's half of linking a new device by QR text.

::

    server -> client   pair-device: six refs            the client shows each as a QR text for a while
    phone  -> server   scanned ref, signed identity     the phone's half is in ``phone``
    server -> client   pair-success: identity, JIDs
    client -> server   pair-device-sign                 the client's own signature; now it is linked
    server -> client   stream:error 515                 not an error: come back as the linked device you are

A device is linked by a typed code (``code_pairing``) with the same last three steps.
"""

import asyncio
import base64
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.whatsapp.announcements import announce
from tests.fakes.whatsapp.directory import Account, Companion, Device, PreKey
from tests.fakes.whatsapp.faults import Fault
from tests.fakes.whatsapp.login import RESTART
from tests.fakes.whatsapp.node import Node
from tests.fakes.whatsapp.protos import ClientPayload, DeviceProps

if TYPE_CHECKING:
    from tests.fakes.whatsapp.connection import Connection

REFS = 6
_FIRST_LIFETIME, _LIFETIME = 60.0, 20.0  # what clients do with six refs; with another number each gets 20 s
_GRACE = 2.0  # after the last ref the server hangs up; the client has given up by then
_ANSWER_WITHIN = 15.0
_PASSKEY_OPTIONS = b'{"challenge":"ZmFrZQ","timeout":60000,"rpId":"whatsapp.com","userVerification":"required"}'


class PairingError(Exception):
    """The pairing did not come about; ``reason`` is a slug for tests."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Candidate:
    """A device that wants to be linked, on the connection it waits on."""

    connection: "Connection"
    companion: Companion


class PairingDesk:
    """Every device that waits to be linked, by the refs that lead to it."""

    def __init__(self) -> None:
        self._refs: dict[str, tuple[Candidate, float]] = {}

    async def receive(self, connection: "Connection", payload: ClientPayload) -> None:
        """Take in a new device and offer it refs."""
        connection.state = "pairing"
        connection.candidate = candidate = Candidate(connection, _companion(connection.noise_public, payload))
        server = connection.server
        server.journal.add("pairing", connection=connection.number, name=candidate.companion.name)
        if server.faults.take("no-refs"):
            return
        fault = server.faults.take("refs")
        lifetimes = _lifetimes(fault)
        refs, until = [], time.monotonic()
        for lifetime in lifetimes:
            until += lifetime
            refs.append(base64.b64encode(os.urandom(24)).decode())
            self._refs[refs[-1]] = (candidate, until)
        server.later(sum(lifetimes) + _GRACE, lambda: self._run_out(candidate))
        await connection.ask(Node("pair-device", {}, [Node("ref", {}, ref.encode()) for ref in refs]))

    def leave(self, connection: "Connection") -> None:
        """Forget a device whose connection ended."""
        self._refs = {ref: entry for ref, entry in self._refs.items() if entry[0].connection is not connection}

    def find(self, ref: str) -> Candidate:
        """The device behind a scanned *ref*; raises PairingError ``unknown-ref`` or ``expired-ref``."""
        if ref not in self._refs:
            raise PairingError("unknown-ref")
        candidate, until = self._refs[ref]
        if time.monotonic() > until:
            raise PairingError("expired-ref")
        return candidate

    async def link(self, candidate: Candidate, account: Account, number: int, identity_box: bytes) -> Device:
        """Link the device to *account* as its device *number* and return it.

        Raises PairingError: ``passkey-demanded`` (a fault), ``companion-refused`` (it found the identity box wrong),
        ``companion-gone`` or ``companion-silent``.
        """
        connection, server = candidate.connection, candidate.connection.server
        if server.faults.take("passkey", account.phone):
            options = Node("passkey_request_options", {}, _PASSKEY_OPTIONS)
            await connection.notify("passkey_prologue_request", [options])
            raise PairingError("passkey-demanded")
        device = Device(account, number, candidate.companion)
        answer = await answer_in_time(await connection.ask(_pair_success(device, identity_box), t=server.clock()))
        if answer.attrs.get("type") != "result":
            raise PairingError("companion-refused" if answer.attrs else "companion-gone")
        server.directory.link(device)
        await announce(server, "add", device)
        connection.state = "paired"
        self.leave(connection)
        server.journal.add("paired", jid=str(device.jid), lid=str(device.lid), name=candidate.companion.name)
        await self._restart(connection, device)
        return device

    async def _restart(self, connection: "Connection", device: Device) -> None:
        """Send the fresh device off to log in; faults may lose it on the way."""
        faults = connection.server.faults
        fault = faults.take("lost-after-pairing", device.account.phone)
        mode = fault.facts["mode"] if fault else ""
        if mode == "no-restart":
            connection.drop()
            return
        if fault:
            faults.arm(Fault("lost-login", str(device.jid), facts={"mode": mode}))
        await connection.part(RESTART)

    def _run_out(self, candidate: Candidate) -> None:
        if candidate.connection.state == "pairing":
            candidate.connection.server.journal.add("refs-ran-out", connection=candidate.connection.number)
            candidate.connection.drop()


async def answer_in_time(answer: asyncio.Future[Node]) -> Node:
    """What the client answers; raises PairingError ``companion-silent`` when it takes too long."""
    try:
        return await asyncio.wait_for(answer, _ANSWER_WITHIN)
    except TimeoutError as error:
        raise PairingError("companion-silent") from error


def _lifetimes(fault: Fault | None) -> list[float]:
    """How long each ref is good for, in seconds."""
    facts = fault.facts if fault else {}
    count = int(facts.get("count", REFS))
    if "lifetime" in facts:
        return [float(facts["lifetime"])] * count
    return [_FIRST_LIFETIME if count == REFS and number == 0 else _LIFETIME for number in range(count)]


def _pair_success(device: Device, identity_box: bytes) -> Node:
    account = device.account
    return Node(
        "pair-success",
        {},
        [
            Node("device-identity", {}, identity_box),
            Node("biz", {"name": account.push_name}),
            Node("device", {"jid": device.jid, "lid": device.lid}),
            Node("platform", {"name": account.platform}),
        ],
    )


def _companion(noise_public: bytes, payload: ClientPayload) -> Companion:
    data = payload.devicePairingData
    properties = DeviceProps()
    properties.ParseFromString(data.deviceProps)
    return Companion(
        noise_public=noise_public,
        identity=data.eIdent,
        registration_id=data.eRegid,
        signed_pre_key=PreKey(data.eSkeyID, data.eSkeyVal, data.eSkeySig),
        name=properties.os,
    )
