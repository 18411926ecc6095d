"""Tokens of connect links."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.adapters.tokens import JwtTokens
from aiadmin.domain.errors import LinkExpiredError, LinkInvalidError
from aiadmin.domain.ids import CompanyId

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECRET = "x" * 32


def test_a_token_opens_its_company_for_a_day_and_no_longer() -> None:
    tokens = JwtTokens(SECRET)
    token = tokens.issue(CompanyId(5), "j", NOW)
    claims = tokens.verify(token, NOW + timedelta(hours=23, minutes=59))
    assert (claims.company_id, claims.jti) == (5, "j")
    with pytest.raises(LinkExpiredError):
        tokens.verify(token, NOW + timedelta(hours=24))


@given(st.text(max_size=300))
def test_no_text_is_mistaken_for_a_token(text: str) -> None:
    with pytest.raises(LinkInvalidError):
        JwtTokens(SECRET).verify(text, NOW)


def test_a_foreign_or_unsigned_token_is_refused() -> None:
    import jwt

    claims = {"aud": "connect", "sub": "5", "jti": "j", "iat": NOW, "exp": NOW + timedelta(hours=1)}
    forged = [
        jwt.encode(claims, "y" * 32, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims | {"aud": "admin"}, SECRET, algorithm="HS256"),
        jwt.encode(claims | {"sub": "0"}, SECRET, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "jti"}, SECRET, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, SECRET, algorithm="HS256"),
    ]
    for token in forged:
        with pytest.raises(LinkInvalidError):
            JwtTokens(SECRET).verify(token, NOW)
