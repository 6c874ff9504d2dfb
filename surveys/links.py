"""Signed links: what a letter or a page carries, so that a tap works without signing in.

A link to a score names the invitation and the number that was tapped; a changed number or a changed
invitation breaks the signature. It is used up when its invitation is answered. A link to an answer
is only ever given to the browser that made it, so that an anonymous answer can be finished and
still leads to nobody.
"""

from __future__ import annotations

import uuid

from django.core import signing

from common.ids import parse_public_id, public_id
from surveys.errors import LinkInvalid

SCORE, ANSWER = "surveys.score", "surveys.answer"
REFUSED = "This link was cut off or changed. Open it again from the letter, whole."


def to_score(invitation_id: uuid.UUID, score: int | None = None) -> str:
    """The token of an invitation, with the number that it stands for or without one."""
    parts = [public_id("inv", invitation_id)] + ([] if score is None else [score])
    return signing.dumps(parts, salt=SCORE, compress=False)


def read_score(token: str) -> tuple[uuid.UUID, int | None]:
    """The invitation and the number of a token. Raises LinkInvalid."""
    try:
        who, *score = signing.loads(token, salt=SCORE)
        return parse_public_id("inv", who), int(score[0]) if score else None
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkInvalid(REFUSED) from error


def to_answer(answer_id: uuid.UUID) -> str:
    """The token with which an answer can be finished."""
    return signing.dumps(public_id("ans", answer_id), salt=ANSWER, compress=False)


def read_answer(token: str) -> uuid.UUID:
    """The answer of a token. Raises LinkInvalid."""
    try:
        return parse_public_id("ans", signing.loads(token, salt=ANSWER))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkInvalid(REFUSED) from error
