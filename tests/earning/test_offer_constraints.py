"""What PostgreSQL itself refuses about offers, whoever asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from common import clock
from earning.models import Offer, OfferActivation
from tests.cast import ACTOR, ana
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("earning_offer_has_its_words", {"name": ""}),
        ("earning_offer_has_its_words", {"summary": ""}),
        ("earning_offer_ends_after_it_starts", {"starts_on": APRIL, "ends_on": APRIL}),
        ("earning_offer_holds_while_it_is_open", {"ends_on": APRIL, "holds_until": MARCH}),
        ("earning_offer_holds_while_it_is_open", {"starts_on": APRIL, "holds_until": APRIL}),
        ("earning_offer_lapses_after_a_day", {"days": 0}),
        ("earning_offer_lapses_after_a_day", {"days": 3651}),
        ("earning_offer_counts_since_its_first_day", {"counts_before": True}),
        (
            "earning_offer_counts_since_its_first_day",
            {"counts_before": True, "starts_on": MARCH, "picks_day": True},
        ),
        ("earning_offer_day_is_picked_or_not", {"ahead_days": 1}),
        ("earning_offer_day_is_picked_or_not", {"picks_day": True, "days": 3}),
        ("earning_offer_day_is_picked_or_not", {"picks_day": True, "ahead_days": 367}),
        ("earning_offer_times_are_of_a_period", {"times": None, "per": "month"}),
        ("earning_offer_times_are_of_a_period", {"times": 0}),
        ("earning_offer_has_a_place", {"places": 0}),
    ],
)
def test_an_offer_that_says_nothing_sensible_is_refused(name: str, fields: dict[str, Any]) -> None:
    with refused(name):
        Offer.objects.create(**{"code": "one", "name": "One", "summary": "One."} | fields)


def test_an_activation_keeps_its_rules() -> None:
    offer = Offer.objects.create(code="one", name="One", summary="One.")
    now, day = clock.now(), timedelta(days=1)
    given = {"member": ana(), "offer": offer, "starts_at": now, "activated_at": now, "actor": ACTOR}

    def make(**fields: Any) -> OfferActivation:
        return OfferActivation.objects.create(**given | fields)

    with refused("earning_activation_ends_after_it_starts"):
        make(ends_at=now)
    with refused("earning_activation_is_undone_by_somebody"):
        make(undone_at=now)
    with refused("earning_activation_says_who"):
        make(actor="")
    with refused("earning_activation_of_a_day_ends"):
        make(picked_on=MAY)
    make(ends_at=now + day)
    with refused("earning_activation_periods_do_not_overlap"):
        make(starts_at=now + day / 2)
    make(starts_at=now + day)
    make(undone_at=now, undone_by=ACTOR)
