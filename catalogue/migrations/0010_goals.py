import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0009_workspace"),
    ]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="goal_as_of",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="GoalSplit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("goal", models.JSONField()),
                ("goal_hash", models.CharField(max_length=64)),
                ("subject", models.CharField(default="customer", max_length=10)),
                ("now", models.DateTimeField()),
                ("reached", models.BinaryField()),
                ("missed", models.BinaryField()),
                ("not_yet", models.BinaryField()),
                ("too_early", models.BinaryField()),
                ("reached_count", models.PositiveIntegerField()),
                ("missed_count", models.PositiveIntegerField()),
                ("not_yet_count", models.PositiveIntegerField()),
                ("too_early_count", models.PositiveIntegerField()),
                ("share_low", models.FloatField(null=True)),
                ("share_high", models.FloatField(null=True)),
                ("figures", models.JSONField(default=dict)),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goal_splits",
                        to="catalogue.membershipversion",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.photo",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.refreshrun",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goal_splits",
                        to="catalogue.segment",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="segment",
            name="goal_split",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="catalogue.goalsplit",
            ),
        ),
        migrations.AddIndex(
            model_name="goalsplit",
            index=models.Index(fields=["segment", "now"], name="goal_split_segment_now"),
        ),
    ]
