from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Members"

    def ready(self) -> None:
        from members import aspects, descriptions, joining, privacy, scenes, sections

        sections.install()
        scenes.install()
        descriptions.install()
        aspects.install()
        joining.install()
        privacy.install()
