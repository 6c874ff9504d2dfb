"""The ledger, activities and events are read by staff and written by no one of them."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse

import loyalty_site.urls  # noqa: F401  (the admin is discovered there)
from earning.models import (
    Activity,
    ActivityKey,
    Award,
    ImportRun,
    LimitUse,
    MilestoneReached,
    UnclaimedActivity,
)
from events.models import Event, Heartbeat
from members.models import Card, ClaimCode, Member, MemberKey
from partners.models import ApiKey
from points.models import Account, Entry, Extension, Lot, LotUse, Posting
from program.models import Revision
from rewards.models import Redemption, VoucherKey
from tests import cast
from tests.desk import world
from tests.desk.counter import Counter, listing, page, verb
from tiers.models import Standing

FACTS: list[type[Model]] = [
    Account, Posting, Entry, Lot, LotUse, Extension, Activity, ActivityKey, Award,
    UnclaimedActivity, ImportRun, LimitUse, MilestoneReached, Event, Heartbeat, Redemption,
    VoucherKey, Standing, Card, ClaimCode, MemberKey, Revision,
]  # fmt: skip
RARE = {Extension, ImportRun, LimitUse, MilestoneReached, Heartbeat}  # not in the small world
VERBS_ADD = [Member, ApiKey]  # "add" is a verb there
HAPPENED = [*VERBS_ADD, *(model for model in FACTS if model not in RARE)]


@pytest.mark.parametrize("model", FACTS, ids=lambda model: model.__name__)
def test_nobody_may_add_change_or_delete_a_fact(owner: Counter, model: type[Model]) -> None:
    request = RequestFactory().get("/")
    request.user = owner.user
    page = admin.site.get_model_admin(model)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.has_view_permission(request)
    assert not page.get_actions(request)


@pytest.mark.parametrize("model", HAPPENED, ids=lambda model: model.__name__)
def test_no_address_changes_a_fact(owner: Counter, model: type[Model]) -> None:
    world.day(owner.actor)
    row = model._default_manager.all()[0]
    before = list(model._default_manager.order_by("pk").values())
    for name in ("change", "delete"):
        response = owner.post(verb(row, name), {"post": "yes", "amount": "1", "name": "x"})
        assert response.status_code in (200, 403, 404), name
    if model not in VERBS_ADD:
        meta = model._meta
        add = reverse(f"admin:{meta.app_label}_{meta.model_name}_add")
        assert owner.post(add, {}).status_code == 403
    owner.post(listing(model), {"action": "delete_selected", "_selected_action": [str(row.pk)]})
    assert list(model._default_manager.order_by("pk").values()) == before


def test_the_pages_of_facts_have_nothing_to_type_into(owner: Counter) -> None:
    world.day(owner.actor)
    for model in (Entry, Posting, Lot, Activity, Award, Event):
        row = model._default_manager.all()[0]
        assert b'name="_save"' not in owner.get(page(row)).content, model


def test_members_are_changed_by_verbs_alone(owner: Counter) -> None:
    ana = cast.ana()
    assert b'name="_save"' not in owner.get(page(ana)).content
    owner.post(page(ana), {"name": "Somebody else"})
    ana.refresh_from_db()
    assert ana.name == "Ana Lima"
