"""Who came, and for which salons: the published examples, and whatever else a query may hold."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.errors import SalonsInvalidError, SignatureInvalidError
from aiadmin.domain.install.signed_user import MOST_SALONS, salons_of, verify

OFFICIAL_KEY = "2t6u73mrh85btb8wgyfj"
OFFICIAL = (
    "eyJ1c2VyX2lkIjoxMjMsIm5hbWUiOiLQkNC90LTRgNC10Lkg0JjQstCw0L3QvtCyIiwiZW1haWwiOiJhbmRyZXlAZXhhbXBsZS5jb20iLCJwaG9u"
    "ZSI6Ijc5OTkwMDA5OTAwIn0="
)
OFFICIAL_SIGN = "4c4e4694660399173ce165d761e59dd8da341cf0bb04673db21f28bb4153e950"
SIGN_OF_THE_BASE64 = "0938758a579ffcc12ccbbff2dc49aa28560fbf062c4fddd87f5592065d342831"
KEY = "test_partner_token"
LIVE = (
    "eyJpZCI6Nzc3LCJuYW1lIjoi0KLQtdGB0YIg0KLQtdGB0YLQvtCyIiwicGhvbmUiOiI3OTk5MDAwMDAwMCIsImVtYWlsIjoib3duZXJAZXhhbXBs"
    "ZS5jb20iLCJpc19hcHByb3ZlZCI6dHJ1ZSwiYXZhdGFyIjoiaHR0cHM6Ly9hc3NldHMuZXhhbXBsZS5jb20vYS8xLnBuZyIsInNhbG9uX25hbWUi"
    "OiLQodCw0LvQvtC9IMKr0J_RgNC-0LHQsMK7In0="
)
LIVE_SIGN = "deb911fcb2cc039a713c6dd095500253d6b71e64ad447e23e2ed27bf73449044"


def test_the_documentations_own_example_is_accepted() -> None:
    assert verify(OFFICIAL, OFFICIAL_SIGN, OFFICIAL_KEY).user_id == 123


@pytest.mark.parametrize(
    "written",
    [
        LIVE,
        LIVE.replace("_", "/").replace("-", "+"),
        LIVE.replace("_", "/").replace("-", " "),
        LIVE.rstrip("="),
    ],
    ids=["url-safe", "standard", "plus became a space", "no padding"],
)
def test_every_way_to_write_base64_is_read(written: str) -> None:
    visitor = verify(written, LIVE_SIGN.upper(), KEY)
    assert (visitor.user_id, visitor.sign) == (777, LIVE_SIGN)


@pytest.mark.parametrize(
    ("data", "sign", "key"),
    [
        (OFFICIAL, SIGN_OF_THE_BASE64, OFFICIAL_KEY),
        (OFFICIAL, "", OFFICIAL_KEY),
        ("", OFFICIAL_SIGN, OFFICIAL_KEY),
        ("", "", OFFICIAL_KEY),
        (OFFICIAL, OFFICIAL_SIGN, ""),
        (OFFICIAL, OFFICIAL_SIGN, "another"),
        (OFFICIAL, OFFICIAL_SIGN[:-1], OFFICIAL_KEY),
        (OFFICIAL, "подпись", OFFICIAL_KEY),
        ("не base64!", OFFICIAL_SIGN, OFFICIAL_KEY),
        (OFFICIAL[:-8], OFFICIAL_SIGN, OFFICIAL_KEY),
        ("A" * 100_000, OFFICIAL_SIGN, OFFICIAL_KEY),
    ],
)
def test_what_is_not_signed_by_yclients_is_refused(data: str, sign: str, key: str) -> None:
    with pytest.raises(SignatureInvalidError):
        verify(data, sign, key)


def test_without_a_key_of_ours_even_its_own_signature_opens_nothing() -> None:
    empty = hmac.new(b"", b'{"id":1}', hashlib.sha256).hexdigest()
    with pytest.raises(SignatureInvalidError):
        verify(base64.b64encode(b'{"id":1}').decode(), empty, "")


@given(user=st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.booleans()), is_safe=st.booleans())
def test_whatever_is_signed_comes_through_a_query_whole(user: dict[str, object], is_safe: bool) -> None:
    content = json.dumps(user, ensure_ascii=False).encode(errors="surrogatepass")
    encoded = (base64.urlsafe_b64encode if is_safe else base64.b64encode)(content).decode()
    ((_, carried),) = parse_qsl(urlencode([("user_data", encoded)]))
    sign = hmac.new(KEY.encode(), content, hashlib.sha256).hexdigest()
    assert verify(carried, sign, KEY).sign == sign


@pytest.mark.parametrize(
    "content", [b"[]", b"1", b"\xff", b'{"id": true}', b'{"id": -1}', b'{"id": [1]}', b"[" * 9999]
)
def test_signed_data_without_a_user_names_nobody(content: bytes) -> None:
    sign = hmac.new(KEY.encode(), content, hashlib.sha256).hexdigest()
    assert verify(base64.b64encode(content).decode(), sign, KEY).user_id is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("salon_id=123", (123,)),
        ("salon_ids[]=1&salon_ids[]=2", (1, 2)),
        ("salon_ids%5B0%5D=1&salon_ids%5B1%5D=2", (1, 2)),
        ("salon_ids=1,2", (1, 2)),
        ("salon_id=3&salon_ids=1,3,1&salon_ids[]=2&user_data=9&salon=8", (3, 1, 2)),
        ("salon_id=2147483647", (2147483647,)),
    ],
)
def test_salons_come_in_four_shapes(query: str, expected: tuple[int, ...]) -> None:
    assert salons_of(parse_qsl(query)) == expected


@pytest.mark.parametrize(
    "query",
    ["", "salon_id=", "salon_id=0", "salon_id=-1", "salon_id=1.0", "salon_id=x", "salon_id=2147483648", "salon_id=１",
     "salon_ids=1,,2", "salon_ids[x]=1", "salon_id= 1", f"salon_ids={','.join(map(str, range(1, MOST_SALONS + 2)))}"],
)  # fmt: skip
def test_a_query_without_proper_salons_is_refused_whole(query: str) -> None:
    with pytest.raises(SalonsInvalidError):
        salons_of(parse_qsl(query, keep_blank_values=True))


@given(st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=MOST_SALONS))
def test_each_salon_is_named_once(numbers: list[int]) -> None:
    found = salons_of([("salon_ids[]", str(number)) for number in numbers])
    assert found == tuple(dict.fromkeys(numbers))
