"""What a merge of two memberships means here: the survivor was asked when either of them was."""

from __future__ import annotations

from typing import Any

from common import clock
from members import merging
from members.merging import Memo, Merging
from surveys.models import Contact, Invitation


def _merge(work: Merging, found: Any) -> Memo:
    """Move the survivor's contact row forward, and withdraw what still waits for the absorbed."""
    asked = Contact.objects.filter(member=work.absorbed).values_list("asked_at", flat=True).first()
    if asked is not None:
        row, _made = Contact.objects.get_or_create(
            member=work.survivor, defaults={"id": Contact.id_for(work.survivor.pk)}
        )
        if row.asked_at is None or row.asked_at < asked:
            Contact.objects.filter(pk=row.pk).update(asked_at=asked)
    open_ones = Invitation.objects.filter(
        member=work.absorbed, answered_at__isnull=True, withdrawn_at__isnull=True
    )
    open_ones.update(withdrawn_at=clock.now(), withdrawn_why="gone")
    return None


def _undo(work: Merging, memo: Memo) -> None:
    """Nothing comes back: who was asked stays asked."""


def install() -> None:
    """Take part in merges; called once, when the app is ready."""
    merging.register(merging.Part("surveys", _merge, _undo))
