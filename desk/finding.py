"""Finding people the way a desk does: by part of a name, or by whatever they hold out, however it
is written.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import LoyaltyError
from members import cards, enrolment
from members.errors import CardNumberInvalid, MemberNotFound
from members.models import Card, Member

LONG_ENOUGH = cards.LENGTH - 1  # digits from which a number is taken for a card's, one forgotten


def members(text: str) -> QuerySet[Member]:
    """Members by part of a name, e-mail, phone, reference or card number, cards of the past
    included; whoever was merged into another is found as that one.
    """
    digits = _digits(text)
    found = Q(pk__in=Member.objects.search(text).values("pk"))
    if len(digits) == cards.LENGTH:
        found |= Q(pk__in=Card.objects.filter(number=digits).values("member"))
    known = Member.objects.filter(found)
    survivors = known.filter(merged_into__isnull=False).values("merged_into")
    return Member.objects.filter(found | Q(pk__in=survivors), merged_into__isnull=True)


def exactly(text: str) -> Member | None:
    """The one member who is known by exactly this, or None: a card, an e-mail, a phone or a
    reference.
    """
    text = " ".join(text.split())
    tries = [{"card": text}] if len(_digits(text)) == cards.LENGTH else []
    tries += [{"email": text}] if "@" in text else [{"reference": text}]
    if len(_digits(text)) >= 5 and not any(c.isalpha() for c in text):
        tries.append({"phone": text})
    for identifier in tries:
        try:
            return enrolment.find(**identifier)
        except LoyaltyError:
            continue
    return None


def one(text: str) -> Member:
    """The one member a clerk means.

    Raises CardNumberInvalid for a mistyped card, MemberNotFound otherwise.
    """
    known = exactly(text)
    if known is not None:
        return known
    hint = mistyped(text)
    if hint:
        raise CardNumberInvalid(hint)
    raise MemberNotFound(
        _("No member is known by exactly this. Check it for a typing error, or look the name up.")
    )


def mistyped(text: str) -> str:
    """What is wrong with what looks like a card number; empty when it is right or none."""
    compact = "".join(text.split()).replace("-", "")
    if not compact.isdigit() or not LONG_ENOUGH <= len(compact) <= cards.LENGTH + 1:
        return ""
    try:
        cards.clean(compact)
    except CardNumberInvalid as error:
        return error.message
    return ""


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit() and c.isascii())
