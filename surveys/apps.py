from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "Surveys"

    def ready(self) -> None:
        from points import approvals
        from surveys import aspects, care, descriptions, leaving, merging, privacy, proof, sections

        sections.install()
        aspects.install()
        proof.install()
        descriptions.install()
        merging.install()
        leaving.install()
        privacy.install()
        approvals.register(care.GOODWILL, approvals.Verb(care.perform_goodwill))
