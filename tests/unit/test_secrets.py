"""Keys of companies: random, sealed, derived."""

from __future__ import annotations

import pytest

from aiadmin.adapters.secrets import DerivedSecrets, SealBrokenError
from aiadmin.domain.ids import CompanyId

SECRET = "x" * 32


def test_keys_are_random_sealed_and_bound_to_their_company() -> None:
    secrets = DerivedSecrets(SECRET)
    key = secrets.new_api_key()
    assert key.startswith("sk_")
    assert len(key) >= 45
    assert key != secrets.new_api_key()
    assert secrets.unseal(secrets.seal(key)) == key
    assert key not in secrets.seal(key)
    assert secrets.webhook_key(CompanyId(1)) != secrets.webhook_key(CompanyId(2))
    with pytest.raises(SealBrokenError):
        DerivedSecrets("z" * 32).unseal(secrets.seal(key))
