"""What PostgreSQL itself refuses about closed accounts, whoever asks."""

from __future__ import annotations

import pytest

from common import clock
from points.models import Account
from tests.cast import account, ana, earn
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def test_a_closed_account_is_empty() -> None:
    member = ana()
    earn(member, 10)
    with refused("points_account_closed_is_empty"):
        Account.objects.filter(pk=account(member).pk).update(closed_at=clock.now())


def test_only_a_closed_account_forwards_and_to_another() -> None:
    member, other = ana(), ana(name="Bea")
    earn(member, 10)
    earn(other, 10, unit="coin")
    mine, coins = account(member), account(other, "coin")
    with refused("points_account_forwards_once_closed"):
        Account.objects.filter(pk=mine.pk).update(forwards_to=coins)
    empty = Account(id=Account.id_for(other.pk, "point"), member=other, unit_id="point")
    empty.save(force_insert=True)
    with refused("points_account_forwards_once_closed"):
        Account.objects.filter(pk=empty.pk).update(closed_at=clock.now(), forwards_to=empty)
