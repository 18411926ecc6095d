"""What a phone reads, types and refuses."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.fakes.whatsapp import linkcode
from tests.fakes.whatsapp.directory import Account, Companion, Device, Directory, PreKey, TooManyDevicesError
from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.node import Jid
from tests.fakes.whatsapp.noise import hkdf
from tests.fakes.whatsapp.pairing import PairingError
from tests.fakes.whatsapp.phone import QrText

_KEY = base64.b64encode(bytes(32)).decode()


def test_a_qr_text_says_ref_identity_and_secret() -> None:
    secret = base64.b64encode(b"s" * 32).decode()
    text = f"https://wa.me/settings/linked_devices#the/ref+,{_KEY},{_KEY},{secret},1"
    assert QrText.parse(text) == QrText("the/ref+", bytes(32), b"s" * 32)


@pytest.mark.parametrize("text", ["", "https://example.org/", "ref,one,two", f"ref,{_KEY},no base64!,{_KEY},1"])
def test_another_qr_code_is_refused(text: str) -> None:
    with pytest.raises(PairingError, match="not-a-whatsapp-code"):
        QrText.parse(text)


class Companion8:
    """The other side of a pairing by code."""

    def __init__(self) -> None:
        self.identity, self.ephemeral, self.random = KeyPair(), KeyPair(), os.urandom(32)

    def bundle(self, phone_ephemeral: bytes, phone_identity: bytes) -> bytes:
        salt, nonce = os.urandom(32), os.urandom(12)
        shared = self.ephemeral.exchange(phone_ephemeral)
        key = hkdf(shared, salt, b"link_code_pairing_key_bundle_encryption_key", 32)
        plain = self.identity.public + phone_identity + self.random
        return salt + nonce + AESGCM(key).encrypt(nonce, plain, None)

    def secret(self, phone_ephemeral: bytes, phone_identity: bytes) -> bytes:
        shared = self.ephemeral.exchange(phone_ephemeral) + self.identity.exchange(phone_identity)
        return hkdf(shared + self.random, None, b"adv_secret", 32)


def test_who_knows_the_code_learns_the_companions_keys_and_the_same_secret() -> None:
    companion, phone, ephemeral = Companion8(), KeyPair(), KeyPair()
    wrapped = linkcode.wrap("ABCD1234", companion.ephemeral.public)
    shared = ephemeral.exchange(linkcode.unwrap("ABCD1234", wrapped))
    bundle = companion.bundle(ephemeral.public, phone.public)
    expected = companion.identity.public, companion.secret(ephemeral.public, phone.public)
    assert linkcode.open_bundle(bundle, shared, phone) == expected


def test_a_wrong_code_opens_nothing() -> None:
    companion, phone, ephemeral = Companion8(), KeyPair(), KeyPair()
    wrapped = linkcode.wrap("ABCD1234", companion.ephemeral.public)
    shared = ephemeral.exchange(linkcode.unwrap("ABCD1235", wrapped))
    with pytest.raises(linkcode.WrongCodeError):
        linkcode.open_bundle(companion.bundle(ephemeral.public, phone.public), shared, phone)


def _linked(directory: Directory, phone: str) -> Device:
    account = directory.account(phone)
    companion = Companion(os.urandom(32), bytes(32), bytes(4), PreKey(bytes(3), bytes(32)), "test")
    device = Device(account, account.next_number(), companion)
    directory.link(device)
    return device


def test_device_numbers_are_never_used_twice() -> None:
    directory = Directory()
    first, second = _linked(directory, "79990000001"), _linked(directory, "79990000001")
    directory.unlink(second)
    assert [first.number, second.number, _linked(directory, "79990000001").number] == [1, 2, 3]


def test_an_account_has_at_most_four_linked_devices() -> None:
    directory = Directory()
    devices = [_linked(directory, "79990000001") for _ in range(4)]
    with pytest.raises(TooManyDevicesError):
        _linked(directory, "79990000001")
    directory.unlink(devices[0])
    _linked(directory, "79990000001")


def test_a_device_is_found_by_number_by_lid_and_by_key_until_it_is_unlinked() -> None:
    directory = Directory()
    device = _linked(directory, "79990000001")
    assert directory.find(device.jid) is directory.find(device.lid) is device
    assert directory.find_by_key(device.companion.noise_public) is device
    assert directory.find(Jid("79990000002", "s.whatsapp.net", 1)) is None
    directory.unlink(device)
    assert directory.find(device.jid) is directory.find_by_key(device.companion.noise_public) is None


def test_a_new_phone_gets_a_number_nobody_has() -> None:
    directory = Directory()
    taken = directory.free_phone()
    directory.account(taken)
    assert directory.free_phone() != taken
    assert isinstance(directory.account(taken), Account)
