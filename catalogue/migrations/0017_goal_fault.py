from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0016_live_from"),
    ]

    operations = [
        migrations.AddField(
            model_name="segment",
            name="goal_fault",
            field=models.CharField(blank=True, max_length=500),
        ),
    ]
