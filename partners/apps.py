from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Partners and the API"

    def ready(self) -> None:
        from partners import privacy

        privacy.install()
