"""The web server's entry: loyalty_site.wsgi:application."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from loyalty_site import env
from loyalty_site.errors import CannotStart

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
env.declare("PENNANT_PROCESS", "web")

try:
    application = get_wsgi_application()

    from loyalty_site import databases

    databases.verify()
except CannotStart as error:
    sys.exit(f"Pennant does not start: {error}")
