from celery import shared_task

from partners import delivery, idempotency, log


@shared_task
def deliver() -> None:
    delivery.drain()


@shared_task
def tidy() -> None:
    delivery.give_up()
    idempotency.forget()
    log.forget()
