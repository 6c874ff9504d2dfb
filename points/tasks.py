from celery import shared_task

from points import audit, daybook, expiry


@shared_task
def expire_points() -> None:
    expiry.run()


@shared_task
def report_adjustments() -> None:
    daybook.report()


@shared_task
def audit_books() -> None:
    audit.run(actor="system:audit")
