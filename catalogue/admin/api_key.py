"""API keys: made for a team, shown once, narrowed by scopes and segments, revoked."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSingleDateWidget,
)

from catalogue.admin import once
from catalogue.admin.base import REFUSALS, ServiceForm, WritingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import is_site_admin, teams_of, user_of
from catalogue.admin.shown import NOTHING, instant
from catalogue.models import ApiKey, Scope, Segment, Status, Team, Via
from catalogue.segments.keys import KeyRefused, create_key, revoke_key
from catalogue.web.components.states import badge

SENT_TWICE = (
    "This form was sent twice, and the key was made the first time. If its text is lost, revoke it"
    " and make another one."
)


class ShownOnce:
    """A text for one page. Whoever writes down what a page was made of, as a log for finding faults
    does, writes down that there was one."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "<the text of a key>"


class ApiKeyForm(ServiceForm):
    """What a key may do, and for how long."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, f"{scope.label} ({scope.value})") for scope in Scope],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Give what the program needs and no more. Without members:read it sees nobody.",
    )
    segments = forms.ModelMultipleChoiceField(
        queryset=Segment.objects.none(),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text="Narrows the key to these segments of its team; none = all of them.",
    )
    last_day = forms.DateField(
        label="Last day",
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text="The key ends with this day; blank = it holds until it is revoked.",
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ApiKey
        fields = ("team", "name")
        help_texts = {"name": "The program that uses it, so that others know what to ask."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "team" in self.fields:
            self._offer_segments(self.fields["team"].queryset)  # type: ignore[attr-defined]

    def _offer_segments(self, teams: QuerySet[Team]) -> None:
        chosen = str(self["team"].value() or "")
        rows = Segment.objects.filter(team__in=teams).exclude(status=Status.ARCHIVED)
        if chosen.isdigit():
            rows = rows.filter(team=int(chosen))
        offered = rows.select_related("team").order_by("team__name", "name")
        self.fields["segments"].queryset = offered  # type: ignore[attr-defined]
        self.fields["segments"].label_from_instance = (  # type: ignore[attr-defined]
            lambda segment: f"{segment.name} ({segment.team.name})"
        )

    def clean_last_day(self) -> datetime | None:
        """The instant at which the day is over."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise ValidationError("That day is over. Choose today or a later one.")
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))  # noqa: DTZ001


