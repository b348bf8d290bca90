from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def count_from_the_first(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Of what is live already nobody knows when it went live: its first version counts."""
    segments = apps.get_model("catalogue", "Segment").objects.using(editor.connection.alias)
    segments.exclude(status="draft").update(live_from=1)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0015_health"),
    ]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="live_from",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(count_from_the_first, migrations.RunPython.noop),
    ]
