from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = "Messaging"

    def ready(self) -> None:
        from messaging import aspects, descriptions, leaving, privacy, sections

        sections.install()
        aspects.install()
        descriptions.install()
        privacy.install()
        leaving.install()
