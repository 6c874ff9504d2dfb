from celery import shared_task

from rewards import reservation


@shared_task
def drop_reservations() -> None:
    reservation.drop_overdue()
