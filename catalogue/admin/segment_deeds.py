"""What can be done with segments beside writing in their form: with one, by the buttons above it;
with many, by the actions of the list. Either way services do it, one segment at a time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalogue.admin.asking import Question, ask, is_confirmed, ticked
from catalogue.admin.base import REFUSALS, sentences
from catalogue.admin.buttons import Button
from catalogue.admin.rights import user_of
from catalogue.admin.segment_trust import SegmentTrust, named
from catalogue.membership.attempt import RefreshError
from catalogue.membership.effect import built_on
from catalogue.membership.refresh import request_refresh
from catalogue.models import Draft, Segment, Status, User, Via
from catalogue.permissions import can_publish, can_refresh, can_write, check_can_refresh
from catalogue.ports import tool_states
from catalogue.segments import publishing
from catalogue.segments.documents import document_of, to_yaml
from catalogue.segments.editing import discard_draft, duplicate_segment, set_owner
from catalogue.segments.exporting import export_segment
from catalogue.tasks import refresh_run, ring
from catalogue.web.editor.facts import key_from

REFUSED: tuple[type[Exception], ...] = (*REFUSALS, RefreshError, PermissionDenied)
NO_MEMBERS = (
    "# Who is listed by hand is not in this file: people leave by manage.py segments export.\n"
)


class ArchiveForm(forms.Form):
    """Why, and what is used instead."""

    message = forms.CharField(
        label="Why is it not used any more?",
        required=False,
        max_length=publishing.LONGEST_MESSAGE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Whoever still has a link to it reads this.",
    )
    replacement = forms.CharField(
        label="Key of the segment to use instead",
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
    )


class OwnerForm(forms.Form):
    """To whom."""

    owner = forms.ModelChoiceField(
        label="Who answers from now on",
        queryset=User.objects.filter(is_active=True).exclude(email="").order_by("email"),
        widget=UnfoldAdminSelect2Widget,
        help_text="Files name owners by address, so only logins with one are offered.",
    )


class DuplicateForm(forms.Form):
    """What the copy is called."""

    name = forms.CharField(
        label="Name of the copy", max_length=200, widget=UnfoldAdminTextInputWidget
    )
    key = forms.CharField(
        label="Its key",
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text="Small letters, digits and hyphens, for ever. Left empty, the name makes it.",
    )


class Noun(Protocol):
    """What the deeds need of the admin they are mixed into."""

    opts: Any

    def page_url(self, page: str, *args: Any) -> str: ...
    def url_of(self, obj: Any) -> str: ...


class SegmentDeeds(SegmentTrust):
    """Mixed into the admin of segments."""

    actions: Sequence[Any] = (
        *("refresh", "certify", "withdraw_certificate", "archive", "change_owner"),
        *("duplicate", "export"),
    )

    def deeds_for(self: Any, request: HttpRequest, segment: Segment) -> list[Button]:
        """What somebody may do with one segment now."""
        user, asked = user_of(request), self._asked
        export = Button(name="export", label="Export YAML", url=asked(segment, "export"))
        if segment.status == Status.ARCHIVED:
            back = Button(name="unarchive", label="Bring back as a draft", press=self.bring_back)
            return [export, back] if can_publish(user, segment) else [export]
        found = []
        if can_refresh(user, segment):
            found.append(Button(name="refresh", label="Refresh now", press=self.refresh_one))
        if can_write(user, segment):
            found += [
                Button(name="duplicate", label="Duplicate…", url=asked(segment, "duplicate")),
                Button(name="owner", label="Change owner…", url=asked(segment, "owner")),
            ]
        if can_write(user, segment) and Draft.objects.filter(segment=segment).exists():
            found.append(Button(name="discard", label="Discard draft", press=self.discard))
        found += [*self._certificates(user, segment), export]
        if can_publish(user, segment):
            url = asked(segment, "archive")
            found.append(Button(name="archive", label="Archive…", url=url, tone="danger"))
        return found

    def _asked(self: Any, segment: Segment, deed: str) -> str:
        return str(self.page_url("ask", segment.pk, deed))

    def bring_back(self, request: HttpRequest, segment: Segment) -> str:
        """Make an archived segment a draft again."""
        publishing.unarchive(key=segment.key, by=user_of(request), via=Via.ADMIN)
        return f"“{segment.name}” is back, as a draft."

    def discard(self, request: HttpRequest, segment: Segment) -> str:
        """Throw the waiting draft away."""
        discard_draft(key=segment.key, by=user_of(request), via=Via.ADMIN)
        return f"The draft of “{segment.name}” was discarded. What is live is unchanged."

    def refresh_one(self, request: HttpRequest, segment: Segment) -> str:
        """Ask for a refresh."""
        return refresh_these([segment], user_of(request))

    def ask_view(self: Any, request: HttpRequest, object_id: str, deed: str) -> HttpResponse:
        """The page that asks before something is done with one segment."""
        segment = self.get_object(request, object_id)
        deeds: dict[str, Callable[..., HttpResponse]] = {
            "archive": self._archive,
            "certify": self._certify,
            "uncertify": self._uncertify,
            "owner": self._change_owner,
            "duplicate": self._duplicate,
            "export": self._export,
        }
        if segment is None or deed not in deeds:
            raise Http404("There is nothing of the kind. Go back and load the page again.")
        return deeds[deed](request, [segment], back=self.url_of(segment))

    @admin.action(description="Refresh now")
    def refresh(self: Any, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        """One run for all that are ticked."""
        try:
            messages.success(request, refresh_these(list(queryset), user_of(request)))
        except REFUSED as refusal:
            messages.error(request, " ".join(sentences(refusal)))

    @admin.action(description="Archive…")
    def archive(self: Any, request: HttpRequest, queryset: QuerySet[Segment]) -> HttpResponse:
        """After naming what is built on them."""
        found: HttpResponse = self._archive(request, list(queryset), back=self._list())
        return found

    @admin.action(description="Change owner…")
    def change_owner(self: Any, request: HttpRequest, queryset: QuerySet[Segment]) -> HttpResponse:
        """After asking to whom."""
        found: HttpResponse = self._change_owner(request, list(queryset), back=self._list())
        return found

    @admin.action(description="Duplicate…")
    def duplicate(
        self: Any, request: HttpRequest, queryset: QuerySet[Segment]
    ) -> HttpResponse | None:
        """One, after asking what it is called."""
        chosen = list(queryset)
        if len(chosen) != 1:
            messages.error(request, "Tick one segment to duplicate: each copy needs its own name.")
            return None
        return redirect(self._asked(chosen[0], "duplicate"))

    @admin.action(description="Export as YAML")
    def export(self: Any, request: HttpRequest, queryset: QuerySet[Segment]) -> HttpResponse:
        """A file, or an archive of files."""
        return exported(list(queryset))

    def _list(self: Any) -> str:
        return str(self.page_url("changelist"))

    def _export(
        self, request: HttpRequest, segments: Sequence[Segment], *, back: str
    ) -> HttpResponse:
        return exported(segments)

    def _archive(
        self: Any, request: HttpRequest, segments: Sequence[Segment], *, back: str
    ) -> HttpResponse:
        form = ArchiveForm(request.POST if is_confirmed(request) else None)
        if is_confirmed(request) and form.is_valid():
            self._do(
                request,
                segments,
                lambda one: publishing.archive(
                    key=one.key, by=user_of(request), via=Via.ADMIN, **form.cleaned_data
                ),
                "is archived. Its history and its key stay.",
            )
            return redirect(back)
        question = Question(
            title=f"Archive {named(segments)}",
            said="It is not refreshed, listed or synced any more. Nothing is deleted.",
            lines=[f"{one.name} ({one.key})" for one in segments],
            warnings=list(dependents_of(segments, user_of(request))),
            form=form,
            button=f"Archive {named(segments)}",
            tone="danger",
            back=back,
            hidden=ticked(request),
        )
        return ask(self, request, question)

    def _change_owner(
        self: Any, request: HttpRequest, segments: Sequence[Segment], *, back: str
    ) -> HttpResponse:
        form = OwnerForm(request.POST if is_confirmed(request) else None)
        if is_confirmed(request) and form.is_valid():
            owner = form.cleaned_data["owner"]
            self._do(
                request,
                segments,
                lambda one: set_owner(key=one.key, owner=owner, by=user_of(request), via=Via.ADMIN),
                f"belongs to {owner.label} now.",
            )
            return redirect(back)
        question = Question(
            title=f"Change the owner of {named(segments)}",
            said="The owner answers for a segment, and may change it whatever the team.",
            lines=[
                f"{one.name}, now {one.owner or one.owner_email or 'nobody'}" for one in segments
            ],
            form=form,
            button="Change owner",
            back=back,
            hidden=ticked(request),
        )
        return ask(self, request, question)

    def _duplicate(
        self: Any, request: HttpRequest, segments: Sequence[Segment], *, back: str
    ) -> HttpResponse:
        (segment,) = segments
        given = request.POST if request.method == "POST" else None
        form = DuplicateForm(given, initial={"name": f"Copy of {segment.name}"})
        if given is not None and form.is_valid():
            name = form.cleaned_data["name"]
            try:
                copy = duplicate_segment(
                    key=segment.key,
                    new_key=form.cleaned_data["key"] or key_from(name),
                    new_name=name,
                    by=user_of(request),
                    via=Via.ADMIN,
                )
            except REFUSALS as refusal:
                form.add_error("key", sentences(refusal))
            else:
                messages.success(request, f"“{copy.name}” is a draft now.")
                return redirect(self.url_of(copy))
        question = Question(
            title=f"Duplicate {segment.name}",
            said="The copy is a draft that says the same, without its tools and hand-kept lists.",
            form=form,
            button="Make the copy",
            back=back,
        )
        return ask(self, request, question)

    def _do(
        self,
        request: HttpRequest,
        segments: Iterable[Segment],
        deed: Callable[[Segment], object],
        said: str,
    ) -> None:
        """Each on its own: one that is refused does not stop the others, and says why."""
        for segment in segments:
            try:
                deed(segment)
            except REFUSED as refusal:
                messages.error(request, f"{segment.name}: {' '.join(sentences(refusal))}")
            else:
                messages.success(request, f"“{segment.name}” {said}")


def refresh_these(segments: Sequence[Segment], by: User) -> str:
    """One run for these segments, and what to say of it. Raises PermissionDenied and
    RefreshError."""
    for segment in segments:
        check_can_refresh(by, segment)
    run = request_refresh(keys=[segment.key for segment in segments])
    ring(refresh_run, run.pk)
    url = reverse("admin:catalogue_refreshrun_change", args=[run.pk])
    return f"Refresh {run.pk} of {named(segments)} was asked for; see {url}"


def exported(segments: Sequence[Segment]) -> HttpResponse:
    """The files of these segments: one as it is, several in an archive."""
    files = {f"{one.team.slug}/{one.key}.yaml": text_of(one) for one in segments}
    if len(files) == 1:
        ((path, text),) = files.items()
        answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
        name = path.rpartition("/")[2]
    else:
        answer = HttpResponse(_zipped(files), content_type="application/zip")
        name = "segments.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def text_of(segment: Segment) -> str:
    """The file of a segment, without people: who is listed by hand leaves through another door."""
    if not segment.listed.exists():
        return export_segment(segment).text
    return NO_MEMBERS + to_yaml(document_of(segment))


def _zipped(files: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return held.getvalue()


def dependents_of(segments: Sequence[Segment], viewer: User) -> Iterable[str]:
    """A sentence for everything that uses these segments and would lose them."""
    own = {segment.key for segment in segments}
    tools = tool_states(sorted(own))
    for segment in segments:
        users = Segment.objects.visible_to(viewer).filter(key__in=built_on(segment.key))
        names = list(users.exclude(key__in=own).order_by("name").values_list("name", flat=True))
        if names:
            yield (
                f"Built on “{segment.name}”: {', '.join(names)}. They keep their last good members"
                " and are broken until their definitions name another segment."
            )
        if tools[segment.key]:
            held = ", ".join(tool.destination for tool in tools[segment.key])
            yield f"“{segment.name}” is no longer kept in step in: {held}. Nobody is removed there."


def _owner_of(segment: Segment) -> str:
    return segment.owner.label if segment.owner else segment.owner_email or "nobody"
