from django.apps import AppConfig


class ProgramConfig(AppConfig):
    name = "program"
    verbose_name = "Program"

    def ready(self) -> None:
        from program import descriptions, folders, privacy, sections

        sections.install()
        folders.install()
        descriptions.install()
        privacy.install()
