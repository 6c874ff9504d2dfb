from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"
    verbose_name = "Plans"

    def ready(self) -> None:
        from plans import aspects, descriptions, grouping, joining, privacy, proof, scenes, sections

        sections.install()
        scenes.install()
        proof.install()
        aspects.install()
        descriptions.install()
        privacy.install()
        joining.install()
        grouping.install()
