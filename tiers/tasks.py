from celery import shared_task

from tiers import challenges, opening, standing


@shared_task
def reassess_turned() -> None:
    standing.reassess_turned()


@shared_task
def reassess_everyone(actor: str) -> None:
    standing.reassess_everyone(actor=actor)


@shared_task
def post_openings() -> None:
    opening.resume()


@shared_task
def settle_challenges() -> None:
    challenges.settle()
