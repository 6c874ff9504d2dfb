from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        from portal import choice_letters, letters, offer_letters

        letters.install()
        choice_letters.install()
        offer_letters.install()
