from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import sheets
from common.errors import LoyaltyError
from common.progress import meter
from common.text import counted, number, scaled
from points.models import OpeningRun
from tiers import opening
from tiers.opening import Report, Total
from tiers.opening_rows import FIELDS, Shape

ACTOR = "system:opening"


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise ArgumentTypeError(f"{text!r} is no pair. Write name=value.")
    return name, value


class Command(BaseCommand):
    help = (
        "Bring members with their points over from another system: read a CSV or NDJSON file, say "
        "what it would do and whether it adds up; with --apply, post it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--map",
            action="append",
            type=pair,
            default=[],
            metavar="FIELD=COLUMN",
            help=f"which column holds a field, where it is called otherwise: {', '.join(FIELDS)}",
        )
        parser.add_argument(
            "--set",
            action="append",
            type=pair,
            default=[],
            metavar="FIELD=VALUE",
            help="what is the same in every line: --set unit=point",
        )
        parser.add_argument(
            "--expect",
            action="append",
            type=pair,
            default=[],
            metavar="UNIT=TOTAL",
            help="what the source says it adds up to, in whole units: --expect point=123456",
        )
        parser.add_argument("--errors", type=Path, help="write the lines that were refused here")
        parser.add_argument("--apply", action="store_true", help="post it, if it adds up")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            run = self._read(path, options)
            self._tell(opening.report(run))
            if options["errors"]:
                self._write_errors(run, options["errors"])
            if options["apply"]:
                self._post(run)
        except LoyaltyError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error

    def _read(self, path: Path, options: dict[str, Any]) -> OpeningRun:
        with path.open("rb") as file:
            return opening.read(
                file,
                name=path.name,
                shape=Shape(dict(options["map"]), dict(options["set"])),
                expected=dict(options["expect"]),
                actor=ACTOR,
                progress=meter(self.stderr, "lines"),
            )

    def _tell(self, report: Report) -> None:
        self.stdout.write(
            f"{counted(report.rows, 'line', 'lines')}, {number(report.refused)} refused; "
            f"{counted(report.new, 'new member', 'new members')}, {number(report.known)} known."
        )
        for total in report.totals:
            self.stdout.write(f"  {_line(total)}")

    def _write_errors(self, run: OpeningRun, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = [("line", "who", "what to do"), *opening.refusals(run)]
            file.writelines(sheets.lines(rows))
        self.stdout.write(f"Lines that were refused: {path}")

    def _post(self, run: OpeningRun) -> None:
        if run.state == OpeningRun.State.POSTED:
            self.stdout.write("This file is posted already. Nothing was changed.")
            return
        opening.post(run, actor=ACTOR, progress=meter(self.stderr, "people"))
        self.stdout.write("Posted.")


def _line(total: Total) -> str:
    decimals, plural = total.unit.decimals, total.unit.plural
    amount, there = number(scaled(total.amount, decimals)), number(scaled(total.there, decimals))
    said = f"{amount} {plural} in {counted(total.lots, 'lot', 'lots')}"
    if total.there:
        said += f", {there} of them posted before"
    if total.expected is None:
        return f"{said}; give the source's total to compare: --expect {total.unit.code}=…"
    if not total.difference:
        return f"{said}; agrees with the source"
    expected = number(scaled(total.expected, decimals))
    return f"{said}; the source has {expected}: {number(scaled(total.difference, decimals))} apart"
