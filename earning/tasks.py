from celery import shared_task

from earning import confirmations


@shared_task
def confirm_due() -> None:
    confirmations.run()
