"""The demo's people: a real agent's login, a clerk, an owner, a partner's key. Safe to repeat."""

from __future__ import annotations

import uuid

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Max

from desk import roles
from loyalty_site.demo import opinions, state
from loyalty_site.demo.state import State
from members import claiming
from members.models import Member, User
from partners import keys
from points.models import Account
from program.models import Location, Partner
from rewards import offers, redemption, vouchers
from rewards.models import Redemption

SCOPES = ["activities:write", "members:read"]
ACTOR = "system:demo"
MEMBER = "member@demo.example"
CLERK = "clerk@demo.example"
OWNER = "owner@demo.example"
SAVING = (15_000, 33_000)  # less the two vouchers below: most of the catalogue, not all of it
ATTEMPTS = uuid.UUID("3f0f7a52-5a7e-4f43-9b1f-6f0a3f1c2d11")


def people() -> State:
    """Make the logins and the key. Passwords and key are new each time."""
    passwords = {email: state.password() for email in (MEMBER, CLERK, OWNER)}
    with transaction.atomic():
        member = _member(passwords[MEMBER])
        clerk = _staff(CLERK, name="Clara, front desk", password=passwords[CLERK])
        clerks, _ = roles.ensure_groups()
        clerk.groups.set([clerks])
        owner = _staff(OWNER, name="Olga, owner", password=passwords[OWNER])
        User.objects.filter(pk=owner.pk).update(is_superuser=True)
        partner = Partner.objects.get(code="front-desk")
        _, api_key = keys.issue(partner=partner, name="Demo", scopes=SCOPES, actor=ACTOR)
    _take_two_rewards(member)
    opinions.fill(member)
    return State(
        member_email=MEMBER,
        member_name=member.name,
        member_card=member.cards.get(is_active=True).number,
        member_password=passwords[MEMBER],
        clerk_email=CLERK,
        clerk_password=passwords[CLERK],
        owner_email=OWNER,
        owner_password=passwords[OWNER],
        api_key=api_key,
    )


def _login(email: str, *, name: str, password: str) -> User:
    user = User.objects.filter(email=email).first() or User(email=email)
    user.name = name
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def _staff(email: str, *, name: str, password: str) -> User:
    user = _login(email, name=name, password=password)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return user


def _member(password: str) -> Member:
    known = Member.objects.filter(user__email=MEMBER).first()
    member = known or _somebody_on_the_way()
    user = _login(MEMBER, name=member.name, password=password)
    return known or claiming.link(member, user=user)


def _somebody_on_the_way() -> Member:
    """An agent who can have some rewards, saves for others, and has stayed lately: every page has
    something to say.

    Of those who fit, the one with the latest stay; where nobody fits, the one with the most points.
    """
    points = Account.objects.filter(unit__is_default=True, member__user=None)
    saving = points.filter(balance__range=SAVING).annotate(last=Max("entries__occurred_at"))
    account = saving.order_by("-last", "pk").first() or points.order_by("-balance", "pk")[0]
    return account.member


def _take_two_rewards(member: Member) -> None:
    """One voucher that is waiting and one that was used, so that no page of the demo is empty."""
    for code in ("late-checkout", "wine-bottle"):
        attempt = uuid.uuid5(ATTEMPTS, code)
        reward = offers.reward_by_code(code)
        taken = redemption.redeem(member, reward=reward, attempt=attempt, actor=ACTOR)
    if taken.status == Redemption.Status.ISSUED:
        place = Location.objects.get(partner="front-desk", code="city-hotel")
        vouchers.use(taken.code, actor=ACTOR, location=place)
