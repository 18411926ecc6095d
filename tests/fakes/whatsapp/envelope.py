"""Signal messages as bytes. Two kinds: ``msg``, and ``pkmsg``, which carries a ``msg`` and begins a conversation.

Both begin with a version byte and hold a small protobuf, read and written here by hand; a ``msg`` ends with eight
bytes of authentication.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from tests.fakes.whatsapp.ratchet import Header, InvalidMessageError, MessageKeys

_VERSION = b"\x33"
_KEY_TYPE, _KEY_LENGTH = b"\x05", 33
_MAC = 8
_BLOCK = 128
_VARINT, _BYTES = 0, 2

Fields = dict[int, int | bytes]


def serialise_key(public: bytes) -> bytes:
    """A public key as Signal writes it: its type, then its 32 bytes."""
    return _KEY_TYPE + public


def _parse_key(fields: Fields, number: int) -> bytes:
    key = _octets(fields, number)
    if len(key) != _KEY_LENGTH or not key.startswith(_KEY_TYPE):
        raise InvalidMessageError(f"field {number} holds no public key")
    return key[1:]


@dataclass(frozen=True)
class PreKeyEnvelope:
    """The first messages of a conversation: all the receiver needs to begin its half, and a ``msg``."""

    registration_id: int
    one_time_id: int | None
    signed_id: int
    base_key: bytes
    identity: bytes
    message: bytes

    def pack(self) -> bytes:
        fields: Fields = {2: serialise_key(self.base_key), 3: serialise_key(self.identity), 4: self.message}
        fields |= {5: self.registration_id, 6: self.signed_id}
        if self.one_time_id is not None:
            fields[1] = self.one_time_id
        return _VERSION + _pack(fields)

    @classmethod
    def unpack(cls, data: bytes) -> "PreKeyEnvelope":
        """Raises InvalidMessageError when *data* is none."""
        fields = _unpack(data[1:])
        return cls(
            registration_id=_number(fields, 5),
            one_time_id=_number(fields, 1) if 1 in fields else None,
            signed_id=_number(fields, 6),
            base_key=_parse_key(fields, 2),
            identity=_parse_key(fields, 3),
            message=_octets(fields, 4),
        )


def seal(header: Header, keys: MessageKeys, plain: bytes, parties: bytes) -> bytes:
    """Return the ``msg`` for *plain*; *parties* are the identity keys of sender and receiver, one after the other."""
    padder = PKCS7(_BLOCK).padder()
    encryptor = Cipher(algorithms.AES(keys.cipher), modes.CBC(keys.iv)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    ratchet_key = serialise_key(header.ratchet_key)
    body = _VERSION + _pack({1: ratchet_key, 2: header.counter, 3: header.previous, 4: sealed})
    return body + _mac(keys, parties + body)


def header_of(data: bytes) -> Header:
    """The header of the ``msg`` in *data*; nothing in it is authentic before ``unseal``."""
    fields = _unpack(data[1:-_MAC])
    return Header(_parse_key(fields, 1), _number(fields, 2), _number(fields, 3))


def unseal(keys: MessageKeys, data: bytes, parties: bytes) -> bytes:
    """Open a ``msg``; raises InvalidMessageError when it was not sealed with *keys* between *parties*."""
    if not hmac.compare_digest(data[-_MAC:], _mac(keys, parties + data[:-_MAC])):
        raise InvalidMessageError("the message is not authentic")
    sealed = _octets(_unpack(data[1:-_MAC]), 4)
    decryptor = Cipher(algorithms.AES(keys.cipher), modes.CBC(keys.iv)).decryptor()
    unpadder = PKCS7(_BLOCK).unpadder()
    return unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()


def _mac(keys: MessageKeys, data: bytes) -> bytes:
    return hmac.digest(keys.mac, data, hashlib.sha256)[:_MAC]


def _number(fields: Fields, number: int) -> int:
    value = fields.get(number, 0)
    if not isinstance(value, int):
        raise InvalidMessageError(f"field {number} is no number")
    return value


def _octets(fields: Fields, number: int) -> bytes:
    value = fields.get(number)
    if not isinstance(value, bytes):
        raise InvalidMessageError(f"field {number} holds no bytes")
    return value


def _pack(fields: Fields) -> bytes:
    packed = b""
    for number, value in sorted(fields.items()):
        if isinstance(value, int):
            packed += _varint(number << 3 | _VARINT) + _varint(value)
        else:
            packed += _varint(number << 3 | _BYTES) + _varint(len(value)) + value
    return packed


def _unpack(data: bytes) -> Fields:
    fields: Fields = {}
    position = 0
    try:
        while position < len(data):
            key, position = _read_varint(data, position)
            value, position = _read_varint(data, position)
            if key & 7 == _VARINT:
                fields[key >> 3] = value
            else:
                fields[key >> 3], position = data[position : position + value], position + value
    except IndexError as error:
        raise InvalidMessageError("the message ends within a field") from error
    return fields


def _varint(value: int) -> bytes:
    head, rest = value & 127, value >> 7
    return bytes([head | 128]) + _varint(rest) if rest else bytes([head])


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 127) << shift
        shift, position = shift + 7, position + 1
        if byte < 128:
            return value, position
