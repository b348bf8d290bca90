"""A builder as a browser would post it: from its fields, or from the HTML that a template made."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.http import QueryDict

from catalogue.web.builder.rules import Rules


def posted(fields: list[tuple[str, str]]) -> QueryDict:
    """What Django makes of fields."""
    data = QueryDict(mutable=True)
    for name, value in fields:
        data.appendlist(name, value)
    return data


def fields_of(rules: Rules, name: str = "rule") -> list[tuple[str, str]]:
    """Every field of the rules, in their order."""
    fields = [(f"{name}-group", rules.group), (f"{name}-timezone", rules.timezone)]
    fields += [(f"{name}-bare", "1")] if rules.is_bare else []
    fields.append((f"{name}-subject", rules.subject))
    for row in rules.rows:
        fields += [(f"{name}-row", row.id), (f"{name}-{row.id}-is", row.kind)]
        fields += [(f"{name}-{row.id}-{field}", text) for field, text in row.fields.items()]
    return fields


class Form(HTMLParser):
    """Reads what a browser would post when no button is pressed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[dict[str, str]] = []
        self.name = ""
        self.text = ""
        self.chosen: str | None = None
        self.first: str | None = None
        # As a browser reads a page, a line ends in one character.
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in found:
            self._input(found)
        elif tag in ("select", "textarea") and "name" in found:
            self.name, self.text, self.chosen, self.first = found["name"], "", None, None
        elif tag == "option":
            self._option(found)
        elif tag == "button":
            self.buttons.append(found)

    def _input(self, found: dict[str, str]) -> None:
        is_off = found.get("type") in ("radio", "checkbox") and "checked" not in found
        if found.get("type") != "submit" and not is_off and "disabled" not in found:
            # A field of one line holds none.
            value = found.get("value", "").replace("\r", "").replace("\n", "")
            self.fields.append((found["name"], value))

    def _option(self, found: dict[str, str]) -> None:
        self.first = found["value"] if self.first is None else self.first
        if "selected" in found:
            self.chosen = found["value"]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.name:
            self.fields.append(
                (self.name, self.chosen if self.chosen is not None else self.first or "")
            )
        elif tag == "textarea" and self.name:
            # A browser drops the line break after the tag, and posts others as two characters.
            text = self.text.removeprefix("\n")
            self.fields.append((self.name, text.replace("\n", "\r\n")))
        if tag in ("select", "textarea"):
            self.name = ""


def form_on(page: str, *, mark: str = 'class="editor"') -> dict[str, list[str]]:
    """The fields of the form on a page that `mark` stands in, as test clients post them."""
    found = re.search(rf"<form[^>]*{re.escape(mark)}.*?</form>", page, re.DOTALL)
    assert found is not None, "there is no such form on the page"
    fields: dict[str, list[str]] = {}
    for name, value in Form(found.group(0)).fields:
        fields.setdefault(name, []).append(value)
    return fields
