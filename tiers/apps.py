from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        from tiers import aspects, scenes, sections

        sections.install()
        scenes.install()
        aspects.install()
