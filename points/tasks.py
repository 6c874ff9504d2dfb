from celery import shared_task

from points import expiry


@shared_task
def expire_points() -> None:
    expiry.run()
