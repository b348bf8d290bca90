"""What is found of one connector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.manifest import Limits, Manifest, Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """`faults` have to be put right; `todos` are not done yet; either keeps it from being whole.

    `manifest` is None where it cannot be read. `scenarios` is how many the contract has, and
    `exempt` names those that do not apply, each with its reason.
    """

    name: str
    manifest: Manifest | None
    faults: Sequence[str] = ()
    todos: Sequence[str] = ()
    scenarios: int = 0
    exempt: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong and nothing is left to do."""
        return not self.faults and not self.todos

    def as_json(self) -> dict[str, Any]:
        """All of it, with every rule and every limit, as it goes into JSON."""
        return {
            "connector": self.name,
            "ok": self.is_whole,
            **({} if self.manifest is None else _about(self.manifest)),
            "scenarios": {"all": self.scenarios, "exempt": dict(self.exempt)},
            "faults": list(self.faults),
            "todo": list(self.todos),
        }

    def lines(self) -> list[str]:
        """The same for people, without what is well."""
        title = self.manifest.title if self.manifest else "manifest.toml cannot be read"
        return [
            f"{self.name} ({title}): {self._summary()}",
            *(f"  fault: {fault}" for fault in self.faults),
            *(f"  todo: {todo}" for todo in self.todos),
        ]

    def _summary(self) -> str:
        if self.manifest is None:
            return "not checked further."
        standings = [rule.standing for rule in self.manifest.quality.values()]
        rules = ", ".join(
            f"{standings.count(one)} {one}" for one in dict.fromkeys(sorted(standings))
        )
        tried = self.scenarios - len(self.exempt)
        return f"rules {rules}; {tried} of {self.scenarios} scenarios, {len(self.exempt)} exempt."


def _about(manifest: Manifest) -> dict[str, Any]:
    return {
        "title": manifest.title,
        "function": manifest.function,
        "mode": str(manifest.mode),
        "modes": list(manifest.modes),
        "read_back": str(manifest.read_back),
        "rules": {
            name: {"standing": str(rule.standing), "reason": rule.reason}
            for name, rule in manifest.quality.items()
        },
        "limits": _sourced(manifest.limits, "records", "bytes", "batch"),
        "rate": _sourced(manifest.rate, "requests", "seconds", "concurrency"),
    }


def _sourced(limit: Limits | Rate, *numbers: str) -> dict[str, Any]:
    said = {name: getattr(limit, name) for name in numbers}
    return {**said, "source": limit.source.text, "known": str(limit.source.known)}
