from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "Surveys"

    def ready(self) -> None:
        from points import approvals
        from surveys import care, descriptions, merging, proof, sections

        sections.install()
        proof.install()
        descriptions.install()
        merging.install()
        approvals.register(care.GOODWILL, approvals.Verb(care.perform_goodwill))
