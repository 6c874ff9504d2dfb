from celery import shared_task

from rewards import converting, reservation, sweeping


@shared_task
def sweep_conversions() -> None:
    sweeping.run()


@shared_task
def convert_at_once() -> None:
    converting.run()


@shared_task
def convert_all() -> None:
    converting.catch_up()


@shared_task
def drop_reservations() -> None:
    reservation.drop_overdue()
