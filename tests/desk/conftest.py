"""The desk's people: a clerk, a manager, an owner who may do everything, each with a browser."""

from __future__ import annotations

import pytest
from django.test import Client

from desk import roles
from members.models import User
from program.models import Program
from tests.desk.counter import Counter


def _staff(email: str, name: str, **fields: object) -> User:
    return User.objects.create_user(email, name=name, is_staff=True, **fields)


@pytest.fixture
def clerk(quay: Program) -> Counter:
    """Clara, of the group Clerks, at the desk of the small program."""
    user = _staff("clara@quay.example", "Clara")
    user.groups.add(roles.ensure_groups()[0])
    return Counter(user)


@pytest.fixture
def manager(quay: Program) -> Counter:
    """Mona, of the group Managers."""
    user = _staff("mona@quay.example", "Mona")
    user.groups.add(roles.ensure_groups()[1])
    return Counter(user)


@pytest.fixture
def owner(quay: Program) -> Counter:
    """Olga, a superuser."""
    return Counter(_staff("olga@quay.example", "Olga", is_superuser=True))


@pytest.fixture
def stranger(quay: Program) -> Client:
    """A browser in which nobody is signed in."""
    return Client()
