"""Segments at the desk: who is put in rises, where a way to a tier is for it; times stay known."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from members.models import PastSegment, Segment, SegmentMember
from tests.cast import ana, apply, visit
from tests.desk import forms
from tests.desk.counter import Counter, listing, page, text, verb
from tests.tiers.test_groups import folder
from tiers import standing
from tiers.models import TierRoute

pytestmark = pytest.mark.django_db


def test_staff_put_a_member_into_a_segment_and_take_them_out(
    manager: Counter, tmp_path: Path
) -> None:
    apply(folder(tmp_path / "harbor"))
    member = ana()
    for _visit in range(2):
        visit(member)
    url = reverse("admin:members_segmentmember_add")
    response = manager.post(url, {"member": str(member.pk), "segment": "card"}, follow=True)
    row = SegmentMember.objects.get(member=member)
    assert response.status_code == 200, text(response)
    found = standing.current(member)
    assert found is not None
    assert found.code == "blue"
    gone = manager.post(verb(row, "delete"), {"post": "yes"}, follow=True)
    assert gone.status_code == 200, text(gone)
    assert not SegmentMember.objects.exists(), text(gone)
    assert PastSegment.objects.get().segment == Segment.objects.get(code="card")


def test_a_route_is_for_a_plan_or_for_a_segment(manager: Counter, tmp_path: Path) -> None:
    apply(folder(tmp_path / "harbor"))
    route = TierRoute.objects.get(plan="club")
    fields = forms.shown(manager, page(route))
    assert (fields["plan"], fields["segment"]) == ("club", "")
    both = manager.post(page(route), fields | {"segment": "card"})
    assert "For two groups add two routes" in text(both)
    assert manager.post(page(route), fields | {"segment": "card", "plan": ""}).status_code == 302
    route.refresh_from_db()
    assert (route.segment_id, route.plan) == ("card", "")
    assert "(for: Card holders)" in text(manager.get(listing(TierRoute)))
