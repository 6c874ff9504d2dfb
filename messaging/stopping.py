"""Saying no to letters: by the one click of the mail program (RFC 8058), or a page with a button.

The link is signed and names a member and a topic. Following it changes nothing, because mail
scanners follow links; the POST does.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from common.ids import parse_public_id, public_id
from members import consent, lineage
from members.models import Member
from messaging.errors import LinkRefused

SALT = "messaging.stopping"


def url(member: Member, *, topic: str) -> str:
    """The address that ends letters of this topic."""
    token = signing.dumps([public_id("mem", member.pk), topic], salt=SALT, compress=False)
    return f"{settings.PUBLIC_URL}{reverse('messaging:stop', args=[token])}"


def read(token: str) -> tuple[Member, str]:
    """Whom a link speaks of, or who that is since a merge, and the topic. Raises LinkRefused."""
    try:
        who, topic = signing.loads(token, salt=SALT)
        found = Member.objects.select_related("merged_into").get(pk=parse_public_id("mem", who))
        return lineage.survivor(found), str(topic)
    except (signing.BadSignature, ValueError, TypeError, Member.DoesNotExist) as error:
        raise LinkRefused(
            "This link was cut off or changed. Open it again from the letter, whole."
        ) from error


def stop(token: str) -> tuple[Member, str]:
    """No more letters of this topic. Safe to repeat."""
    member, topic = read(token)
    consent.record(member, topic=topic, is_given=False, actor=f"member:{member.pk}")
    return member, topic


def resume(token: str) -> tuple[Member, str]:
    """It was a mistake: letters of this topic again."""
    member, topic = read(token)
    consent.record(member, topic=topic, is_given=True, actor=f"member:{member.pk}")
    return member, topic
