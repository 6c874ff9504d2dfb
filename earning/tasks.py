from celery import shared_task

from earning import confirmations, declaring, occasions


@shared_task
def confirm_due() -> None:
    confirmations.run()


@shared_task
def record_occasions() -> None:
    occasions.run()


@shared_task
def pay_dividends() -> None:
    declaring.pay_all()
