"""The worker's entry: celery -A loyalty_site.celery worker -B -P threads -c 2 ..."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")

app = Celery("pennant")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def prepare(**_: Any) -> None:
    """Have a database server and the queue's tables before the first connection to the broker."""
    from loyalty_site import databases, jobs

    databases.verify()
    jobs.install()


@worker_ready.connect
def give_sign_of_life(**_: Any) -> None:
    """Do not let /readyz wait for beat's first tick."""
    app.send_task("events.tasks.heartbeat")
