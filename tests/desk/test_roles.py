"""Clerks and managers: exactly what they may, made by a command."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.urls import reverse

from desk import roles
from earning.models import Activity, Rule
from events.models import Event
from members.models import Member, User
from partners.models import ApiKey
from points.models import Entry
from program.models import Unit
from rewards.models import Redemption, Reward
from tests import cast
from tests.desk.counter import Counter, listing, page, text, verb
from tiers.models import Ladder


def names(group: Group) -> set[str]:
    rows = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{code}" for app, code in rows}


@pytest.mark.django_db
def test_the_groups_have_exactly_their_permissions() -> None:
    clerks, managers = roles.ensure_groups()
    assert names(clerks) == roles.CLERK_MAY
    assert names(managers) == roles.MANAGER_MAY
    assert names(clerks) < names(managers)


@pytest.mark.django_db
def test_the_command_takes_back_what_was_given_beside() -> None:
    clerks, _managers = roles.ensure_groups()
    clerks.permissions.add(Permission.objects.get(codename="delete_user"))
    said = io.StringIO()
    call_command("roles", stdout=said)
    assert names(clerks) == roles.CLERK_MAY
    assert f"Clerks: {len(roles.CLERK_MAY)} permissions." in said.getvalue()


@pytest.mark.django_db
def test_a_missing_permission_says_what_to_do() -> None:
    Permission.objects.filter(codename="add_posting").delete()
    with pytest.raises(CommandError, match=r"points.add_posting. Run migrate first."):
        call_command("roles")


def test_a_clerk_sees_what_a_desk_needs_and_nothing_else(clerk: Counter) -> None:
    for model in (Member, Entry, Activity, Redemption, Reward):
        assert clerk.get(listing(model)).status_code == 200, model
    for model in (Rule, Unit, Event, ApiKey, User, Group):
        assert clerk.get(listing(model)).status_code == 403, model


def test_a_clerk_changes_no_program_data(clerk: Counter) -> None:
    reward = Reward.objects.get(code="coffee")
    assert clerk.post(page(reward), {"name": "Free coffee"}).status_code == 403
    assert clerk.get(reverse("admin:rewards_reward_add")).status_code == 403
    reward.refresh_from_db()
    assert reward.name == "Coffee"


def test_a_manager_changes_program_data_and_no_logins(manager: Counter) -> None:
    for model in (Rule, Unit, Reward, Ladder, ApiKey, Event):
        assert manager.get(listing(model)).status_code == 200, model
    for model in (User, Group):
        assert manager.get(listing(model)).status_code == 403, model


def test_a_clerk_meets_only_open_doors(clerk: Counter, manager: Counter) -> None:
    menu = clerk.get(reverse("admin:index")).content.decode()
    assert "Use a voucher" in menu
    assert "Earning rules" not in menu
    assert "Logins" not in menu
    assert "Earning rules" in manager.get(reverse("admin:index")).content.decode()


def test_buttons_are_those_one_may_press(clerk: Counter) -> None:
    ana = cast.ana()
    assert "Adjust points" in text(clerk.get(page(ana)))
    group = clerk.user.groups.get()
    group.permissions.remove(Permission.objects.get(codename="add_posting"))
    shown = text(clerk.get(page(ana)))
    assert "Adjust points" not in shown
    assert "Correct details" in shown
    assert clerk.get(verb(ana, "adjust")).status_code == 403


def test_staff_without_a_group_meet_no_doors(clerk: Counter) -> None:
    clerk.user.groups.clear()
    response = clerk.get(reverse("admin:index"))
    assert response.status_code == 200
    assert "Points issued" not in text(response)
    assert clerk.get(listing(Member)).status_code == 403
