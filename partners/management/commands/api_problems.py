from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from partners import problems

PAGE = Path(__file__).resolve().parents[3] / "docs" / "API.md"
BEGIN = "<!-- problems: written by manage.py api_problems -->\n"
END = "<!-- /problems -->\n"


def page() -> str:
    """docs/API.md with the catalogue as the code has it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{problems.as_markdown()}\n{END}{after}"


class Command(BaseCommand):
    help = "Writes the catalogue of problems into docs/API.md."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(page(), encoding="utf-8")
        self.stdout.write(f"Wrote {PAGE.name}")
