"""How the house is wired: settings, routes, the queue and its timetable."""

# Here so that tasks called from a page or a command find this queue, not an unconfigured one.
from config.celery import app as celery_app

__all__ = ["celery_app"]
