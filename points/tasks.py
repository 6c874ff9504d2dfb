from celery import shared_task

from points import expiry, holds, notices


@shared_task
def expire_points() -> None:
    expiry.run()


@shared_task
def time_out_holds() -> None:
    holds.time_out()


@shared_task
def tell_of_endings() -> None:
    notices.run()
