"""The site's settings for tests: the same, without what tests replace on purpose."""

import os
from pathlib import Path

from loyalty_site import env

# Results must not depend on what this machine's owner keeps in .env.
os.environ["PENNANT_ENV_FILE"] = os.devnull
env.declare("DEBUG", "1")
# Each worker of a run has a server of its own: what one does to it does not concern the other.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER:
    home = Path(os.environ.get("PENNANT_DATA_DIR", ".data")).resolve()
    is_set = home.name == WORKER  # in a process that a test has started
    os.environ["PENNANT_DATA_DIR"] = str(home if is_set else home / WORKER)
env.declare("LOG_LEVEL", "ERROR")

from loyalty_site.settings import *  # noqa: E402, F403

DEBUG = False
API_LOG_WAIT_S = 0  # at once, in the test's own transaction
KEY_TRUST_S = 0  # what a test changes holds at once; tests of the trust itself ask for it
WHITENOISE_AUTOREFRESH = True
IMPORT_LANES = 1  # other processes cannot look into the transaction of a test
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for tests only
