"""Who has an account, and which devices are linked to it. All in memory: a restarted server knows nobody."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.mailbox import Mailbox
from tests.fakes.whatsapp.node import Jid

_LID_BASE = 2 * 10**14  # puts a fake LID well apart from any phone number
_MOST_DEVICES = 4  # linked devices per account, as in real life


class TooManyDevicesError(Exception):
    """The account has its four linked devices already; the phone offers to unlink one."""


@dataclass
class PreKey:
    """A public key with its number; the signed one also carries a signature."""

    key_id: bytes
    public: bytes
    signature: bytes = b""


@dataclass(frozen=True)
class Bundle:
    """The public keys by which others write to a device for the first time. A one-time key is given out once."""

    registration_id: bytes
    identity: bytes
    signed: PreKey
    one_time: PreKey | None = None


@dataclass
class Companion:
    """What a device tells about itself before it is linked."""

    noise_public: bytes
    identity: bytes
    registration_id: bytes
    signed_pre_key: PreKey
    name: str
    """What the phone shows in its list of linked devices; set by the client's ``DeviceProps.os``."""


@dataclass
class Device:
    """One linked device."""

    account: "Account"
    number: int
    companion: Companion
    linked_at: float = field(default_factory=time.time)
    pre_keys: list[PreKey] = field(default_factory=list)
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def jid(self) -> Jid:
        return Jid(self.account.phone, "s.whatsapp.net", self.number)

    @property
    def lid(self) -> Jid:
        return Jid(self.account.lid, "lid", self.number)

    def take_bundle(self) -> Bundle:
        """The device's public keys, with one of its one-time keys, which is gone then."""
        one_time = self.pre_keys.pop(0) if self.pre_keys else None
        companion = self.companion
        return Bundle(companion.registration_id, companion.identity, companion.signed_pre_key, one_time)


@dataclass
class Account:
    """A phone number registered with WhatsApp; its phone is device 0, holds the identity key and links the others."""

    phone: str
    push_name: str = "Salon"
    platform: str = "android"
    on_whatsapp: bool = True
    identity: KeyPair = field(default_factory=KeyPair)
    devices: dict[int, Device] = field(default_factory=dict)
    last_number: int = 0
    contacts: set[str] = field(default_factory=set)
    typed_as: set[str] = field(default_factory=set)
    """Other ways to type its number: whoever asks for one as a contact is told the account's own address."""

    @property
    def lid(self) -> str:
        """The user part of the account's LID, the address that hides the phone number."""
        return str(_LID_BASE + int(self.phone))

    def address(self, number: int = 0) -> Jid:
        """The LID of device *number*; 0 is the phone."""
        return Jid(self.lid, "lid", number)

    def addresses(self) -> list[Jid]:
        """The LIDs of all its devices, the phone first."""
        return [self.address(number) for number in (0, *self.devices)]

    def next_number(self) -> int:
        """Take the number for one more device; numbers are never used twice."""
        if len(self.devices) >= _MOST_DEVICES:
            raise TooManyDevicesError
        self.last_number += 1
        return self.last_number


class Directory:
    """All accounts and linked devices; with *everybody*, every phone number that is asked for is on WhatsApp."""

    def __init__(self, *, everybody: bool = False) -> None:
        self.accounts: dict[str, Account] = {}
        self._everybody = everybody
        # numbers are never used twice, not even by the next run, to which a client comes with the data of this one
        self._numbers_before = int(time.time()) // 20 % 90 if everybody else 0
        self._by_noise_public: dict[bytes, Device] = {}

    def account(self, phone: str) -> Account:
        """The account of *phone* (digits only); made when it is new."""
        if phone not in self.accounts:
            self.accounts[phone] = Account(phone, last_number=self._numbers_before)
        return self.accounts[phone]

    def find_account(self, jid: Jid) -> Account | None:
        """Whose address *jid* is, by number or by LID; None when nobody (any more) is on WhatsApp there."""
        phone = str(int(jid.user) - _LID_BASE) if jid.server == "lid" else jid.user
        if self._everybody and jid.server != "lid":
            self.account(phone)
        account = self.accounts.get(phone)
        return account if account is not None and account.on_whatsapp else None

    def find_typed(self, number: str) -> Account | None:
        """Whose number it is that somebody types, in whichever spelling."""
        for account in self.accounts.values():
            if number in account.typed_as and account.on_whatsapp:
                return account
        return self.find_account(Jid(number, "s.whatsapp.net"))

    def free_phone(self) -> str:
        """A number nobody has yet."""
        number = 79_990_000_001
        while str(number) in self.accounts:
            number += 1
        return str(number)

    def link(self, device: Device) -> None:
        device.account.devices[device.number] = device
        self._by_noise_public[device.companion.noise_public] = device

    def unlink(self, device: Device) -> None:
        device.account.devices.pop(device.number, None)
        self._by_noise_public.pop(device.companion.noise_public, None)

    def find_by_key(self, noise_public: bytes) -> Device | None:
        """The device that owns this Noise key: that is how a returning device is recognised."""
        return self._by_noise_public.get(noise_public)

    def find(self, jid: Jid) -> Device | None:
        """The device at *jid*, whether it is given by number or by LID."""
        account = self.find_account(jid)
        return account.devices.get(jid.device) if account else None

    def devices(self) -> Iterator[Device]:
        for account in self.accounts.values():
            yield from account.devices.values()
