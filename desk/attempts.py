"""Attempts: an id made when a form is rendered, so that a form that is sent twice acts once.

Verbs that keep the attempt themselves (an adjustment's source, a redemption's attempt) need nothing
of this. For the others the cache remembers: it is shared by all processes wherever more than one of
them serves (settings choose it so).
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

from django.core.cache import cache
from django.utils.translation import gettext as _

from common.errors import LoyaltyError

KEPT_S = 86_400  # nobody sends a form again that was rendered a day ago


class Repeated(LoyaltyError):
    """The form was sent before; nothing was done a second time."""

    code = "repeated"
    title = "This has been done already"


@contextlib.contextmanager
def acting_once(attempt: uuid.UUID | None) -> Iterator[None]:
    """Act, unless this attempt has acted. What is refused may be sent again. Raises Repeated."""
    key = f"desk:attempt:{attempt}"
    if attempt is not None and not cache.add(key, 1, timeout=KEPT_S):
        raise Repeated(_("This has been done already. It was not done a second time."))
    try:
        yield
    except BaseException:
        cache.delete(key)
        raise
