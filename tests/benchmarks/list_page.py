"""How long the list of segments takes: 200 segments with a year of weekly versions."""

import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

SEGMENTS, WEEKS, TIMES = 200, 52, 15


def main() -> None:
    """Print one JSON line: milliseconds of one answer and its bytes."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from tests.catalogue.web.workspace import make_segment, make_user

    call_command("migrate", verbosity=0)
    for number in range(SEGMENTS):
        make_segment(f"segment-{number}", sizes=tuple(range(100, 100 + WEEKS)))
    client = Client()
    client.force_login(make_user())
    answer = client.get("/segments/")
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        client.get("/segments/")
        took.append((time.perf_counter() - start) * 1000)
    line = {
        "benchmark": "list_page",
        "segments": SEGMENTS,
        "versions": SEGMENTS * WEEKS,
        "median_ms": round(statistics.median(took), 1),
        "worst_ms": round(max(took), 1),
        "bytes": len(answer.content),
    }
    print(json.dumps(line))
    shutil.rmtree(settings.DATA_DIR)


main()
