from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = "Rewards"

    def ready(self) -> None:
        from rewards import (
            aspects,
            aspects_beside,
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
        aspects_beside.install()
        descriptions.install()
        privacy.install()
        erasing.install()
