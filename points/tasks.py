from celery import shared_task

from points import daybook, expiry


@shared_task
def expire_points() -> None:
    expiry.run()


@shared_task
def report_adjustments() -> None:
    daybook.report()
