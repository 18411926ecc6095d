"""The fake phone: scans QR texts, types pairing codes, unlinks devices. It holds the account's identity key.

A phone links a device by signing its identity key (the device then proves to others that the account trusts it) and
by authenticating that signature with the secret it read from the QR text, which the server never learns.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import time
from dataclasses import dataclass

from tests.fakes.whatsapp import linkcode
from tests.fakes.whatsapp.announcements import announce
from tests.fakes.whatsapp.directory import Account, Device, TooManyDevicesError
from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.login import DEVICE_REMOVED
from tests.fakes.whatsapp.node import Jid
from tests.fakes.whatsapp.pairing import Candidate, PairingError
from tests.fakes.whatsapp.protos import ADVDeviceIdentity, ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC
from tests.fakes.whatsapp.server import Server

_ACCOUNT_SIGNATURE = b"\x06\x00"


@dataclass(frozen=True)
class QrText:
    """What a QR code says: ``https://wa.me/...#ref,noise key,identity key,secret,client type``, keys in base64."""

    ref: str
    identity: bytes
    secret: bytes

    @classmethod
    def parse(cls, text: str) -> "QrText":
        """Raises PairingError ``not-a-whatsapp-code``, as a phone does for any other QR code."""
        fields = text.rpartition("#")[2].split(",")
        try:
            ref, _noise, identity, secret, *_ = fields
            return cls(ref, base64.b64decode(identity, validate=True), base64.b64decode(secret, validate=True))
        except (ValueError, binascii.Error) as error:
            raise PairingError("not-a-whatsapp-code") from error


class Phone:
    """The phone of one account."""

    def __init__(self, server: Server, account: Account) -> None:
        self._server = server
        self._account = account

    async def scan(self, text: str) -> Device:
        """Scan a QR *text*; returns the linked device or raises PairingError."""
        qr = QrText.parse(text)
        return await self._link(self._server.pairings.find(qr.ref), qr.identity, qr.secret)

    async def type_code(self, code: str) -> Device:
        """Type the pairing *code* the companion shows; raises PairingError ``wrong-code``, among others."""
        request = self._server.codes.request(self._account.phone)
        code = code.replace("-", "").upper()
        ephemeral = KeyPair()
        wrapped = await asyncio.to_thread(linkcode.wrap, code, ephemeral.public)
        companion_ephemeral = await asyncio.to_thread(linkcode.unwrap, code, request.wrapped_ephemeral)
        identity = self._account.identity
        finish = await self._server.codes.primary_hello(request, wrapped, identity.public)
        bundle = finish.get("link_code_pairing_wrapped_key_bundle").data
        try:
            shared = ephemeral.exchange(companion_ephemeral)
            companion_identity, secret = linkcode.open_bundle(bundle, shared, identity)
        except linkcode.WrongCodeError as error:
            raise PairingError("wrong-code") from error
        return await self._link(request.candidate, companion_identity, secret)

    async def unlink(self, device: Device) -> None:
        """Remove a device from the list of linked devices, as the owner of the phone may at any time."""
        self._server.directory.unlink(device)
        self._server.journal.add("unlinked", jid=str(device.jid))
        for connection in self._server.connections_of(device):
            await connection.part(DEVICE_REMOVED)
        await announce(self._server, "remove", device)

    async def _link(self, candidate: Candidate, identity: bytes, secret: bytes) -> Device:
        if self._server.faults.take("bad-hmac", self._account.phone):
            secret = os.urandom(32)
        try:
            number = self._account.next_number()
        except TooManyDevicesError as error:
            raise PairingError("too-many-devices") from error
        box = self._identity_box(number, identity, secret)
        return await self._server.pairings.link(candidate, self._account, number, box)

    def _identity_box(self, number: int, identity: bytes, secret: bytes) -> bytes:
        """Sign the companion's *identity* key and authenticate the signature with the *secret* of the QR text."""
        key = self._account.identity
        details = ADVDeviceIdentity(
            rawID=int(self._account.phone) % 2**31, timestamp=int(time.time()), keyIndex=number
        ).SerializeToString()
        signed = ADVSignedDeviceIdentity(
            details=details,
            accountSignatureKey=key.public,
            accountSignature=key.sign(_ACCOUNT_SIGNATURE + details + identity),
        ).SerializeToString()
        box = ADVSignedDeviceIdentityHMAC(details=signed, HMAC=hmac.digest(secret, signed, hashlib.sha256))
        return bytes(box.SerializeToString())


def device_at(server: Server, jid: str) -> Device:
    """The linked device at *jid* (text); raises PairingError ``unknown-device``."""
    device = server.directory.find(Jid.parse(jid))
    if device is None:
        raise PairingError("unknown-device")
    return device
