from celery import shared_task

from plans import billing


@shared_task
def bill() -> None:
    billing.run()
