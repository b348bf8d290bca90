"""Suppression, consent and erasure. A membership version may now be rewritten by an erasure, and by
nothing else: while a row says so, in the transaction that closes that row again.

What `0002_immutable_versions.forbid` says of membership versions is replaced by this.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import catalogue.models.privacy_state

TABLE = "catalogue_membershipversion"
NEVER = [
    "id",
    "segment_id",
    "number",
    "subject",
    "definition_id",
    "run_id",
    "photo_id",
    "now",
    "published_at",
]
BY_ERASURE = ["size", "entered_count", "left_count", "entered", "left", "key_frame", "sha256"]
WHY = "A version is never changed: publish a new one."
OPEN = (
    "EXISTS (SELECT 1 FROM catalogue_versionerasure AS one WHERE one.membership_id = OLD.id"
    " AND one.is_open AND one.sha256_before = OLD.sha256 AND one.sha256_after = NEW.sha256)"
)


def begin(apps: Any, schema_editor: Any) -> None:
    """The row that whoever writes locks."""
    states = apps.get_model("catalogue", "PrivacyState").objects
    states.using(schema_editor.connection.alias).create(pk=1)


def but_for_erasure(apps: Any, schema_editor: Any) -> None:
    """Refuse every UPDATE, of the members but for that of an erasure."""
    _drop(schema_editor, f"{TABLE}_immutable")
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for name, columns, condition in (
        (f"{TABLE}_identity", NEVER, ""),
        (f"{TABLE}_immutable", BY_ERASURE, f"NOT {OPEN}"),
    ):
        quoted = ", ".join(schema_editor.quote_name(column) for column in columns)
        head = f"CREATE TRIGGER {name} BEFORE UPDATE OF {quoted} ON {TABLE}"
        if is_postgres:
            schema_editor.execute(_function(condition))
            function = "catalogue_refuse_but_erasure" if condition else "catalogue_refuse_update"
            schema_editor.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION {function}()")
        else:
            when = f" WHEN {condition}" if condition else ""
            schema_editor.execute(f"{head}{when} BEGIN SELECT RAISE(ABORT, '{WHY}'); END")


def as_before(apps: Any, schema_editor: Any) -> None:
    """Refuse every UPDATE of every column."""
    for name in ("immutable", "identity"):
        _drop(schema_editor, f"{TABLE}_{name}")
    quoted = ", ".join(schema_editor.quote_name(column) for column in (*NEVER, *BY_ERASURE))
    head = f"CREATE TRIGGER {TABLE}_immutable BEFORE UPDATE OF {quoted} ON {TABLE}"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_update()")
        schema_editor.execute("DROP FUNCTION IF EXISTS catalogue_refuse_but_erasure()")
    else:
        schema_editor.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{WHY}'); END")


def _drop(schema_editor: Any, trigger: str) -> None:
    on = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")


def _function(condition: str) -> str:
    if not condition:
        return "SELECT 1"
    return (
        "CREATE OR REPLACE FUNCTION catalogue_refuse_but_erasure() RETURNS trigger AS $$"
        f" BEGIN IF {condition} THEN RAISE EXCEPTION '{WHY}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
        " END $$ LANGUAGE plpgsql"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0017_goal_fault"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="consent",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fingerprint", models.CharField(db_index=True, max_length=64)),
                ("who", models.JSONField(default=dict)),
                ("reason", models.CharField(max_length=500)),
                ("asked_by", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("running", "Running"),
                            ("waiting", "Waiting for a tool"),
                            ("done", "Done"),
                        ],
                        default="asked",
                        max_length=7,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("fault", models.CharField(blank=True, max_length=500)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ErasureStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=20)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("is_done", models.BooleanField(default=False)),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("answer", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="catalogue.erasure",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PrivacyState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(default=catalogue.models.privacy_state.fresh, max_length=16),
                ),
                (
                    "epoch",
                    models.CharField(default=catalogue.models.privacy_state.fresh, max_length=16),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="privacy_state_is_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer_fingerprint",
                    models.CharField(blank=True, db_index=True, max_length=64),
                ),
                ("address_fingerprint", models.CharField(blank=True, db_index=True, max_length=64)),
                ("purpose", models.CharField(blank=True, max_length=40)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("import", "A file"),
                            ("api", "A program"),
                            ("admin", "An admin"),
                            ("tool", "Opted out in a tool"),
                            ("erasure", "Erased"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("since", models.DateTimeField()),
                ("added_by", models.CharField(max_length=200)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=200)),
                ("lifted_because", models.CharField(blank=True, max_length=500)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Suppressed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordinal", models.PositiveBigIntegerField(db_index=True)),
                (
                    "found_by",
                    models.CharField(
                        choices=[
                            ("id", "By the customer's id"),
                            ("address", "By the e-mail address"),
                        ],
                        max_length=7,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "suppression",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="catalogue.suppression",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "suppressed",
            },
        ),
        migrations.CreateModel(
            name="VersionErasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256_before", models.CharField(max_length=64)),
                ("sha256_after", models.CharField(max_length=64)),
                ("cleared", models.PositiveIntegerField()),
                ("is_open", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="catalogue.erasure",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasures",
                        to="catalogue.membershipversion",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordinal", models.PositiveBigIntegerField()),
                ("purpose", models.CharField(max_length=40)),
                ("is_given", models.BooleanField()),
                ("source", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("added_by", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["ordinal", "purpose"], name="consent_of_somebody"),
                    models.Index(fields=["purpose", "expires_at"], name="consent_expiry"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at", None), ("is_given", True), _connector="OR"
                        ),
                        name="consent_withdrawn_stays",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(fields=["state", "due_at"], name="erasure_state_due"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", False), ("state", "done")),
                    models.Q(models.Q(("state", "done"), _negated=True), ("done_at", None)),
                    _connector="OR",
                ),
                name="erasure_done_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurestep",
            constraint=models.UniqueConstraint(
                fields=("erasure", "name", "place"), name="erasure_step_once"
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(fields=["lifted_at"], name="suppression_lifted_at"),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("address_fingerprint", ""), ("customer_fingerprint", ""), _negated=True
                ),
                name="suppression_of_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lifted_at", None),
                    models.Q(("source", "erasure"), _negated=True),
                    _connector="OR",
                ),
                name="suppression_of_erased_stays",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppressed",
            constraint=models.UniqueConstraint(
                fields=("suppression", "ordinal"), name="suppressed_once"
            ),
        ),
        migrations.AddIndex(
            model_name="versionerasure",
            index=models.Index(fields=["is_open", "membership"], name="version_erasure_open"),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(but_for_erasure, as_before),
    ]
