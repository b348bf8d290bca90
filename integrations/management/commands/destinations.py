"""manage.py destinations: the tools that segments can be sent to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations import registry
from integrations.errors import ConfigError, IntegrationError
from integrations.models import Destination
from integrations.sync.checking import warnings_of
from integrations.sync.common_options import COMMON
from integrations.sync.destinations import check_destination, rotate_secrets, save_destination


class Command(BaseCommand):
    """add, list, check and rotate-secrets. Options are given as `--option NAME=VALUE`."""

    help = "Add, list and check the tools that segments can be sent to."

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True)
        add = ways.add_parser("add", help="add a destination, or change its options")
        add.add_argument("connector", help=", ".join(each.name for each in registry.manifests()))
        add.add_argument("--name", required=True, help="what segment files call it")
        add.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"one option; known to all connectors: {', '.join(COMMON)}",
        )
        check = ways.add_parser("check", help="ask tools whether they are there and know us")
        check.add_argument("names", nargs="*", metavar="NAME")
        listing = ways.add_parser("list", help="the destinations there are")
        rotate = ways.add_parser(
            "rotate-secrets",
            help="encrypt stored secrets with the newest of SECRETS_KEYS; may be run again",
        )
        for way in (add, check, listing, rotate):
            way.add_argument("--json", action="store_true", help="one JSON object per destination")

    def handle(self, *args: Any, **options: Any) -> None:
        ways = {
            "add": self._add,
            "check": self._check,
            "list": self._list,
            "rotate-secrets": self._rotate,
        }
        ways[options["way"]](options)

    def _add(self, options: dict[str, Any]) -> None:
        pairs = [part.partition("=") for part in options["option"]]
        unclear = [name for name, equals, _ in pairs if not equals]
        if unclear:
            raise CommandError(f"Write --option NAME=VALUE, not {unclear[0]!r}.")
        try:
            destination = save_destination(
                key=options["name"],
                connector=options["connector"],
                options={name: value for name, _, value in pairs},
            )
        except ConfigError as fault:
            raise CommandError(fault.sentence) from fault
        self._say(options, destination, "saved")

    def _check(self, options: dict[str, Any]) -> None:
        failed = False
        for destination in self._chosen(options["names"]):
            try:
                said = check_destination(destination)
                found = warnings_of(destination, now=datetime.now(UTC))
                self._say(options, destination, " ".join([said, *found]))
            except IntegrationError as fault:
                failed = True
                self._say(options, destination, str(fault))
        if failed:
            raise CommandError("Not every destination answers; see above.")

    def _list(self, options: dict[str, Any]) -> None:
        for destination in self._chosen([]):
            self._say(options, destination, destination.off_reason or "in use")

    def _rotate(self, options: dict[str, Any]) -> None:
        failed = False
        for destination in self._chosen([]):
            try:
                count = rotate_secrets(destination)
            except ConfigError as fault:
                failed = True
                self._say(options, destination, fault.sentence)
            else:
                said = f"{count} encrypted anew" if count else "nothing to do"
                self._say(options, destination, said)
        if failed:
            raise CommandError("Keep the old keys in SECRETS_KEYS until none of these is left.")

    def _chosen(self, names: list[str]) -> list[Destination]:
        found = {each.key: each for each in Destination.objects.order_by("key")}
        unknown = [name for name in names if name not in found]
        if unknown:
            known = ", ".join(found) or "none yet"
            raise CommandError(f"There is no destination {unknown[0]!r}; there are: {known}.")
        return [found[name] for name in names] if names else list(found.values())

    def _say(self, options: dict[str, Any], destination: Destination, sentence: str) -> None:
        line = {"destination": destination.key, "connector": destination.connector}
        if options["json"]:
            self.stdout.write(json.dumps(line | {"sentence": sentence}))
        else:
            self.stdout.write(f"{destination.key} ({destination.connector}): {sentence}")
