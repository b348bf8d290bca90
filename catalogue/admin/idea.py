"""Ideas, and what belongs to them. Nobody deletes one; its state is moved by buttons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from catalogue.admin.base import REFUSALS, ReadingAdmin, ServiceForm, WritingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import NOTHING, link_to
from catalogue.ideas.moving import move_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.rights import can_steer
from catalogue.ideas.states import moves_from
from catalogue.ideas.writing import FIELDS, edit_idea
from catalogue.models import (
    Idea,
    IdeaComment,
    IdeaKept,
    IdeaLink,
    IdeaState,
    IdeaVariant,
    IdeaVote,
    Via,
)
from catalogue.web.components.states import badge

TONES = {
    IdeaState.NEW: "info",
    IdeaState.RESEARCHING: "mark",
    IdeaState.TRYING: "mark",
    IdeaState.ADOPTED: "good",
    IdeaState.PARKED: "idle",
    IdeaState.MERGED: "idle",
}


class Inline(TabularInline):
    """What belongs to an idea, to be read."""

    extra = 0
    tab = True
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin reads."""
        return may_enter(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On its page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class VariantInline(Inline):
    """Wordings."""

    model = IdeaVariant
    fields = ("function", "text", "author_name")


class VoteInline(Inline):
    """Votes."""

    model = IdeaVote
    fields = ("voter_name", "team", "created_at")
    readonly_fields = ("created_at",)


class CommentInline(Inline):
    """Comments."""

    model = IdeaComment
    fields = ("author_name", "text", "created_at")
    readonly_fields = ("created_at",)


class LinkInline(Inline):
    """What it rests on and led to."""

    model = IdeaLink
    fields = ("kind", "target", "note")


class IdeaForm(ServiceForm):
    """What an idea says."""

    class Meta:
        model = Idea
        fields = FIELDS


@admin.register(Idea)
class IdeaAdmin(WritingAdmin):
    """Who had it and the editors of its team change it and move it on."""

    form = IdeaForm
    object_type = "idea"
    refusals = (*REFUSALS, IdeaRefused, IdeaKept)
    list_display = (
        "title",
        "segment_shown",
        "state_shown",
        "votes_shown",
        "effect",
        "effort",
        "wakes",
        "team",
    )
    list_filter = ("state", "team", "effect", "effort", "created_at")
    list_select_related = ("segment", "team")
    search_fields = ("title", "text", "segment__name", "segment__key")
    search_help_text = "Title, text, segment"
    date_hierarchy = "created_at"
    autocomplete_fields = ("segment", "team")
    readonly_fields = ("state_shown", "author_name", "parked_reason", "wakes", "merged_into")
    fields = (*FIELDS, *readonly_fields)
    inlines = (VariantInline, VoteInline, CommentInline, LinkInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Idea]:
        """Those that exist for whoever asks, with their votes."""
        visible = Idea.objects.visible_to(user_of(request))
        rows: QuerySet[Idea] = super().get_queryset(request).filter(pk__in=visible.values("pk"))
        return rows.annotate(vote_count=Count("votes", distinct=True))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those who steer it."""
        is_open = obj is None or obj.state != IdeaState.MERGED
        return may_enter(request) and is_open and (obj is None or can_steer(user_of(request), obj))

    def named(self, obj: Idea) -> str:
        """Its title."""
        return obj.title

    def history_key(self, obj: Idea) -> str:
        """Its number."""
        return str(obj.pk)

    def buttons(self, request: HttpRequest, obj: Idea) -> list[Button]:
        """Its page, and where it can go."""
        found = [Button(name="page", label="Page of the idea", url=reverse("idea", args=[obj.pk]))]
        if not can_steer(user_of(request), obj) or obj.state == IdeaState.MERGED:
            return found
        found += [
            Button(name=state, label=f"To {state.label}", press=partial(self.move, state))
            for state in moves_from(obj.state)
        ]
        if obj.state != IdeaState.PARKED:
            url = reverse("idea-park", args=[obj.pk])
            found.append(Button(name="park", label="Park…", url=url))
        if obj.state != IdeaState.ADOPTED:
            url = reverse("idea-merge", args=[obj.pk])
            found.append(Button(name="merge", label="Merge…", url=url))
        return found

    def move(self, state: IdeaState, request: HttpRequest, obj: Idea) -> str:
        """Move it on."""
        by = user_of(request)
        move_idea(number=obj.pk, to=state, by=by, via=Via.ADMIN, now=timezone.now())
        return f"“{obj.title}” is in {state.label} now."

    def save_model(self, request: HttpRequest, obj: Idea, form: Any, change: bool) -> None:
        """Change what it says."""
        said = form.cleaned_data
        segment = said["segment"]
        changes = {**said, "team": said["team"].slug, "segment": segment.key if segment else ""}
        edit_idea(
            number=obj.pk,
            changes={name: changes[name] for name in FIELDS},
            revision=obj.revision,
            by=user_of(request),
            via=Via.ADMIN,
        )

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Idea) -> SafeString | str:
        """What it is about."""
        return link_to(obj.segment)

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: Idea) -> SafeString:
        """How far it is."""
        state = IdeaState(obj.state)
        return badge(TONES[state], state.label)

    @admin.display(description="Votes", ordering="vote_count")
    def votes_shown(self, obj: Idea) -> int:
        """How many people are for it."""
        return int(obj.__dict__["vote_count"])

    @admin.display(description="Wakes up", ordering="wakes_on")
    def wakes(self, obj: Idea) -> str:
        """When, of a parked one."""
        on = [f"on {obj.wakes_on}"] if obj.wakes_on else []
        when = [f"when {obj.wakes_when}"] if obj.wakes_when else []
        return " or ".join([*on, *when]) or NOTHING


class OfIdea(ReadingAdmin):
    """What belongs to ideas that exist for whoever asks."""

    list_select_related: Sequence[str] = ("idea",)
    list_filter: Sequence[Any] = ("idea__state", "created_at")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of ideas that exist for them."""
        visible = Idea.objects.visible_to(user_of(request))
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(idea__in=visible.values("pk"))


@admin.register(IdeaVote)
class IdeaVoteAdmin(OfIdea):
    """Votes; cast on the pages."""

    list_display = ("idea", "voter_name", "team", "created_at")
    list_select_related = ("idea", "team")
    search_fields = ("idea__title", "voter_name")
    fields = ("idea", "voter_name", "team", "created_at")
    readonly_fields = fields


@admin.register(IdeaVariant)
class IdeaVariantAdmin(OfIdea):
    """Wordings of messages."""

    list_display = ("text", "function", "idea", "author_name", "created_at")
    search_fields = ("idea__title", "text")
    fields = ("idea", "function", "text", "author_name", "created_at")
    readonly_fields = fields


@admin.register(IdeaComment)
class IdeaCommentAdmin(OfIdea):
    """Comments."""

    list_display = ("text", "idea", "author_name", "created_at")
    search_fields = ("idea__title", "text", "author_name")
    fields = ("idea", "text", "author_name", "created_at")
    readonly_fields = fields


@admin.register(IdeaLink)
class IdeaLinkAdmin(OfIdea):
    """What ideas rest on and led to."""

    list_display = ("target", "kind", "idea", "note")
    list_filter = ("kind", "created_at")
    search_fields = ("idea__title", "target", "note")
    fields = ("idea", "kind", "target", "note")
    readonly_fields = fields
