"""The queue. It is a doorbell: what is due, who holds it and how far it got are rows, so a lost,
doubled or late message changes nothing but latency."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from kombu import Queue

from config.schedule import TIMETABLE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

QUEUES = ("interactive", "recompute", "sync", "webhook", "maintenance")
ROUTES = {
    "catalogue.tasks.tick": {"queue": "maintenance"},
    "integrations.tasks.tick": {"queue": "maintenance"},
    "catalogue.tasks.privacy_tick": {"queue": "maintenance"},
    "catalogue.tasks.erase": {"queue": "maintenance"},
    "catalogue.tasks.delete_by_schedule": {"queue": "maintenance"},
    "catalogue.tasks.export_run": {"queue": "interactive"},
    "catalogue.tasks.*": {"queue": "recompute"},
    "integrations.tasks.*": {"queue": "sync"},
}
SOFT_LIMIT, HARD_LIMIT = 270, 300
# Three times the hard limit: a shorter one hands a running task to a second worker.
VISIBILITY_TIMEOUT = 900
# Of a process that works, without what a refresh takes.
OWN_MIB = 400


def broker_address(url: str) -> str:
    """The address kombu wants for a Redis URL; without one, a queue inside the process."""
    if url.startswith("unix://"):
        return url.replace("unix://", "redis+socket://", 1)
    return url or "memory://"


def transport() -> dict[str, Any]:
    """How to talk to Redis, and how soon to give back what a dead worker held."""
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "global_keyprefix": "catalogue:",
    }


def queue_settings() -> dict[str, Any]:
    """Everything Celery is told. Read when first needed, after Django's settings are."""
    from django.conf import settings

    return {
        "broker_url": broker_address(settings.REDIS_URL),
        "broker_transport_options": transport(),
        "result_backend_transport_options": {"visibility_timeout": VISIBILITY_TIMEOUT},
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        **_tasks(),
        **_workers(settings.WORKER_SOFT_SHUTDOWN_SECONDS),
        "beat_schedule": TIMETABLE,
        "beat_schedule_filename": str(settings.DATA_DIR / "beat-schedule"),
        "timezone": "UTC",
    }


def _tasks() -> dict[str, Any]:
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_queues": [Queue(name) for name in QUEUES],
        "task_default_queue": "interactive",
        "task_create_missing_queues": False,
        "task_routes": ROUTES,
        # Always these two together: late acknowledgement alone loses the work of a killed child.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": SOFT_LIMIT,
        "task_time_limit": HARD_LIMIT,
        "task_ignore_result": True,
        # A page must not hang on the queue: the row it wrote is found by the next tick.
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 1},
    }


def _most_mebibytes() -> int:
    """What a process may ever have taken before another one takes its place: with it goes all that
    it remembers, so no refresh within its budget may be the reason."""
    from django.conf import settings

    return OWN_MIB + int(settings.REMEMBERED_MIB) + int(settings.REFRESH_MEMORY_MIB)


def _workers(soft_shutdown_seconds: int) -> dict[str, Any]:
    return {
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 200,
        "worker_max_memory_per_child": _most_mebibytes() * 1024,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_soft_shutdown_timeout": soft_shutdown_seconds,
        "worker_enable_soft_shutdown_on_idle": True,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
    }


@worker_init.connect
def prove(**_: object) -> None:
    """Do not start where DuckDB can reach what it must not reach."""
    from catalogue.warehouse.connection import UnlockedError
    from catalogue.warehouse.proof import prove_locked_in

    try:
        prove_locked_in()
    except UnlockedError as error:
        # Celery only writes down what else goes wrong here, and starts.
        raise SystemExit(str(error)) from error


@worker_init.connect
def keep(**_: object) -> None:
    """All tasks are loaded by now, and the processes that do them are not forked yet."""
    from catalogue.engine.kept.snapshot import made_by
    from catalogue.garbage import keep_what_is_loaded

    # The sources are read once, and each process knows what they are.
    made_by()
    keep_what_is_loaded()


app = Celery("catalogue")
app.add_defaults(queue_settings)
app.autodiscover_tasks()
