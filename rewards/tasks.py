from celery import shared_task

from rewards import reservation, sweeping


@shared_task
def sweep_conversions() -> None:
    sweeping.run()


@shared_task
def drop_reservations() -> None:
    reservation.drop_overdue()
