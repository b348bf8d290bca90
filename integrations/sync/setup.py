"""How one destination wants its people: under what name, made with what, with which fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from integrations import registry
from integrations.manifest import Manifest, Members
from integrations.models import Destination, SyncMode
from integrations.sync.identities import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """`contact`: {name: template} of what contacts are made with, `required` those without which
    nobody is sent; `fields`: {what is said of the segment: field of the tool}, only what is mapped;
    `consent`: what people must have consented to, blank for nothing; `function`: whose message is
    sent."""

    destination_id: int
    manifest: Manifest
    identity: Template
    contact: Mapping[str, Template]
    required: tuple[str, ...]
    fields: Mapping[str, str]
    mode: SyncMode
    consent: str
    function: str

    @property
    def names_by_remote_id(self) -> bool:
        """Whether the tool's read-backs name people by its own ids."""
        return self.manifest.members is Members.REMOTE_ID

    @property
    def traits(self) -> tuple[str, ...]:
        """Every trait that is needed to send somebody."""
        templates = (self.identity, *self.contact.values())
        return tuple(dict.fromkeys(name for one in templates for name in one.traits))

    def lists_fields(self) -> bool:
        """Whether anything is written to a field."""
        return bool(self.fields)


def setup_of(destination: Destination, *, segment: str = "") -> Setup:
    """The setup of a destination for a segment's list. ConfigError for an unknown connector."""
    about = registry.manifest(destination.connector)
    options = destination.options
    texts = {one.name: options.get(f"contact_{one.name}", one.template) for one in about.contact}
    mapped = {name: options.get(f"field_{name}", to) for name, to in about.fields.items()}
    return Setup(
        destination_id=destination.pk,
        manifest=about,
        identity=Template(destination.identity or about.identity),
        contact={name: Template(text) for name, text in texts.items() if text},
        required=tuple(one.name for one in about.contact if one.required),
        fields={name: to.replace("{segment}", segment) for name, to in mapped.items() if to},
        mode=SyncMode(destination.mode),
        consent=destination.purpose,
        function=destination.function or about.function.replace(" ", "_"),
    )
