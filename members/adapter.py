"""Where allauth meets the house: signing up enrols, or claims the card that was given at a desk."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.http import HttpRequest

from members import claiming, enrolment
from members.errors import ClaimRefused, IdentifierTaken
from members.models import ClaimCode, Member, MemberKey, User
from program.models import Program

CLAIMED = "claim"  # in the session, from joining until the address is proven


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in of members."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep the name, and remember the card whose number and code were given.

        Nobody becomes a member before the first sign-in, when a code has proven the address: an
        address that is only typed is nobody's.
        """
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.strip().lower()
        user.name = form.cleaned_data.get("name", "")
        user.save()
        claim: ClaimCode | None = form.cleaned_data.get("claim")
        if claim is not None:
            request.session[CLAIMED] = {"user": str(user.pk), "code": str(claim.pk)}
        return user

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Letters speak in the program's name, in their subject too."""
        known = {"program": Program.objects.first()} | context
        return super().render_mail(template_prefix, email, known, headers)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """A code has proven the address: whoever signs in is a member from now on."""
        response = super().post_login(request, user, **kwargs)
        claim = request.session.pop(CLAIMED, {})
        is_theirs = isinstance(claim, dict) and claim.get("user") == str(user.pk)
        join(user, code=claim["code"] if is_theirs else "")  # not of who sat here before
        return response


def join(user: User, *, code: str = "") -> Member | None:
    """Make the login a member: the one whose card was claimed with its code, else the one a desk
    enrolled under the same, now proven, address, else a new one.

    Does nothing for staff, for logins that have a member, and for an address that is not proven or
    is another login's. A card that somebody else has claimed meanwhile, or whose owner would take
    another member's address, stays where it is.
    """
    if user.is_staff or Member.objects.filter(user=user).exists():
        return None
    if not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        return None
    with suppress(ClaimRefused, IdentifierTaken):
        row = ClaimCode.objects.filter(pk=code).select_related("member").first() if code else None
        if row is not None:
            return claiming.link(row.member, user=user, code=row.pk)
    key = MemberKey.objects.filter(pk=MemberKey.id_for(MemberKey.Kind.EMAIL, user.email)).first()
    if key is None:
        return enrolment.enroll(
            name=user.name or user.email, email=user.email, user=user, actor=f"user:{user.pk}"
        )
    member = Member.objects.get(pk=key.member_id)
    is_free = member.user_id is None and member.status == Member.Status.ACTIVE
    return claiming.link(member, user=user) if is_free else None
