"""Fields of persons: what their names stand for, and the labels, which are the options of one.

https://developers.pipedrive.com/docs/api/v1/PersonFields
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from integrations.connectors.pipedrive.client import PipedriveClient, data_of
from integrations.errors import AudienceGone, ConfigError
from integrations.http import Reply

FIELDS = "/api/v2/personFields"
LABELS = "label_ids"
TEXTS = ("varchar", "varchar_auto", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label: its id is a number to Pipedrive, and a text to us."""

    label_id: str
    name: str


class PersonFields:
    """Calls about fields. Raises what `PipedriveClient` raises."""

    def __init__(self, client: PipedriveClient) -> None:
        self._client = client
        self._keys: Mapping[str, str] = {}

    def key(self, name: str) -> str:
        """The key of a text field that we may write, from its name or key. ConfigError otherwise.
        What was found once is not asked for again."""
        if name not in self._keys:
            self._keys = {**self._keys, name: self._found(name)}
        return self._keys[name]

    def _found(self, name: str) -> str:
        found = [
            one for one in self._all() if name in (one.get("field_code"), one.get("field_name"))
        ]
        if not found:
            raise _fault(
                f"Pipedrive has no person field {name!r}. Make it there, of type Text, or map "
                "another."
            )
        if len(found) > 1:
            raise _fault(
                f"Pipedrive has {len(found)} person fields called {name!r}. Give the key of one, "
                "from Company settings → Data fields → Copy API key."
            )
        (one,) = found
        if not one.get("is_custom_field") or one.get("field_type") not in TEXTS:
            raise _fault(
                f"No text can be written to the person field {name!r} at Pipedrive. Map a custom "
                "field of type Text."
            )
        return str(one["field_code"])

    def _all(self) -> list[dict[str, Any]]:
        pages = self._client.pages(FIELDS, {})
        return [one for page, _ in pages for one in page if isinstance(one, dict)]

    def label(self, label_id: str) -> Label:
        """The label of that id; AudienceGone when it was deleted."""
        labels, reply = self._labels()
        for label in labels:
            if label.label_id == label_id:
                return label
        raise AudienceGone(
            f"The label {label_id} is no longer at Pipedrive, though we made or found it. Nothing "
            "more is sent. If it was deleted by mistake, have it made again with --recreate.",
            **reply.story(),
        )

    def label_named(self, name: str) -> Label | None:
        """The label of exactly that name; ConfigError where there are two."""
        found = [label for label in self._labels()[0] if label.name == name]
        if len(found) > 1:
            raise _fault(f"Pipedrive has {len(found)} labels of persons called {name!r}.")
        return found[0] if found else None

    def make_label(self, name: str) -> Label:
        """Make a label; ConfigError if refused."""
        path = f"{FIELDS}/{quote(LABELS, safe='')}/options"
        reply = self._client.call("POST", path, body=[{"label": name}])
        if 400 <= reply.status < 500:
            raise ConfigError(
                f"Pipedrive will not make the label {name!r}; see what it answered.",
                **reply.story(),
            )
        made = [label for label in _labels(data_of(reply, list), reply) if label.name == name]
        if len(made) != 1:
            raise reply.senseless("Pipedrive did not say that the label was made.")
        return made[0]

    def _labels(self) -> tuple[list[Label], Reply]:
        reply = self._client.call("GET", f"{FIELDS}/{LABELS}")
        return _labels(data_of(reply, dict).get("options"), reply), reply


def _labels(options: Any, reply: Reply) -> list[Label]:
    try:
        return [
            Label(label_id=str(int(one["id"])), name=str(one["label"])) for one in options or ()
        ]
    except (KeyError, TypeError, ValueError) as fault:
        raise reply.senseless("Pipedrive's labels make no sense.") from fault


def _fault(sentence: str) -> ConfigError:
    return ConfigError(sentence, vendor="pipedrive")
