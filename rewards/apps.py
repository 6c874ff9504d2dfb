from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = "Rewards"

    def ready(self) -> None:
        from rewards import (
            aspects,
            descriptions,
            erasing,
            privacy,
            proof,
            returning,
            scenes,
            sections,
        )

        sections.install()
        scenes.install()
        proof.install()
        returning.install()
        aspects.install()
        descriptions.install()
        privacy.install()
        erasing.install()
