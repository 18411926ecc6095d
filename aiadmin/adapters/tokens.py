"""Connect tokens: JWT, HS256, every check spelled out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
from jwt.types import Options

from aiadmin.domain.companies.connect_claims import ConnectClaims
from aiadmin.domain.errors import LinkExpiredError, LinkInvalidError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER, whole_number

AUDIENCE = "connect"
LIFETIME = timedelta(hours=24)
_ALGORITHM = "HS256"
_CHECKS: Options = {
    # several are the library's defaults: set here to say what is meant
    "require": ["aud", "exp", "iat", "jti", "sub"],
    "verify_signature": True,
    "verify_aud": True,
    "strict_aud": True,
    "verify_sub": True,
    "verify_jti": True,
    # time is held against our own `now`, below
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


class JwtTokens:
    """`ports.connect_links.Tokens`: `sub` is our company id, `jti` the link's id, valid for 24 hours."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def issue(self, company_id: CompanyId, jti: str, now: datetime) -> str:
        claims = {"aud": AUDIENCE, "sub": str(company_id), "jti": jti, "iat": now, "exp": now + LIFETIME}
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def verify(self, token: str, now: datetime) -> ConnectClaims:
        try:
            claims = jwt.decode(token, self._secret, algorithms=[_ALGORITHM], audience=AUDIENCE, options=_CHECKS)
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, OSError) as error:
            raise LinkInvalidError from error
        company_id = whole_number(claims["sub"], most=BIGGEST_INTEGER)
        if company_id is None or not isinstance(claims["jti"], str):
            raise LinkInvalidError
        if expires_at <= now:
            raise LinkExpiredError
        return ConnectClaims(company_id=CompanyId(company_id), jti=claims["jti"])
