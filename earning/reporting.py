"""A simulation on paper: as text for a terminal, and as files for a spreadsheet."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from common import sheets
from common.text import counted, number, scaled
from earning import simulation
from earning.simulation import Moves, Pair, Simulation
from program.errors import BlueprintInvalid
from program.verbs import Console, Options, Verb, register

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
COLUMNS = ("really", "draft", "difference")
NO_TIER = "no tier"
UNNAMED = {"": NO_TIER}


def lines(result: Simulation) -> Iterator[str]:
    """The whole report."""
    since = f" since {result.since}" if result.since else ""
    activities = counted(result.activities, "activity", "activities")
    members = counted(result.members, "member", "members")
    yield f"{activities} of {members}{since}, replayed under {result.draft}."
    for what, count in result.misfits.items():
        yield f"  {count:,} {what}"
    if result.changes_nothing:
        yield "The draft would have paid exactly what was paid, and moved nobody."
    for title, headings, rows in tables(result):
        yield ""
        yield from _table(title, headings, rows)


def tables(result: Simulation) -> Iterator[Table]:
    """What was paid, in all, by rule, tier and month, and members by tier now and under the draft:
    a title, headings, and rows that begin with what they are about.
    """
    parts = {"Issued": (), "By rule": ("rule",), "By tier": ("tier",), "By month": ("month",)}
    for title, fields in parts.items():
        yield title, COLUMNS, [_row(result, key, pair) for key, pair in result.by(*fields)]
    yield from (_matrix(result, moves) for moves in result.moves)


def plain(result: Simulation) -> dict[str, Any]:
    """The whole report as JSON values: what it says, its tables, and the rows of its two files."""
    words = [line for line in lines(result) if line]
    first = next(tables(result))[0]
    return {
        "words": words[: words.index(first)],
        "tables": [
            {"title": title, "headings": list(headings), "rows": [list(row) for row in rows]}
            for title, headings, rows in tables(result)
        ],
        "points": [[str(cell) for cell in row] for row in _points(result)],
        "members": [[str(cell) for cell in row] for row in _members(result)],
    }


def write_csv(result: Simulation, path: Path) -> list[Path]:
    """Write what was paid to `path`, a row for each unit, rule, tier and month, and members by tier
    to a second file beside it. Returns both.
    """
    beside = path.with_name(f"{path.stem}-tiers{path.suffix}")
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(sheets.lines(_points(result)))
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.writelines(sheets.lines(_members(result)))
    return [path, beside]


def _points(result: Simulation) -> Iterator[Sequence[object]]:
    yield (
        *("unit", "rule", "tier", "month"),
        *("awards", "amount", "draft_awards", "draft_amount", "difference"),
    )
    for (unit, rule, tier, month), pair in result.by("rule", "tier", "month"):
        decimals = result.units[str(unit)].decimals
        yield (
            unit,
            rule,
            tier,
            _month(month),
            pair.really.awards,
            scaled(pair.really.amount, decimals),
            pair.draft.awards,
            scaled(pair.draft.amount, decimals),
            scaled(pair.difference, decimals),
        )


def _members(result: Simulation) -> Iterator[Sequence[object]]:
    yield ("ladder", "tier", "draft_tier", "members")
    for moves in result.moves:
        for (old, new), count in sorted(moves.counts.items()):
            yield (moves.ladder, old, new, count)


def _row(result: Simulation, key: tuple[str | date, ...], pair: Pair) -> list[str]:
    unit = result.units[str(key[0])]
    amounts = (pair.really.amount, pair.draft.amount, pair.difference)
    label = ", ".join([*(_word(result, part) for part in key[1:]), unit.plural])
    return [label, *(number(scaled(amount, unit.decimals)) for amount in amounts)]


def _word(result: Simulation, part: str | date) -> str:
    return _month(part) if isinstance(part, date) else (result.names | UNNAMED).get(part, part)


def _month(day: object) -> str:
    return f"{day:%Y-%m}"


def _matrix(result: Simulation, moves: Moves) -> Table:
    """Rows are the tiers held now, columns those under the draft."""
    rows = [
        [_word(result, old), *(f"{moves.counts[old, new]:,}" for new in moves.new)]
        for old in moves.old
    ]
    title = f"Members on {moves.name}: tiers now, and under the draft ({moves.moved:,} moved)"
    return title, [_word(result, new) for new in moves.new], rows


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A title with headings, then rows; numbers to the right."""
    body = [list(row) for row in rows]
    widths = [
        max(len(row[column]) for row in [["", *headings], *body])
        for column in range(len(headings) + 1)
    ]
    yield title
    for row in [["", *headings], *body]:
        cells = [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield f"  {row[0]:<{widths[0]}}  {'  '.join(cells)}".rstrip()


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a folder that holds a program.toml")
    parser.add_argument(
        "--since", metavar="DATE", default="", help="as if it came into force on that day"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the numbers to a file, too")


def _simulate(options: Options, console: Console) -> None:
    result = simulation.run(
        options["folder"], since=_day(options["since"]), progress=console.progress("activities")
    )
    for line in lines(result):
        console.line(line)
    for path in write_csv(result, options["csv"]) if options["csv"] else ():
        console.line(f"Wrote {path}.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BlueprintInvalid(
            f'--since {text!r} is not a date. Write it like "2026-03-31".'
        ) from error


def install() -> None:
    """Register the verb of this app."""
    register(Verb("simulate", "replay the recorded past under a draft", _arguments, _simulate))
