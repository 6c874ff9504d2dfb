from celery import shared_task

from messaging import delivery


@shared_task
def deliver() -> None:
    delivery.drain()
