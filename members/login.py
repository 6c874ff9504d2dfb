"""The sign-in form, apart from `members.forms`: allauth's forms import that module themselves."""

from __future__ import annotations

from allauth.account.forms import LoginForm as AccountLoginForm


class LoginForm(AccountLoginForm):
    """An address is enough and gets a code; whoever has a password may give it instead."""

    def _setup_password_field(self) -> None:
        self.fields["password"].required = False
