from django.apps import AppConfig


class EarningConfig(AppConfig):
    name = "earning"
    verbose_name = "Earning"

    def ready(self) -> None:
        from earning import proof, scenes, sections

        sections.install()
        scenes.install()
        proof.install()
