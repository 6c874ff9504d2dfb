from celery import shared_task

from rewards import sweeping


@shared_task
def sweep_conversions() -> None:
    sweeping.run()
