from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from common.progress import meter
from points import audit

BROKEN, UNABLE = 1, 2


def moment(text: str) -> datetime:
    """A day or a moment as a person types it; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is no moment. Write 2026-03-31 or 2026-03-31T18:00Z."
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Check every invariant of the ledger. Exit status 0: the books balance; 1: they do not, "
        "and the rows are named; 2: they could not be checked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--most", type=int, default=20, help="print at most so many faults (default 20)"
        )
        parser.add_argument(
            "--since",
            type=moment,
            default=None,
            metavar="MOMENT",
            help="add up only what belongs to members whose points moved since then",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        most = options["most"]

        def tell(count: int, fault: audit.Fault) -> None:
            if count <= most:
                self.stderr.write(f"{fault.invariant}: {fault.row}: {fault.found}")

        try:
            row = audit.run(
                actor="system:audit",
                since=options["since"],
                progress=meter(self.stderr, "checks"),
                told=tell,
            )
        except DatabaseError as error:
            raise CommandError(
                f"The books could not be checked: {error}", returncode=UNABLE
            ) from error
        if row.faults:
            raise CommandError(
                f"The books do not balance: {row.faults:,} faults.", returncode=BROKEN
            )
        self.stdout.write(
            f"The books balance: {row.invariants} invariants hold, "
            f"{row.entries:,} entries in {row.took_s} s."
        )
