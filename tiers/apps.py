from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        from tiers import aspects, descriptions, erasing, merging, privacy, scenes, sections

        sections.install()
        scenes.install()
        aspects.install()
        descriptions.install()
        merging.install()
        erasing.install()
        privacy.install()
