from celery import shared_task

from events import heartbeat as hearts


@shared_task
def heartbeat() -> None:
    hearts.beat("worker")
