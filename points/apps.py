from django.apps import AppConfig


class PointsConfig(AppConfig):
    name = "points"
    verbose_name = "Points"

    def ready(self) -> None:
        from points import aspects, descriptions, merging, proof, scenes

        scenes.install()
        aspects.install()
        descriptions.install()
        merging.install()
        proof.install()
