"""The demo's people: a real agent's login, a clerk, an owner, and a partner's key. Safe to repeat."""

from __future__ import annotations

import uuid

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from loyalty_site.demo import state
from loyalty_site.demo.state import State
from members import claiming
from members.models import Member, User
from partners import keys
from points.models import Account
from program.models import Partner
from rewards import redemption, vouchers
from rewards.errors import RewardRefused
from rewards.models import Reward
from tiers.models import Ladder

ACTOR = "system:demo"
MEMBER_EMAIL = "member@demo.example"
CLERK_EMAIL = "clerk@demo.example"
OWNER_EMAIL = "owner@demo.example"
ATTEMPTS = uuid.UUID("3f0f7a52-5a7e-4f43-9b1f-6f0a3f1c2d11")
CLERKS = "Clerks"


def people() -> State:
    """Make (or renew) the logins and the key; passwords and key are new each time."""
    passwords = {email: state.password() for email in (MEMBER_EMAIL, CLERK_EMAIL, OWNER_EMAIL)}
    with transaction.atomic():
        member = _member(password=passwords[MEMBER_EMAIL])
        _staff(CLERK_EMAIL, name="Clara at the desk", password=passwords[CLERK_EMAIL])
        owner = _staff(OWNER_EMAIL, name="The owner", password=passwords[OWNER_EMAIL])
        User.objects.filter(pk=owner.pk).update(is_superuser=True)
        api_key = keys.issue(Partner.objects.order_by("pk")[0], name="Demo", actor=ACTOR)
    _redeem_something(member)
    return State(
        member_email=MEMBER_EMAIL,
        member_name=member.name,
        member_card=member.card_number,
        member_password=passwords[MEMBER_EMAIL],
        clerk_email=CLERK_EMAIL,
        clerk_password=passwords[CLERK_EMAIL],
        owner_email=OWNER_EMAIL,
        owner_password=passwords[OWNER_EMAIL],
        api_key=api_key,
    )
