"""Claims in the session: a card goes to the login that gave its code, while the code is open."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress

from members import claiming
from members.adapter import CLAIMED, AccountAdapter, join
from members.errors import ClaimRefused
from members.models import ClaimCode, Member, User
from tests.cast import ACTOR, ana, earn, login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quay")]


def proven(email: str) -> User:
    """A login whose address is proven."""
    user = login(email)
    EmailAddress.objects.create(user=user, email=email, verified=True)
    return user


def tried(member: Member) -> ClaimCode:
    """A member's code, handed out and typed in."""
    code = claiming.issue_code(member, actor=ACTOR)
    return claiming.try_code(number=member.cards.get().number, code=code)


def sign_in(user: User, session: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Member:
    """The member `user` is after signing in with that session."""
    monkeypatch.setattr(DefaultAccountAdapter, "post_login", lambda *_, **__: None)
    AccountAdapter().post_login(SimpleNamespace(session=session), user)  # type: ignore[arg-type]
    assert CLAIMED not in session
    return Member.objects.get(user=user)


def test_a_claim_goes_to_the_login_that_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    card, user = ana(), proven("ana@example.com")
    session = {CLAIMED: {"user": str(user.pk), "code": str(tried(card).pk)}}
    assert sign_in(user, session, monkeypatch) == card


def test_a_claim_left_in_the_session_is_not_the_next_logins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card, other = ana(), proven("other@example.com")
    earn(card, 100)
    left = {"user": str(login("ana@example.com").pk), "code": str(tried(card).pk)}
    assert sign_in(other, {CLAIMED: left}, monkeypatch) != card
    card.refresh_from_db()
    assert card.user is None


def test_a_claim_without_a_login_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    card, other = ana(), proven("other@example.com")
    assert sign_in(other, {CLAIMED: str(tried(card).pk)}, monkeypatch) != card


def test_a_code_tried_before_the_desk_issued_another_gives_nothing() -> None:
    card, stranger = ana(), proven("stranger@example.com")
    held = tried(card)
    claiming.issue_code(card, actor=ACTOR)
    with pytest.raises(ClaimRefused):
        claiming.link(card, user=stranger, code=held.pk)
    member = join(stranger, code=str(held.pk))
    assert member is not None
    assert member != card
    card.refresh_from_db()
    assert card.user is None


def test_an_address_of_a_closed_member_links_nobody() -> None:
    member = ana(email="ana@example.com")
    Member.objects.filter(pk=member.pk).update(status=Member.Status.CLOSED)
    user = proven("ana@example.com")
    assert join(user) is None
    assert not Member.objects.filter(user=user).exists()


def test_a_card_of_a_closed_member_links_nobody() -> None:
    member, user = ana(), proven("ana@example.com")
    held = tried(member)
    Member.objects.filter(pk=member.pk).update(status=Member.Status.CLOSED)
    assert join(user, code=str(held.pk)) != member
    member.refresh_from_db()
    assert member.user is None
