"""What `manage.py program` does with a folder: apply, export, diff, test; and with its format."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

from program import blueprint, differences, reference, scenarios, schema, toml
from program.errors import FileInTheWay, ScenarioFailed, ScenarioMissing
from program.verbs import Console, Options, Verb, register


def _folder(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a folder that holds a program.toml")


def _apply(options: Options, console: Console) -> None:
    changes = blueprint.apply(options["folder"], actor="system:program")
    for change in changes:
        console.line(f"  {change}")
    console.line(
        f"{len(changes)} changes."
        if changes
        else "Nothing to change: the program says this already."
    )


def _export_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, nargs="?", help="where to write it; left out: print it"
    )
    parser.add_argument("--replace", action="store_true", help="write over a program.toml")


def _export(options: Options, console: Console) -> None:
    text, folder = toml.write(blueprint.export()), options["folder"]
    if folder is None:
        console.line(text.rstrip("\n"))
        return
    path: Path = folder / blueprint.FILE
    if path.exists() and not options["replace"]:
        raise FileInTheWay(
            f"{path} is there already, and its comments would be lost. Name another folder, or "
            "say --replace."
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    console.line(f"Wrote {path}.")


def _diff(options: Options, console: Console) -> None:
    found = differences.of(options["folder"], progress=console.progress("members"))
    for line in found.lines():
        console.line(line)


def _test_arguments(parser: ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("--only", default="", help="scenarios whose file name holds this")


def _test(options: Options, console: Console) -> None:
    folder: Path = options["folder"]
    paths = [path for path in scenarios.paths(folder) if options["only"] in path.name]
    if not paths:
        raise ScenarioMissing(f"There are no scenarios in {folder}/scenarios. Write one.")
    failed = total = 0
    for path in paths:
        console.line(path.name)
        for verdict in scenarios.run(folder, path):
            total += 1
            failed += not verdict.holds
            _judge(verdict, console)
    if failed:
        raise ScenarioFailed(f"{failed} of {total} expectations failed.")
    console.line(f"All {total} expectations hold.")


def _judge(verdict: scenarios.Verdict, console: Console) -> None:
    if verdict.holds:
        console.line(f"  ok    {verdict.place}: {verdict.expected}")
        return
    console.line(f"  FAIL  {verdict.place}: {verdict.expected}, but found {verdict.found}")
    for line in verdict.because:
        console.line(f"          {line}")


def _schema_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--scenario", action="store_true", help="that of scenarios instead")


def _schema(options: Options, console: Console) -> None:
    kind = scenarios.type_of() if options["scenario"] else blueprint.type_of()
    console.line(json.dumps(schema.of(kind), indent=2, ensure_ascii=False))


def _reference_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--into", type=Path, metavar="FILE", help="put it between the marks of this file"
    )


def _reference(options: Options, console: Console) -> None:
    path: Path | None = options["into"]
    if path is None:
        console.line(reference.text().rstrip("\n"))
        return
    path.write_text(reference.put_into(path.read_text(encoding="utf-8")), encoding="utf-8")
    console.line(f"Wrote {path}.")


def install() -> None:
    """Register the verbs of this app."""
    register(
        Verb("apply", "make the program what FOLDER/program.toml says", _folder, _apply),
        Verb("export", "print the program as a blueprint", _export_arguments, _export),
        Verb("diff", "what FOLDER/program.toml would change, and for whom", _folder, _diff),
        Verb("test", "play the scenarios beside a blueprint", _test_arguments, _test),
        Verb("schema", "print the JSON Schema, for editors", _schema_arguments, _schema),
        Verb("reference", "print every key with an example", _reference_arguments, _reference),
    )
