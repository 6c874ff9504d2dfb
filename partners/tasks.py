import logging

from celery import shared_task

from partners import applying, delivery, idempotency, imports, log, notices

logger = logging.getLogger(__name__)


@shared_task
def deliver() -> None:
    delivery.drain()
    notices.tell()


@shared_task
def tidy() -> None:
    delivery.give_up()
    for forget in (idempotency.forget, log.forget):
        gone = sum(iter(forget, 0))
        logger.info("%s rows deleted by %s", gone, forget.__module__)
    imports.forget()


@shared_task
def work_on_imports() -> None:
    if applying.work():
        work_on_imports.delay()
