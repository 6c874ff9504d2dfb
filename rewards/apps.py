from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = "Rewards"

    def ready(self) -> None:
        from rewards import aspects, descriptions, erasing, privacy, proof, scenes, sections

        sections.install()
        scenes.install()
        proof.install()
        aspects.install()
        descriptions.install()
        privacy.install()
        erasing.install()
