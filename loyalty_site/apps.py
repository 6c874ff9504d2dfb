from importlib import import_module

from django.apps import AppConfig


class LoyaltySiteConfig(AppConfig):
    name = "loyalty_site"
    verbose_name = "Site"

    def ready(self) -> None:
        """Know the queue in every process: whoever orders a job has to find it."""
        import_module("loyalty_site.celery")
