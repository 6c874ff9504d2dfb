from celery import shared_task

from points import audit, daybook, expiry, holds, notices


@shared_task
def expire_points() -> None:
    expiry.run()


@shared_task
def time_out_holds() -> None:
    holds.time_out()


@shared_task
def tell_of_endings() -> None:
    notices.run()


@shared_task
def report_adjustments() -> None:
    daybook.report()


@shared_task
def audit_books() -> None:
    audit.run(actor="system:audit")
