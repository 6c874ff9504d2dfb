from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        from tiers import (
            aspects,
            correction,
            descriptions,
            erasing,
            lifting,
            merging,
            privacy,
            protecting,
            scenes,
            sections,
        )

        sections.install()
        scenes.install()
        aspects.install()
        correction.install()
        descriptions.install()
        lifting.install()
        merging.install()
        erasing.install()
        privacy.install()
        protecting.install()
