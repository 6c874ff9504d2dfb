from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.errors import LoyaltyError
from earning import importing, mapping
from program import catalog
from program.models import Program


class Command(BaseCommand):
    help = "Record a file of activities (csv or csv.gz). Running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map", type=Path, required=True, help="a TOML file that says what the columns mean"
        )
        parser.add_argument(
            "--newest-on",
            metavar="DATE",
            default="",
            help='move all dates so that the newest is on DATE, or "yesterday"',
        )
        parser.add_argument(
            "--most", type=int, default=20, help="print at most so many problems (default 20)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._printed = 0.0
        try:
            table = mapping.load(options["map"])
            report = importing.run(
                options["file"],
                table=table,
                actor="system:import",
                shift_newest_to=self._newest_on(options["newest_on"]),
                progress=self._progress,
            )
        except LoyaltyError as error:
            raise CommandError(error.message) from error
        if report.shifted_days:
            self._say_so(options["file"], report.shifted_days)
        for line, problem in report.problems[: options["most"]]:
            self.stderr.write(f"line {line}: {problem}")
        if len(report.problems) > options["most"]:
            self.stderr.write(f"… and {len(report.problems) - options['most']:,} more problems.")
        self.stdout.write(
            f"{report.rows:,} rows: {report.recorded:,} recorded ({report.earning:,} of them "
            "earned), "
            f"{report.unclaimed:,} unclaimed, {report.repeated:,} known already, "
            f"{len(report.problems):,} with problems."
        )

    def _newest_on(self, text: str) -> date | None:
        if not text:
            return None
        today = clock.local_date(clock.now(), catalog.current().time_zone)
        if text == "yesterday":
            return today - timedelta(days=1)
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise CommandError(
                f'--newest-on {text!r} is not a date. Write 2026-03-31, or "yesterday".'
            ) from error

    def _progress(self, done: int, total: int) -> None:
        if time.monotonic() - self._printed > 1 or done == total:
            self._printed = time.monotonic()
            self.stdout.write(f"  {done:,} of {total:,} rows")
            self.stdout.flush()

    def _say_so(self, file: Path, days: int) -> None:
        notice = f"Activities from {file.name} are real; their dates were moved by {days:,} days."
        Program.objects.exclude(notice=notice).update(notice=notice)
        self.stdout.write(f"  All dates were moved by {days:,} days; the portal says so.")
