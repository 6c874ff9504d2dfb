from django.apps import AppConfig


class PointsConfig(AppConfig):
    name = "points"
    verbose_name = "Points"

    def ready(self) -> None:
        from points import aspects, descriptions, erasing, merging, privacy, proof, scenes

        scenes.install()
        aspects.install()
        descriptions.install()
        merging.install()
        erasing.install()
        proof.install()
        privacy.install()
