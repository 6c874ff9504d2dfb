from celery import shared_task

from earning import occasions


@shared_task
def record_occasions() -> None:
    occasions.run()
