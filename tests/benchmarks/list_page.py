"""How long the list of segments takes: 200 segments with a year of weekly versions, or with a
quarter of them (SIZE=small)."""

import os
import shutil
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

IS_SMALL = os.environ.get("SIZE", "small") == "small"
SEGMENTS, WEEKS, TIMES = 200, 13 if IS_SMALL else 52, 15


def main() -> None:
    """Print one JSON line: milliseconds of one answer."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from tests.benchmarks.ground.rows import Row, line_of
    from tests.catalogue.web.workspace import make_segment, make_user

    call_command("migrate", verbosity=0)
    for number in range(SEGMENTS):
        make_segment(f"segment-{number}", sizes=tuple(range(100, 100 + WEEKS)))
    client = Client()
    client.force_login(make_user())
    client.get("/segments/")
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        client.get("/segments/")
        took.append((time.perf_counter() - start) * 1000)
    measure = f"list of {SEGMENTS} segments with {WEEKS} versions each"
    print(line_of(Row(measure=measure, figure="page", unit="ms"), statistics.median(took)).json())
    shutil.rmtree(settings.DATA_DIR)


main()
