"""Teams and their seats, and rights to see people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from catalogue.admin.base import REFUSALS, ReadingAdmin, ServiceForm, WritingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import is_site_admin, teams_of, user_of
from catalogue.admin.shown import NOTHING, count, link_to
from catalogue.models import PeopleGrant, Role, Status, Team, TeamMember, Via
from catalogue.segments.seats import (
    SeatRefused,
    ask_four_eyes,
    create_team,
    give_seat,
    grant_people,
    rename_team,
    take_seat,
    withdraw_people,
)
from catalogue.web.components.states import badge


class SeatInline(TabularInline):
    """The seats of a team, or of a login."""

    model = TeamMember
    extra = 0
    tab = True
    hide_title = True
    verbose_name = "seat"
    verbose_name_plural = "seats"
    fields = ("user", "role", "see_people")
    autocomplete_fields = ("user",)

    def _may_write(self, request: HttpRequest, team: Team | None) -> bool:
        return is_site_admin(request) or (team is not None and team.pk in teams_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin reads who sits where."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Seats are given by the team's admins."""
        return self._may_write(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `has_add_permission`."""
        return self._may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `has_add_permission`."""
        return self._may_write(request, obj)


def save_seats(request: HttpRequest, formset: Any) -> None:
    """Give and take the seats of an inline, by the services."""
    by = user_of(request)
    seats = formset.save(commit=False)
    for seat in formset.deleted_objects:
        take_seat(team=seat.team, user=seat.user, by=by, via=Via.ADMIN)
    for seat in seats:
        before = TeamMember.objects.filter(pk=seat.pk).select_related("team", "user").first()
        if before is not None and (before.team, before.user) != (seat.team, seat.user):
            take_seat(team=before.team, user=before.user, by=by, via=Via.ADMIN)
        give_seat(
            team=seat.team,
            user=seat.user,
            role=seat.role,
            see_people=seat.see_people,
            by=by,
            via=Via.ADMIN,
        )


class TeamForm(ServiceForm):
    """A team: its slug is for ever."""

    class Meta:
        model = Team
        fields = ("name", "slug", "four_eyes")
        widgets = {"slug": UnfoldAdminTextInputWidget()}
        help_texts = {"slug": "What files call the team. Small letters, digits and -; for ever."}


@admin.register(Team)
class TeamAdmin(WritingAdmin):
    """Made by site admins; named and seated by their own admins."""

    form = TeamForm
    object_type = "team"
    refusals = (*REFUSALS, SeatRefused)
    list_display = ("name", "slug", "seats", "segments", "keys")
    search_fields = ("name", "slug")
    search_help_text = "Name, slug"
    ordering = ("name",)
    inlines = (SeatInline,)
    fields = ("name", "slug", "four_eyes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """With how many seats, segments and valid keys each has."""
        rows: QuerySet[Team] = super().get_queryset(request)
        return rows.annotate(
            seat_count=Count("members", distinct=True),
            segment_count=Count(
                "segments", filter=~Q(segments__status=Status.ARCHIVED), distinct=True
            ),
            key_count=Count("api_keys", filter=Q(api_keys__revoked_at=None), distinct=True),
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Site admins make teams."""
        return is_site_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The admins of the team, and site admins."""
        return is_site_admin(request) or (obj is not None and obj.pk in teams_of(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The slug, once it is given."""
        return ("slug",) if obj else ()

    def history_key(self, obj: Team) -> str:
        """What the log of changes calls the team."""
        return obj.slug

    def buttons(self, request: HttpRequest, obj: Team) -> list[Button]:
        """Its keys, and its page."""
        keys = f"{reverse('admin:catalogue_apikey_changelist')}?team__id__exact={obj.pk}"
        links = [Button(name="page", label="Page of the team", url=f"/teams/{obj.slug}/")]
        if self.has_change_permission(request, obj):
            links.insert(0, Button(name="keys", label="API keys", url=keys))
        return links

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        """Make it, or name it."""
        by, given = user_of(request), form.cleaned_data
        if change:
            rename_team(team=obj, name=given["name"], by=by, via=Via.ADMIN)
            ask_four_eyes(team=obj, four_eyes=given["four_eyes"], by=by, via=Via.ADMIN)
        else:
            made = create_team(slug=given["slug"], name=given["name"], by=by, via=Via.ADMIN)
            ask_four_eyes(team=made, four_eyes=given["four_eyes"], by=by, via=Via.ADMIN)
            obj.pk, obj.slug, obj.name = made.pk, made.slug, made.name

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Give and take seats."""
        save_seats(request, formset)

    @admin.display(description="Seats", ordering="seat_count")
    def seats(self, obj: Any) -> str:
        """How many logins sit in it."""
        return count(obj.seat_count)

    @admin.display(description="Segments", ordering="segment_count")
    def segments(self, obj: Any) -> SafeString:
        """How many segments it has that are not archived."""
        url = f"{reverse('admin:catalogue_segment_changelist')}?team__id__exact={obj.pk}"
        return format_html('<a href="{}">{}</a>', url, count(obj.segment_count))

    @admin.display(description="Keys", ordering="key_count")
    def keys(self, obj: Any) -> str:
        """How many keys are not revoked."""
        return count(obj.key_count)


@admin.register(TeamMember)
class TeamMemberAdmin(ReadingAdmin):
    """All seats. They are given and taken on the page of the team."""

    list_display = ("who", "team_shown", "role_shown", "people")
    list_filter = ("team", "role", "see_people")
    list_select_related = ("team", "user")
    search_fields = ("user__username", "user__email", "user__first_name", "user__last_name")
    search_help_text = "Name or address of a login"
    fields = list_display
    readonly_fields = fields

    def named(self, obj: TeamMember) -> str:
        """`Mia Braun in Growth`."""
        return f"{obj.user.label} in {obj.team.name}"

    @admin.display(description="Login", ordering="user__username")
    def who(self, obj: TeamMember) -> str:
        """Who sits."""
        return obj.user.label

    @admin.display(description="Team", ordering="team__name")
    def team_shown(self, obj: TeamMember) -> SafeString:
        """Where; the link leads to where the seat can be changed."""
        url = reverse("admin:catalogue_team_change", args=[obj.team_id])
        return format_html('<a href="{}">{}</a>', url, obj.team.name)

    @admin.display(description="Role", ordering="role")
    def role_shown(self, obj: TeamMember) -> str:
        """As what."""
        return Role(obj.role).label

    @admin.display(description="People", ordering="see_people")
    def people(self, obj: TeamMember) -> SafeString | str:
        """Whether they may see who is in the team's segments."""
        return badge("info", "Sees people") if obj.see_people else NOTHING


class PeopleGrantForm(ServiceForm):
    """Who may see the people of which segment."""

    class Meta:
        model = PeopleGrant
        fields = ("segment", "user")


@admin.register(PeopleGrant)
class PeopleGrantAdmin(WritingAdmin):
    """Given and withdrawn by the admins of the segment's team; never edited."""

    form = PeopleGrantForm
    refusals = (*REFUSALS, SeatRefused)
    list_display = ("who", "segment_shown", "team_shown")
    list_filter = ("segment__team",)
    list_select_related = ("segment__team", "user")
    search_fields = ("segment__key", "segment__name", "user__username", "user__email")
    search_help_text = "Segment, login"
    segment_path = "segment"
    fields = ("segment", "user")
    autocomplete_fields = ("segment", "user")

    def named(self, obj: PeopleGrant) -> str:
        """`Tom sees the people of Trial ending`."""
        return f"{obj.user.label} sees the people of {obj.segment.name}"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Admins of some team; the service looks at which."""
        return is_site_admin(request) or bool(teams_of(request))

    def buttons(self, request: HttpRequest, obj: PeopleGrant) -> list[Button]:
        """Withdraw it."""
        if not is_site_admin(request) and obj.segment.team_id not in teams_of(request):
            return []
        return [Button(name="withdraw", label="Withdraw", press=self.withdraw, tone="danger")]

    def withdraw(self, request: HttpRequest, obj: PeopleGrant) -> str:
        """Take the right back."""
        withdraw_people(grant=obj, by=user_of(request), via=Via.ADMIN)
        return f"{obj.user.label} no longer sees the people of “{obj.segment.name}” by this grant."

    def url_of(self, obj: PeopleGrant) -> str:
        """The list: a grant that was withdrawn has no page."""
        return reverse("admin:catalogue_peoplegrant_changelist")

    def save_model(self, request: HttpRequest, obj: Any, form: forms.Form, change: bool) -> None:
        """Give it."""
        given = form.cleaned_data
        made = grant_people(
            segment=given["segment"], user=given["user"], by=user_of(request), via=Via.ADMIN
        )
        obj.pk, obj.segment, obj.user = made.pk, made.segment, made.user

    @admin.display(description="Login", ordering="user__username")
    def who(self, obj: PeopleGrant) -> str:
        """Who sees."""
        return obj.user.label

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: PeopleGrant) -> SafeString | str:
        """Whose people."""
        return link_to(obj.segment)

    @admin.display(description="Team", ordering="segment__team__name")
    def team_shown(self, obj: PeopleGrant) -> str:
        """The team that gives it."""
        return obj.segment.team.name