@admin.register(ApiKey)
class ApiKeyAdmin(WritingAdmin):
    """Made and revoked, never edited: a program that needs more gets another key."""

    form = ApiKeyForm
    object_type = "key"
    refusals = (*REFUSALS, KeyRefused)
    list_display = ("name", "team", "prefix_shown", "state", "scopes_short", "used", "expires")
    list_filter = (
        "team",
        ("revoked_at", admin.EmptyFieldListFilter),
        "expires_at",
        "last_used_at",
    )
    list_select_related = ("team", "created_by")
    search_fields = ("name", "prefix", "team__name")
    search_help_text = "Name, first letters of the key, team"
    heavy = ("digest",)
    fields = ("team", "name", "scopes", "segments", "last_day", "once")
    read_fields = (
        "team",
        "name",
        "prefix_shown",
        "state",
        "scopes_shown",
        "segments_shown",
        "made",
        "used",
        "expires",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """The keys of one's own teams."""
        rows: QuerySet[ApiKey] = super().get_queryset(request)
        return rows if is_site_admin(request) else rows.filter(team__in=teams_of(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Admins of some team; the service looks at which."""
        return is_site_admin(request) or bool(teams_of(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked for a new key, and what is shown of one that is there."""
        return self.read_fields if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All of a key that is there."""
        return self.read_fields if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Teams whose keys somebody may make."""
        if db_field.name == "team":
            mine = Team.objects.filter(pk__in=teams_of(request)).order_by("name")
            kwargs["queryset"] = mine
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """One's own team where there is one only, and a token that lets the form be sent once."""
        teams = teams_of(request)
        first = {"team": next(iter(teams))} if len(teams) == 1 else {}
        given = super().get_changeform_initial_data(request)
        return {**first, **given, "once": once.issue(request)}

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Make it, once."""
        given = form.cleaned_data
        team = Team.objects.select_for_update().get(pk=given["team"].pk)
        if not once.take(request, given["once"]):
            raise KeyRefused(SENT_TWICE)
        key, text = create_key(
            team=team,
            name=given["name"],
            scopes=given["scopes"],
            segments=given["segments"],
            expires_at=given["last_day"],
            by=user_of(request),
            via=Via.ADMIN,
        )
        obj.pk, obj.prefix = key.pk, key.prefix
        # For the one answer that shows it: never in a session, a message or a log.
        request.key_text = text  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The key, for the only time."""
        key = ApiKey.objects.select_related("team").get(pk=obj.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"The key for {key.name}",
            "opts": self.opts,
            "key": key,
            "text": ShownOnce(request.key_text),  # type: ignore[attr-defined]
            "scopes": [Scope(scope) for scope in key.scopes],
        }
        return TemplateResponse(request, "admin/key_once.html", context)

    def history_key(self, obj: ApiKey) -> str:
        """What the log of changes calls a key."""
        return obj.prefix

    def named(self, obj: ApiKey) -> str:
        """Its name; never its text."""
        return obj.name

    def buttons(self, request: HttpRequest, obj: ApiKey) -> list[Button]:
        """End it."""
        if obj.revoked_at is not None:
            return []
        title = "The next request that carries it is refused. This cannot be undone."
        return [
            Button(name="revoke", label="Revoke", press=self.revoke, tone="danger", title=title)
        ]

    def revoke(self, request: HttpRequest, obj: ApiKey) -> str:
        """End it."""
        revoke_key(key=obj, by=user_of(request), via=Via.ADMIN)
        return f"The key “{obj.name}” is revoked: it opens nothing any more."

    @admin.display(description="Begins with", ordering="prefix")
    def prefix_shown(self, obj: ApiKey) -> str:
        """Enough of it to know it again."""
        return f"segc_{obj.prefix}_…"

    @admin.display(description="State")
    def state(self, obj: ApiKey) -> SafeString:
        """Whether it opens anything."""
        if obj.revoked_at is not None:
            return badge("bad", "Revoked", detail=str(timezone.localdate(obj.revoked_at)))
        if not obj.is_valid(timezone.now()):
            return badge("idle", "Expired")
        return badge("good", "Valid")

    @admin.display(description="Scopes")
    def scopes_short(self, obj: ApiKey) -> str:
        """What it may do, as programs write it."""
        return ", ".join(obj.scopes)

    @admin.display(description="Scopes")
    def scopes_shown(self, obj: ApiKey) -> SafeString:
        """What it may do, in words."""
        known = ((scope, Scope(scope).label) for scope in obj.scopes)
        return format_html_join("", "<code>{}</code> {}<br>", known)

    @admin.display(description="Segments")
    def segments_shown(self, obj: ApiKey) -> str:
        """What it is narrowed to."""
        names = list(obj.segments.order_by("name").values_list("name", flat=True))
        return ", ".join(names) or f"all of the team {obj.team.name}"

    @admin.display(description="Made")
    def made(self, obj: ApiKey) -> SafeString | str:
        """When, and by whom."""
        by = obj.created_by.label if obj.created_by else NOTHING
        return format_html_join("", "{} by {}", [(instant(obj.created_at), by)])

    @admin.display(description="Last used", ordering="last_used_at")
    def used(self, obj: ApiKey) -> SafeString | str:
        """When a request last carried it, to the minute."""
        return instant(obj.last_used_at) if obj.last_used_at else "never"

    @admin.display(description="Ends", ordering="expires_at")
    def expires(self, obj: ApiKey) -> SafeString | str:
        """When it ends by itself."""
        return instant(obj.expires_at) if obj.expires_at else "when it is revoked"
