"""Keys: made, hashed, sealed. All derived keys come from JWT_SECRET by HKDF, one purpose each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.ids import CompanyId


class SealBrokenError(AiAdminError):
    """A sealed key cannot be read: JWT_SECRET was changed since it was written; `keys rotate ID` makes a new one."""


class DerivedSecrets:
    """`ports.secrets.Secrets` over one master secret."""

    def __init__(self, master: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(master, b"aiadmin outbox secret v1")))
        self._webhook_secret = _derive(master, b"aiadmin webhook key v1")
        self._person_secret = _derive(master, b"aiadmin person fingerprint v1")
        self._admin_secret = _derive(master, b"aiadmin admin key fingerprint v1")
        self.webhook_key = lru_cache(maxsize=10_000)(self._webhook_key)

    def new_api_key(self) -> str:
        return "sk_" + secrets.token_urlsafe(32)

    def hash_api_key(self, api_key: str) -> str:
        return hashlib.sha256(api_key.encode()).hexdigest()

    def seal(self, clear: str) -> str:
        return self._fernet.encrypt(clear.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Raises SealBrokenError."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBrokenError from error

    def fingerprint(self, company_id: CompanyId, address: str) -> str:
        return hmac.digest(self._person_secret, f"{company_id}:{address}".encode(), "sha256").hex()

    def admin_fingerprint(self, admin_key: str) -> str:
        """By which a session of the console knows the admin key that has begun it; it says nothing of the key."""
        return hmac.digest(self._admin_secret, admin_key.encode(), "sha256").hex()

    def _webhook_key(self, company_id: CompanyId) -> str:
        digest = hmac.digest(self._webhook_secret, f"webhook:{company_id}".encode(), "sha256")
        return "wk_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _derive(master: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master.encode())
