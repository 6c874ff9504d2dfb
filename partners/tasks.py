from celery import shared_task

from partners import applying, delivery, idempotency, imports, log, notices


@shared_task
def deliver() -> None:
    delivery.drain()
    notices.tell()


@shared_task
def tidy() -> None:
    delivery.give_up()
    while idempotency.forget():
        pass
    while log.forget():
        pass
    imports.forget()


@shared_task
def work_on_imports() -> None:
    if applying.work():
        work_on_imports.delay()
