from django.apps import AppConfig


class EarningConfig(AppConfig):
    name = "earning"
    verbose_name = "Earning"

    def ready(self) -> None:
        from earning import (
            aspects,
            descriptions,
            occasion_section,
            privacy,
            proof,
            reporting,
            scenes,
            sections,
        )

        sections.install()
        occasion_section.install()
        scenes.install()
        proof.install()
        aspects.install()
        reporting.install()
        descriptions.install()
        privacy.install()
