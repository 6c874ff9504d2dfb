import uuid

from celery import shared_task

from earning import choice_notices, choosing, confirmations, declaring, occasions, simulating


@shared_task
def confirm_due() -> None:
    confirmations.run()


@shared_task
def record_occasions() -> None:
    occasions.run()


@shared_task
def end_choices() -> None:
    choosing.run()


@shared_task
def remind_of_choices() -> None:
    choice_notices.run()


@shared_task
def simulate_waiting() -> None:
    simulating.catch_up()


@shared_task
def simulate(run_id: str) -> None:
    simulating.perform(uuid.UUID(run_id))


@shared_task
def pay_dividends() -> None:
    declaring.pay_all()
