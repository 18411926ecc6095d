"""The phones' own Signal: two of them understand each other whatever the network does to their messages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.whatsapp.directory import Bundle, PreKey
from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.node import Jid
from tests.fakes.whatsapp.ratchet import InvalidMessageError
from tests.fakes.whatsapp.signal import Party, Sealed
from tests.support.examples import examples

ANNA, BORIS = Jid("1", "lid"), Jid("2", "lid")


def two() -> tuple[Party, Party]:
    """Anna, who has fetched Boris's keys, and Boris, who has heard nothing yet."""
    anna, boris = Party(KeyPair()), Party(KeyPair())
    anna.begin(BORIS, boris.bundle())
    return anna, boris


def test_a_conversation_begins_with_pkmsg_until_the_first_answer() -> None:
    anna, boris = two()
    first, second = anna.encrypt(BORIS, b"one"), anna.encrypt(BORIS, b"two")
    assert (first.kind, second.kind) == ("pkmsg", "pkmsg")
    assert boris.decrypt(ANNA, first) == b"one"
    answer = boris.encrypt(ANNA, b"three")
    assert answer.kind == "msg"
    assert anna.decrypt(BORIS, answer) == b"three"
    assert anna.encrypt(BORIS, b"four").kind == "msg"
    assert boris.decrypt(ANNA, second) == b"two"


def test_both_may_write_first() -> None:
    anna, boris = two()
    boris.begin(ANNA, anna.bundle())
    hers, his = anna.encrypt(BORIS, b"hers"), boris.encrypt(ANNA, b"his")
    assert (boris.decrypt(ANNA, hers), anna.decrypt(BORIS, his)) == (b"hers", b"his")
    for _ in range(3):
        assert boris.decrypt(ANNA, anna.encrypt(BORIS, b"and")) == b"and"
        assert anna.decrypt(BORIS, boris.encrypt(ANNA, b"so on")) == b"so on"


def test_a_message_opens_once() -> None:
    anna, boris = two()
    sealed = anna.encrypt(BORIS, b"once")
    boris.decrypt(ANNA, sealed)
    with pytest.raises(InvalidMessageError):
        boris.decrypt(ANNA, sealed)


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_message_does_not_open_and_spoils_nothing(place: int, bit: int) -> None:
    anna, boris = two()
    boris.decrypt(ANNA, anna.encrypt(BORIS, b"hello"))
    anna.decrypt(BORIS, boris.encrypt(ANNA, b"hello"))
    kind, data = anna.encrypt(BORIS, b"genuine")
    changed = bytearray(data)
    changed[place % len(data)] ^= 1 << bit
    with pytest.raises(InvalidMessageError):
        boris.decrypt(ANNA, Sealed(kind, bytes(changed)))
    assert boris.decrypt(ANNA, Sealed(kind, data)) == b"genuine"


def test_a_stranger_cannot_answer() -> None:
    anna, boris = two()
    boris.decrypt(ANNA, anna.encrypt(BORIS, b"hello"))
    with pytest.raises(InvalidMessageError, match="no conversation"):
        Party(KeyPair()).decrypt(BORIS, boris.encrypt(ANNA, b"hello"))


def test_after_a_loss_of_the_session_a_new_one_takes_its_place() -> None:
    anna, boris = two()
    boris.decrypt(ANNA, anna.encrypt(BORIS, b"hello"))
    anna.decrypt(BORIS, boris.encrypt(ANNA, b"hello"))
    boris.forget(ANNA)
    assert not boris.knows(ANNA)
    boris.begin(ANNA, anna.bundle())
    assert anna.decrypt(BORIS, boris.encrypt(ANNA, b"again")) == b"again"
    assert boris.decrypt(ANNA, anna.encrypt(BORIS, b"hello")) == b"hello"


def test_a_message_made_with_keys_the_device_never_gave_out_is_refused() -> None:
    boris, anna = Party(KeyPair()), Party(KeyPair())
    bundle = boris.bundle()
    other = Bundle(bundle.registration_id, bundle.identity, bundle.signed, PreKey(b"\0\0\7", KeyPair().public))
    anna.begin(BORIS, other)
    with pytest.raises(InvalidMessageError, match="never had"):
        boris.decrypt(ANNA, anna.encrypt(BORIS, b"hello"))


@settings(max_examples=examples(30), deadline=None)
@given(st.data())
def test_messages_open_in_any_order_and_some_may_be_lost(data: st.DataObject) -> None:
    """A random history: either side sends, and what is under way arrives in any order or never."""
    anna, boris = two()
    parties = {ANNA: anna, BORIS: boris}
    first = anna.encrypt(BORIS, b"0")
    assert boris.decrypt(ANNA, first) == b"0"
    under_way: list[tuple[Jid, Jid, bytes, Sealed]] = []
    for number in range(data.draw(st.integers(1, 25))):
        if under_way and data.draw(st.booleans()):
            sender, receiver, plain, sealed = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
            if data.draw(st.integers(0, 4)):
                assert parties[receiver].decrypt(sender, sealed) == plain
        else:
            sender, receiver = (ANNA, BORIS) if data.draw(st.booleans()) else (BORIS, ANNA)
            plain = bytes([number]) * number
            under_way.append((sender, receiver, plain, parties[sender].encrypt(receiver, plain)))
