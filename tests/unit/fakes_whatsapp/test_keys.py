"""Keys that exchange secrets and sign: the signature must verify knowing the Montgomery key alone."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.whatsapp.keys import ROOT, KeyPair, certify
from tests.fakes.whatsapp.protos import CertChain

_P = 2**255 - 19


def verify(public: bytes, message: bytes, signature: bytes) -> None:
    """XEdDSA verification from its definition: y = (u - 1) / (u + 1), the sign of x is in the signature's top bit."""
    u = int.from_bytes(public, "little")
    y = (u - 1) * pow(u + 1, -1, _P) % _P
    edwards = bytearray(y.to_bytes(32, "little"))
    edwards[31] |= signature[63] & 0x80
    plain = signature[:63] + bytes([signature[63] & 0x7F])
    Ed25519PublicKey.from_public_bytes(bytes(edwards)).verify(plain, message)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_a_signature_verifies_with_the_exchange_key(seed: bytes, message: bytes) -> None:
    pair = KeyPair(seed)
    verify(pair.public, message, pair.sign(message))


def test_a_signature_of_something_else_does_not_verify() -> None:
    pair = KeyPair()
    with pytest.raises(InvalidSignature):
        verify(pair.public, b"changed", pair.sign(b"signed"))


def test_two_pairs_share_a_secret() -> None:
    one, other = KeyPair(), KeyPair()
    assert one.exchange(other.public) == other.exchange(one.public)


def test_the_server_is_certified_by_the_root_through_an_intermediate() -> None:
    server = KeyPair()
    chain = CertChain()
    chain.ParseFromString(certify(server.public))
    intermediate, leaf = CertChain.NoiseCertificate.Details(), CertChain.NoiseCertificate.Details()
    intermediate.ParseFromString(chain.intermediate.details)
    leaf.ParseFromString(chain.leaf.details)
    verify(ROOT.public, chain.intermediate.details, chain.intermediate.signature)
    verify(intermediate.key, chain.leaf.details, chain.leaf.signature)
    assert (leaf.key, leaf.issuerSerial) == (server.public, intermediate.serial)


def test_the_root_key_is_the_same_in_every_run() -> None:
    assert ROOT.public.hex().startswith("d44fb2f31b513a8c")
