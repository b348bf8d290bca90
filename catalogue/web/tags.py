"""What every template may use besides Django's own tags."""

from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.definitions.english.wording import capitalised

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of static/catalogue/icons.svg. Decoration: the word beside it says the same."""
    return format_html(
        '<svg class="ic" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("catalogue/icons.svg"),
        name,
    )


@register.filter
def moment(instant: datetime) -> SafeString:
    """An instant with its zone, for people and machines: `23 Nov 2026, 06:00 UTC`."""
    local = timezone.localtime(instant)
    text = f"{local.day} {local:%b %Y, %H:%M %Z}"
    return format_html('<time datetime="{}">{}</time>', instant.isoformat(), text)


@register.filter
def held(count: int, subject: str = "customer") -> str:
    """What so many members of a segment are: `person`, `people`, `account` or `accounts`."""
    one, several = ("account", "accounts") if subject == "account" else ("person", "people")
    return one if count == 1 else several


@register.filter
def worded(name: str) -> str:
    """A name of ours as words: `customer_success` is Customer success."""
    return capitalised(name)


@register.filter
def initials(name: str) -> str:
    """Two letters for a person: `Mia Braun` is MB, `tom@example.org` is TO."""
    words = name.partition("@")[0].replace(".", " ").split()
    letters = words[0][0] + words[-1][0] if len(words) > 1 else "".join(words)[:2]
    return letters.upper()
