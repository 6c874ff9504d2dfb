from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import LoyaltyError
from partners import keys
from partners.models import Scope
from program.models import Partner


class Command(BaseCommand):
    help = "Makes a key for a partner's system and prints it: this once, and never again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partner", required=True, help="the partner's code: front-desk")
        parser.add_argument("--name", required=True, help="what will use the key: Till 1")
        parser.add_argument(
            "--scope",
            action="append",
            metavar="SCOPE",
            help=f"what it may do, repeatable; all of it by default: {', '.join(Scope.values)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        partner = Partner.objects.filter(pk=options["partner"]).first()
        if partner is None:
            known = ", ".join(Partner.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no partner {options['partner']!r}. There are: {known}.")
        scopes = options["scope"] or Scope.values
        try:
            key, text = keys.issue(
                partner, name=options["name"], scopes=scopes, actor="system:create_api_key"
            )
        except LoyaltyError as error:
            raise CommandError(error.message) from None
        self.stdout.write(text)
        self.stderr.write(f"{key} of {partner}. Copy it now: it is not kept.")
