from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Partners and the API"

    def ready(self) -> None:
        from partners.audit import INVARIANTS
        from points import audit

        audit.register(INVARIANTS)
        from partners import leaving, privacy

        privacy.install()
        leaving.install()
