"""Each constraint of the app, violated round the code, and refused by PostgreSQL under its name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from partners.models import ApiKey
from tests.refusals import refused
from tests.till import Till


def change(key: ApiKey, **columns: Any) -> None:
    ApiKey.objects.filter(pk=key.pk).update(**columns)


def test_a_hash_belongs_to_one_key(till: Till) -> None:
    other = Till().key
    with refused("partners_key_hash_is_unique"):
        change(other, key_hash=till.key.key_hash)


@pytest.mark.parametrize("kept", ["", "pn_live_abc", "A" * 64])
def test_a_key_keeps_a_hash_and_never_its_text(till: Till, kept: str) -> None:
    with refused("partners_key_keeps_a_hash"):
        change(till.key, key_hash=kept)


def test_a_key_has_a_name(till: Till) -> None:
    with refused("partners_key_has_a_name"):
        change(till.key, name="")


@pytest.mark.parametrize("scopes", [[], ["members:read", "everything"]])
def test_a_key_has_scopes_that_there_are(till: Till, scopes: list[str]) -> None:
    with refused("partners_key_has_scopes"):
        change(till.key, scopes=scopes)


def test_a_key_expires_after_it_starts(till: Till) -> None:
    with refused("partners_key_expires_after_it_starts"):
        change(till.key, expires_at=till.key.created_at - timedelta(seconds=1))


@pytest.mark.parametrize(
    "columns", [{"revoked_at": clock.now()}, {"revoked_by": "staff:1"}], ids=["who", "when"]
)
def test_a_key_is_revoked_by_somebody(till: Till, columns: dict[str, Any]) -> None:
    with refused("partners_key_revoked_by_somebody"):
        change(till.key, **columns)
