"""The node codec: what it writes it reads, and it reads every encoding clients use."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.whatsapp.binary import BinaryError, decode, encode
from tests.fakes.whatsapp.node import SERVER, Jid, Node
from tests.fakes.whatsapp.tokens import load_tokens
from tests.support.examples import examples

_WORDS = st.one_of(
    st.integers(1, 235).map(lambda code: load_tokens().single[code]),
    st.tuples(st.integers(0, 3), st.integers(0, 255)).map(lambda place: load_tokens().pages[place[0]][place[1]]),
    st.text(min_size=1, max_size=300),
)
_JIDS = st.builds(
    Jid,
    st.text("0123456789", min_size=1, max_size=15),
    st.sampled_from(["s.whatsapp.net", "lid"]),
    st.integers(0, 255),
)
_ATTRS = st.dictionaries(_WORDS, st.one_of(_WORDS, _JIDS, st.just(SERVER)), max_size=5)
_NODES = st.recursive(
    st.builds(Node, _WORDS, _ATTRS, st.one_of(st.none(), st.binary(max_size=600))),
    lambda nodes: st.builds(Node, _WORDS, _ATTRS, st.lists(nodes, max_size=4)),
    max_leaves=8,
)


@settings(max_examples=examples(50))
@given(_NODES)
def test_what_is_encoded_decodes_to_the_same_node(node: Node) -> None:
    assert decode(encode(node)) == node


@pytest.mark.parametrize("length", [255, 256, (1 << 20) - 1, 1 << 20])
def test_content_of_any_length_survives(length: int) -> None:
    node = Node("enc", {}, b"x" * length)
    assert decode(encode(node)) == node


def test_more_children_than_a_byte_can_count_survive() -> None:
    node = Node("list", {}, [Node("key") for _ in range(812)])
    assert decode(encode(node)) == node


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        (b"\xff\x02\x12\x34", "1234"),
        (b"\xff\x82\x12\x3f", "123"),
        (b"\xff\x02\x1a\x2b", "1-2."),
        (b"\xfb\x02\xab\x01", "AB01"),
        (b"\xfb\x82\xab\x0f", "AB0"),
    ],
)
def test_packed_numbers_and_packed_hexadecimal_are_read(packed: bytes, text: str) -> None:
    assert decode(b"\xf8\x03\xfc\x01t\xfc\x01k" + packed) == Node("t", {"k": text})


def test_dictionary_words_take_one_or_two_bytes() -> None:
    tokens = load_tokens()
    assert encode(Node(tokens.single[5])) == b"\xf8\x01\x05"
    assert encode(Node(tokens.pages[2][7])) == b"\xf8\x01\xee\x07"


def test_a_word_as_content_is_read_as_its_bytes() -> None:
    assert decode(b"\xf8\x02\xfc\x01t\x03") == Node("t", {}, b"s.whatsapp.net")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xf8\x00", id="a node without a tag"),
        pytest.param(b"\x05", id="a word instead of a node"),
        pytest.param(b"\xf8\x01\xfc\x09abc", id="cut short"),
        pytest.param(b"\xf8\x01\xfc\x01ab", id="something after the node"),
        pytest.param(b"\xf8\x01\xf6", id="a code nobody uses"),
        pytest.param(b"\xf8\x01\xf7\x05\x01\xfc\x01a", id="a device JID of an unknown server"),
        pytest.param(b"\xf8\x01\xfa\xfc\x01a\xfc\x01b", id="a JID as the tag"),
    ],
)
def test_bytes_that_are_no_node_are_refused(data: bytes) -> None:
    with pytest.raises(BinaryError):
        decode(data)


@pytest.mark.parametrize(
    ("text", "jid"),
    [
        ("79990000001@s.whatsapp.net", Jid("79990000001", "s.whatsapp.net")),
        ("79990000001:3@s.whatsapp.net", Jid("79990000001", "s.whatsapp.net", 3)),
        ("200:12@lid", Jid("200", "lid", 12)),
    ],
)
def test_a_jid_and_its_text_belong_together(text: str, jid: Jid) -> None:
    assert Jid.parse(text) == jid
    assert str(jid) == text


def test_a_path_that_leads_nowhere_ends_in_an_empty_node() -> None:
    node = Node("iq", {}, [Node("usync", {}, [Node("list", {}, b"x")])])
    assert node.get("usync", "list").data == b"x"
    assert node.get("usync", "query", "devices") == Node("")


def test_a_node_prints_without_its_bytes() -> None:
    assert str(Node("iq", {"from": SERVER}, [Node("ref", {}, b"secret"), Node("a")])) == (
        "<iq from=s.whatsapp.net><ref>6 bytes</ref><a/></iq>"
    )
