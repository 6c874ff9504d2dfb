from celery import shared_task

from tiers import opening, standing


@shared_task
def reassess_turned() -> None:
    standing.reassess_turned()


@shared_task
def post_openings() -> None:
    opening.resume()
