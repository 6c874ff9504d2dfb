from celery import shared_task

from surveys import care, inviting, opening, tallies, waves


@shared_task
def invite() -> None:
    inviting.drain()
    opening.run()


@shared_task
def send_waves() -> None:
    waves.run()


@shared_task
def escalate() -> None:
    care.escalate_overdue()


@shared_task
def tally() -> None:
    tallies.count()
