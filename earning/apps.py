from django.apps import AppConfig


class EarningConfig(AppConfig):
    name = "earning"
    verbose_name = "Earning"

    def ready(self) -> None:
        from earning import (
            aspects,
            aspects_beside,
            descriptions,
            dividend_section,
            erasing,
            milestone_descriptions,
            milestone_scenes,
            milestone_section,
            occasion_section,
            offer_section,
            privacy,
            proof,
            referral_section,
            reporting,
            scenes,
            sections,
            visiting,
        )

        offer_section.install()
        sections.install()
        milestone_section.install()
        milestone_descriptions.install()
        occasion_section.install()
        referral_section.install()
        dividend_section.install()
        scenes.install()
        milestone_scenes.install()
        proof.install()
        aspects.install()
        aspects_beside.install()
        reporting.install()
        descriptions.install()
        privacy.install()
        erasing.install()
        visiting.install()
