from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "Desk"
    default = True

    def ready(self) -> None:
        from desk import api

        api.install()


class DeskAdminConfig(SimpleAdminConfig):
    """Django's admin with the desk's own site in it."""

    default = False
    default_site = "desk.site.DeskSite"
