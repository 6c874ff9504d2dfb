from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "Surveys"

    def ready(self) -> None:
        from surveys import descriptions, proof, sections

        sections.install()
        proof.install()
        descriptions.install()
