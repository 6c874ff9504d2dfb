from celery import shared_task

from tiers import standing


@shared_task
def reassess_turned() -> None:
    standing.reassess_turned()
