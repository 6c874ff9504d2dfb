"""What a merge of two memberships means here: the survivor was asked when either of them was."""

from __future__ import annotations

from typing import Any

from common import clock
from members import merging
from members.merging import Memo, Merging
from surveys import contacts
from surveys.models import Contact, Invitation, Outcome


def _merge(work: Merging, found: Any) -> Memo:
    """Withdraw what still waits for the absorbed, and move the survivor's contact row forward.

    Invitations are locked before contacts, as `opening` does.
    """
    waiting = Invitation.objects.filter(
        member=work.absorbed, answered_at__isnull=True, withdrawn_at__isnull=True
    )
    waiting.update(withdrawn_at=clock.now(), withdrawn_why=Outcome.GONE)
    if Contact.objects.filter(member=work.absorbed).exists():
        contacts.recount({work.absorbed.pk})
        asked = contacts.locked({work.absorbed.pk})[work.absorbed.pk]
        contacts.locked({work.survivor.pk})
        if asked is not None:
            contacts.asked({work.survivor.pk: asked})
    return None


def _undo(work: Merging, memo: Memo) -> None:
    """Nothing comes back: who was asked stays asked."""


def install() -> None:
    """Take part in merges; called once, when the app is ready."""
    merging.register(merging.Part("surveys", _merge, _undo))
