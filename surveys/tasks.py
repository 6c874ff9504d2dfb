from celery import shared_task

from program.models import Program
from surveys import anonymity, care, inviting, opening, tallies, waves


@shared_task
def invite() -> None:
    inviting.drain()
    opening.run()


@shared_task
def send_waves() -> None:
    if Program.objects.exists():
        waves.run()


@shared_task
def escalate() -> None:
    care.escalate_overdue()


@shared_task
def tally() -> None:
    if Program.objects.exists():
        tallies.count()


@shared_task
def shuffle() -> None:
    if Program.objects.exists():
        anonymity.shuffle()
