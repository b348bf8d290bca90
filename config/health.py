"""Is the process alive, and is the house ready to work?"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

Check = Callable[[], str | None]


def database() -> str | None:
    """The database answers and has every migration."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"The database does not answer: {error}. Check DATABASE_URL."
    if waiting:
        return f"{len(waiting)} migrations are missing. Run manage.py migrate."
    return None


def lake() -> str | None:
    """The lake's folder can be read. None is written until the first load, which is fine."""
    try:
        if settings.LAKE_DIR.exists():
            next(settings.LAKE_DIR.iterdir(), None)
    except OSError as error:
        return f"The lake cannot be read: {error}. Check DATA_DIR and WAREHOUSE_URL."
    return None


def queue() -> str | None:
    """Redis answers."""
    if not settings.REDIS_URL:
        return "There is no queue. Set REDIS_URL, or start everything with make run."
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        ) as client:
            client.ping()
    except (RedisError, OSError) as error:
        return f"Redis does not answer: {error}. Check REDIS_URL."
    return None


CHECKS: dict[str, Check] = {"database": database, "lake": lake, "redis": queue}


@login_not_required
@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """200 while this process answers at all; touches nothing else."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when every check passes, otherwise 503; the body says for each what is wrong."""
    problems = {name: check() for name, check in CHECKS.items()}
    checks = {
        name: {"ok": problem is None, "problem": problem} for name, problem in problems.items()
    }
    ready = not any(problems.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)
