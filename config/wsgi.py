"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
application = get_wsgi_application()

from catalogue.warehouse.proof import prove_locked_in  # noqa: E402 (after Django is set up)

prove_locked_in()
