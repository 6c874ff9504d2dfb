from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Members"

    def ready(self) -> None:
        from members import descriptions, joining, privacy, scenes, sections

        sections.install()
        scenes.install()
        descriptions.install()
        joining.install()
        privacy.install()
