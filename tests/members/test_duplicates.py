"""Who looks like one person, for staff to judge."""

from __future__ import annotations

from datetime import date

import pytest

from members import duplicates
from program.models import Program
from tests.cast import ana

pytestmark = pytest.mark.django_db


def test_two_who_share_a_phone_a_mailbox_or_a_birthday_are_a_pair(quay: Program) -> None:
    one = ana(email="Ana.Lima+shoes@example.com", phone="+351 912 345 678")
    other = ana(email="analima@Example.com", phone="912345678")
    for member in (one, other):
        member.birthday = date(1990, 5, 4)
        member.save(update_fields=["birthday"])
    for _turn in range(2):
        ana(name="Rui")  # neither of whom gave anything
    found = duplicates.likely()
    assert [({pair.first.pk, pair.second.pk}, pair.by) for pair in found] == [
        ({one.pk, other.pk}, ("birthday", "email", "phone"))
    ]
