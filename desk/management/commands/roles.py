from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk import roles


class Command(BaseCommand):
    help = (
        "Make the groups Clerks and Managers, or set their permissions back to what they should be."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            groups = roles.ensure_groups()
        except LookupError as error:
            raise CommandError(str(error)) from error
        for group in groups:
            self.stdout.write(f"{group.name}: {group.permissions.count()} permissions.")
