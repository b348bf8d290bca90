"""The text of a segment's file moves from its newest definition version to the segment, so that it
can follow changes of everything else in the file."""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def take_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What the newest definition version came from."""
    segments = apps.get_model("catalogue", "Segment").objects.exclude(definition=None)
    texts = apps.get_model("catalogue", "SegmentText").objects
    for pk, source in segments.values_list("pk", "definition__source").iterator():
        if source:
            texts.create(segment_id=pk, text=source)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_scans_of_refreshes")]

    operations = [
        migrations.CreateModel(
            name="SegmentText",
            fields=[
                (
                    "segment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="catalogue.segment",
                    ),
                ),
                ("text", models.TextField()),
            ],
            options={
                "verbose_name": "file of a segment",
                "verbose_name_plural": "files of segments",
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
