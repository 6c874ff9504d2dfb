"""What PostgreSQL itself refuses about extensions, whoever asks."""

from __future__ import annotations

import pytest

from common import clock
from points.models import Extension
from tests.cast import account, ana, earn
from tests.refusals import assert_append_only, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def test_an_extension_says_what_it_came_from() -> None:
    member = ana()
    earn(member, 10)
    with refused("points_extension_names_its_source"):
        Extension.objects.create(
            member=member, account=account(member), source="", until=clock.now()
        )


def test_extensions_are_final() -> None:
    member = ana()
    earn(member, 10)
    Extension.objects.create(
        member=member, account=account(member), source="test", until=clock.now()
    )
    assert_append_only("points_extension")
