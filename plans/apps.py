from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"
    verbose_name = "Plans"

    def ready(self) -> None:
        from plans import aspects, descriptions, proof, scenes, sections

        sections.install()
        scenes.install()
        proof.install()
        aspects.install()
        descriptions.install()
