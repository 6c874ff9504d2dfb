"""Redeeming together: one redemption, paid with the points of a household's people who agreed.

The lots that end first go first, whosever they are; each one who gave something has a posting of
their own, and cancelling gives each back what they gave.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import translate
from members import households
from members.models import HouseholdMember, Member
from points import pool
from points.books import Books
from points.models import Posting
from program import catalog
from program.models import Program
from rewards import delivery, giving, mixing, offers, redemption, stock
from rewards.errors import REFUSALS, NotPooling
from rewards.models import Kind, Redemption, RedemptionShare, Reward
from rewards.redemption import PLAIN, Choice


def redeem(
    member: Member, *, reward: Reward, attempt: uuid.UUID, actor: str, choice: Choice = PLAIN
) -> Redemption:
    """Take a reward for a household's points. The same attempt again returns the first redemption.

    The member must have agreed to the pool themselves. Raises NotPooling, and what
    `redemption.redeem` does; then nothing was taken from anybody.
    """
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        payers = _payers(member)
        keys = {(payer, reward.unit_id) for payer in payers}
        books = Books.open(keys | {(member.pk, reward.unit_id)})
        known = Redemption.objects.filter(member=member, attempt=attempt).select_related("reward")
        if (first := known.first()) is not None:
            return redemption.same(first, reward)
        agreed = _agreed(member, payers)
        price, left = offers.check(reward, member=member, program=program)
        address = delivery.require_address(reward, choice.address)
        cost = mixing.cost_of(reward, price, choice.amount)
        row = redemption.drafted(reward, choice, cost, program, price=price)
        row.member, row.attempt, row.actor, row.is_pooled = member, attempt, actor, True
        postings = _pay(books, row, agreed, program)
        redemption.store(row, address=address)
        gave = {entry.posting_id: -entry.amount for entry in books.entries}
        RedemptionShare.objects.bulk_create(
            RedemptionShare(
                member_id=one.member_id, redemption=row, posting=one, amount=gave[one.pk]
            )
            for one in postings
        )
        stock.take(row, is_limited=left is not None)
        giving.count(row)
    return row


def _pay(books: Books, row: Redemption, agreed: set[uuid.UUID], program: Program) -> list[Posting]:
    """Spend the price from the lots of all who agreed, and write the books."""
    is_given = row.reward.kind == Kind.DONATION
    postings = pool.spend_into(
        books,
        sorted((payer, row.unit_id) for payer in agreed),
        amount=row.price,
        source=f"redemption:{row.pk}",
        actor=row.actor,
        reason=row.reward.name,
        program=program,
        kind=Posting.Kind.DONATION if is_given else Posting.Kind.SPEND,
    )
    books.write()
    return postings


def _payers(member: Member) -> set[uuid.UUID]:
    """Whose points may be taken, before anything is locked."""
    home = households.living(member)
    return set(households.poolers(home.household_id)) if home else set()


def _agreed(member: Member, payers: set[uuid.UUID]) -> set[uuid.UUID]:
    """Who of them still agrees, under the household's lock: nobody leaves it while one pays."""
    home = households.living(member)
    if home is not None:
        households.lock([home.household_id])
        home = households.living(member)
    if home is None or not catalog.current().is_pooling or not _is_pooling(home):
        raise NotPooling(
            _("Agree to common points on your household's page first. Nothing was taken.")
        )
    return payers & set(households.poolers(home.household_id))


def _is_pooling(home: HouseholdMember) -> bool:
    return home.pooled_at is not None


def balance(member: Member, *, unit: str) -> int | None:
    """What the member could redeem with together with the others; None for who does not."""
    home = households.living(member)
    if home is None or not _is_pooling(home) or not catalog.current().is_pooling:
        return None
    return pool.available(households.poolers(home.household_id), unit=unit)
