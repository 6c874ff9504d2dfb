"""What has a name of its own is found by it: calls by their requests, activities by references."""

from __future__ import annotations

import pytest
from django.urls import reverse

from earning.models import Activity, PendingActivity
from partners.models import ApiRequest
from tests.desk import world
from tests.desk.counter import Counter
from tests.till import Till


def test_a_call_is_found_by_the_id_of_its_request_or_a_part_of_its_address(
    owner: Counter,
) -> None:
    till = Till("till")
    listed, asked = till.get("events"), till.get("program")
    url = reverse("admin:partners_apirequest_changelist")
    for term, found in (
        (listed["X-Request-Id"], ["/api/v1/events"]),
        (asked["X-Request-Id"], ["/api/v1/program"]),
        ("even", ["/api/v1/events"]),
        ("0" * 32, []),
    ):
        rows = owner.get(url, {"q": term}).context["cl"].result_list
        assert [row.path for row in rows] == found
    assert ApiRequest.objects.count() == 2


@pytest.mark.parametrize("model", [Activity, PendingActivity])
def test_an_activity_is_found_by_its_reference(
    model: type[Activity] | type[PendingActivity], owner: Counter
) -> None:
    world.day(owner.actor)
    row = model.objects.all()[0]
    url = reverse(f"admin:earning_{model._meta.model_name}_changelist")
    found = owner.get(url, {"q": f" {row.reference} "}).context["cl"].result_list
    assert {one.reference for one in found} == {row.reference}
    assert len(owner.get(url, {"q": ""}).context["cl"].result_list) == model.objects.count()
