"""What PostgreSQL itself refuses about a program, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from program.models import ActivityAttribute, ActivityType, Location, Partner, Program, Unit
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("program_program_holds_are_short", {"hold_minutes": 0}),
        ("program_program_holds_are_short", {"hold_minutes": 61}),
        ("program_program_holds_are_short", {"hold_minutes_most": 1441}),
        ("program_program_household_has_two", {"household_size": 1}),
    ],
)
def test_the_program_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Program.objects.update(**fields)


def test_there_is_one_program() -> None:
    with refused("program_program_is_the_only_one"):
        Program.objects.create(id=2, code="other", name="Other", business="Other")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("program_unit_decimals_at_most_two", {"decimals": 3}),
        ("program_unit_counter_is_never_sent", {"kind": "counter", "transfers": "anyone"}),
        ("program_unit_only_a_counter_counts", {"counts_id": "point"}),
        ("program_unit_counts_another", {"kind": "counter", "counts_id": "mile"}),
        ("program_unit_transfers_something", {"transfer_least": 0}),
        ("program_unit_transfers_something", {"transfer_step": 0}),
        (
            "program_unit_transfer_limits_allow_one",
            {"transfer_least": 10, "transfer_sent_most": 9},
        ),
        (
            "program_unit_transfer_limits_allow_one",
            {"transfer_least": 10, "transfer_received_most": 9},
        ),
        ("program_unit_expiry_names_its_count", {"expiry": "months"}),
        ("program_unit_expiry_names_its_count", {"expiry": "days", "expiry_count": 0}),
        ("program_unit_expiry_names_its_count", {"expiry": "never", "expiry_count": 3}),
        ("program_unit_expiry_names_its_count", {"expiry": "fixed_day"}),
        ("program_unit_expiry_names_its_day", {"expiry": "fixed_day", "expiry_count": 0}),
        (
            "program_unit_expiry_names_its_day",
            {"expiry": "fixed_day", "expiry_count": 0, "expiry_month": 13, "expiry_day": 1},
        ),
        ("program_unit_expiry_names_its_day", {"expiry_month": 3, "expiry_day": 31}),
        ("program_unit_expiry_names_its_types", {"expiry_counts": "types"}),
        ("program_unit_last_end_is_beyond_inactivity", {"expiry_most_months": 4}),
        (
            "program_unit_last_end_is_beyond_inactivity",
            {"expiry": "inactivity", "expiry_count": 4, "expiry_most_months": 4},
        ),
        (
            "program_unit_counter_never_expires",
            {"kind": "counter", "expiry": "days", "expiry_count": 3},
        ),
        ("program_unit_default_is_spendable", {"kind": "counter", "is_default": True}),
        ("program_unit_default_is_unique", {"is_default": True}),
    ],
)
def test_a_unit_makes_sense(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Unit.objects.create(
            **{"code": "mile", "kind": "spendable", "singular": "mile", "plural": "miles"} | fields
        )


def test_a_places_code_is_its_own() -> None:
    with refused("program_location_code_is_unique"):
        Location.objects.create(partner_id="till", code="north-pier", name="Again")
    Location.objects.create(partner=Partner.objects.get(code="web"), code="north-pier", name="Ours")


def test_a_contact_is_an_address() -> None:
    with refused("program_partner_contact_is_an_address"):
        Partner.objects.filter(code="till").update(contact="nobody")


def test_a_place_has_a_part() -> None:
    with refused("program_location_has_a_part"):
        Location.objects.update(earns=False, burns=False)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("program_attribute_code_is_unique", {"code": "paid"}),
        ("program_attribute_least_not_above_most", {"least": 2, "most": 1}),
        ("program_attribute_choice_has_choices", {"kind": "choice"}),
        ("program_attribute_only_a_choice_has_a_default", {"default": "x"}),
        ("program_attribute_told_in_time_has_a_default", {"told_days": 3}),
    ],
)
def test_an_attribute_makes_sense(name: str, fields: dict[str, Any]) -> None:
    type = ActivityType.objects.get(code="visit")
    with refused(name):
        ActivityAttribute.objects.create(
            **{"type": type, "code": "extra", "name": "Extra", "kind": "integer"} | fields
        )
