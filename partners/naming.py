"""Whom a call is about: a member named in a body or an address, by one of the things they are known
by.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from common.errors import LoyaltyError
from common.ids import public_id
from earning import submissions
from members import enrolment, lineage
from members.errors import MemberErased
from members.models import Member
from partners.calls import identified, nothing
from partners.submitted import MemberNamed

BY_REFERENCE = "ref:"
BY_ID = "mem_"


def member_named(named: MemberNamed) -> Member:
    """The member a body names. Raises CardNumberInvalid, MemberNameInvalid, MemberNotFound."""
    kind, value = named.given()[0]
    kind, value = submissions.identity(kind, value)
    return enrolment.find(**{kind: value})


def member_at(text: str) -> Member:
    """The member of an address: `mem_…`, a card's digits, or `ref:` and your own number.

    Who was merged into another member is that member. Raises CardNumberInvalid, MemberNotFound,
    NothingThere, and MemberErased for an id of somebody who asked to be forgotten.
    """
    if text.startswith(BY_ID):
        rows = Member.objects.select_related("merged_into")
        found = rows.filter(pk=identified("mem", text)).first()
        if found is None:
            raise nothing("mem")
        member = lineage.survivor(found)
        if member.status == Member.Status.ERASED:
            raise MemberErased("This member was erased. Forget whatever you know them by.")
        return member
    if text.startswith(BY_REFERENCE):
        return member_named(MemberNamed(reference=text.removeprefix(BY_REFERENCE) or "-"))
    return enrolment.find(card=text)


def member_id(member: Member | UUID) -> str:
    return public_id("mem", member if isinstance(member, UUID) else member.pk)


def till_name(name: str) -> str:
    """The first name and the initial of the last: "Marta Silva" is "Marta S."."""
    first, *others = name.split()
    last = others[-1] if others else ""
    return f"{first} {last[0]}." if len(last) > 1 else f"{first} {last}".strip()


def problem_places(error: LoyaltyError) -> Iterable[dict[str, str]]:
    """The places a refusal names, as problems have them."""
    if "errors" in error.data:
        return list(error.data["errors"])
    if "pointer" in error.data:
        return [{"pointer": error.data["pointer"], "code": error.code, "detail": error.message}]
    return []
