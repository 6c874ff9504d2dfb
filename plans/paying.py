"""Paying: in what order a member's means of payment are tried. Labels only, no card data."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from common.errors import translate
from events import outbox
from members.models import Member
from plans import periods
from plans.errors import REFUSALS, MeansInvalid
from plans.models import Charge, PaymentMeans
from program import catalog


def arrange(member: Member, *, labels: Sequence[str], actor: str) -> list[PaymentMeans]:
    """Make these the member's means of payment, the first to be tried first.

    What is no longer listed is kept for the past and tried no more; a charge that waits is tried
    with the first from now on. Raises MeansInvalid for an empty label, one given twice, or one
    that looks like a card number.
    """
    names = [label.strip() for label in labels]
    if not all(names) or len(set(names)) < len(names):
        raise MeansInvalid("Give every way of paying a label of its own.", pointer="/labels")
    program = catalog.current()
    with transaction.atomic(), translate(REFUSALS):
        periods.lock_accounts(member.pk, program=program)
        rows = PaymentMeans.objects.select_for_update().filter(member=member).order_by("pk")
        known = {row.label: row for row in rows if row.is_active}
        for row in known.values():
            row.is_active = row.label in names
            row.position = names.index(row.label) if row.is_active else row.position
            row.save()
        PaymentMeans.objects.bulk_create(
            PaymentMeans(member=member, label=name, position=place)
            for place, name in enumerate(names)
            if name not in known
        )
        found = list(PaymentMeans.objects.filter(member=member, is_active=True))
        waiting = Charge.objects.filter(member=member, status=Charge.Status.DUE)
        waiting.update(means=found[0] if found else None)
        payload = {"means": names, "actor": actor}
        outbox.publish("payment_means_arranged", member_id=member.pk, payload=payload)
    return found
