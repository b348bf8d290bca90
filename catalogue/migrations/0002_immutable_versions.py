"""Versions never change: the database itself refuses to update them.

A later migration that rebuilds one of these tables on SQLite (any AlterField, AddField …) drops its
triggers with the old table and must end with `forbid` again.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

IMMUTABLE = {
    "catalogue_membershipversion": [
        "id",
        "segment_id",
        "number",
        "subject",
        "definition_id",
        "run_id",
        "photo_id",
        "now",
        "size",
        "entered_count",
        "left_count",
        "entered",
        "left",
        "key_frame",
        "sha256",
        "published_at",
    ],
    # Not created_by_id: deleting a login empties it.
    "catalogue_definitionversion": [
        "id",
        "segment_id",
        "number",
        "subject",
        "canonical",
        "definition_hash",
        "source",
        "message",
        "created_at",
    ],
}
WHY = "A version is never changed: publish a new one."


def forbid(apps: Any, schema_editor: Any) -> None:
    """Refuse every UPDATE of these columns."""
    for table, columns in IMMUTABLE.items():
        for statement in _statements(schema_editor, table, columns):
            schema_editor.execute(statement)


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away again."""
    for table in IMMUTABLE:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immutable{on}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS catalogue_refuse_update()")


def _statements(schema_editor: Any, table: str, columns: list[str]) -> list[str]:
    quoted = ", ".join(schema_editor.quote_name(column) for column in columns)
    head = f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OF {quoted} ON {table}"
    if schema_editor.connection.vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION catalogue_refuse_update() RETURNS trigger AS $$"
            f" BEGIN RAISE EXCEPTION '{WHY}' USING ERRCODE = 'integrity_constraint_violation';"
            " END $$ LANGUAGE plpgsql"
        )
        return [function, f"{head} FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_update()"]
    return [f"{head} BEGIN SELECT RAISE(ABORT, '{WHY}'); END"]


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_catalogue")]

    operations = [migrations.RunPython(forbid, allow)]
