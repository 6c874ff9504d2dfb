"""Where allauth meets the house: signing up enrols, or claims the card that was given at a desk."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest

from members import claiming, enrolment
from members.models import Member, MemberKey, User
from program.models import Program


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in of members."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep the name, and hand over the card whose number and code were given.

        Everybody else becomes a member at the first sign-in, when the address has been proven by a
        code.
        """
        with transaction.atomic():
            user = super().save_user(request, user, form, commit=False)
            user.email = user.email.strip().lower()
            user.name = form.cleaned_data.get("name", "")
            user.save()
            claimed: Member | None = form.cleaned_data.get("claimed_member")
            if claimed is not None:
                claiming.link(claimed, user=user)
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
        join(user)
        return response


def join(user: User) -> Member | None:
    """Make the login a member: the one a desk enrolled under the same, now proven, address, else a
    new one.

    Does nothing for staff, for logins that have a member, and for an address that is not proven or
    is another login's.
    """
    if user.is_staff or Member.objects.filter(user=user).exists():
        return None
    if not EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        return None
    key = MemberKey.objects.filter(pk=MemberKey.id_for(MemberKey.Kind.EMAIL, user.email)).first()
    if key is None:
        return enrolment.enroll(
            name=user.name or user.email, email=user.email, user=user, actor=f"user:{user.pk}"
        )
    member = Member.objects.get(pk=key.member_id)
    return claiming.link(member, user=user) if member.user_id is None else None
