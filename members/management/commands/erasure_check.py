from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.privacy import Person
from common.text import counted
from members import erasure
from members.models import Member


class Command(BaseCommand):
    help = (
        "Proves that a person was erased: no row of theirs holds anything personal, and none of "
        "the values you name is written in any table. Ends with 1 when something is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("member", help="the member's id")
        parser.add_argument(
            "--value",
            action="append",
            default=[],
            metavar="TEXT",
            help="a former e-mail, phone, card or name to look for; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        member = self._member(options["member"])
        found = [str(trace) for trace in erasure.left_of(member)]
        someone = Person(members=(member.pk,), logins=(), marks=tuple(options["value"]))
        found += [str(trace) for trace in erasure.search(someone)]
        for line in found:
            self.stdout.write(line)
        if found:
            many = counted(len(found), "trace is", "traces are")
            raise CommandError(f"{many} left.", returncode=1)
        self.stdout.write(self.style.SUCCESS("Nothing is left."))

    def _member(self, text: str) -> Member:
        try:
            return Member.objects.get(pk=uuid.UUID(text))
        except (ValueError, Member.DoesNotExist):
            raise CommandError(f"There is no member {text!r}. Give the id.", returncode=2) from None
