"""Who belongs to a segment, to the letter: in English, as YAML, as JSON, and how many each line
holds. Counts and tests take a moment, so they are parts that the page asks for by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from catalogue.definitions.canonical import to_data
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.linked import linked_lines
from catalogue.engine.inputs import ScanFailed
from catalogue.membership.estimating import NoDataYet
from catalogue.models import Draft, Segment
from catalogue.permissions import can_see_people
from catalogue.published import explain
from catalogue.segments.definition_versions import Written, written
from catalogue.segments.documents import tests_of, to_yaml
from catalogue.segments.refusals import NoSuchVersion
from catalogue.segments.subjects import say_list
from catalogue.segments.testing import verdicts_of
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.components.structure import Tab
from catalogue.web.counting import counted_lines, counts_of
from catalogue.web.fragments import wants_fragment
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

# What the definition can be shown as, and what such a file is.
FORMS = {"english": "English", "yaml": "YAML", "json": "JSON"}
FILES = {"yaml": "application/yaml", "json": "application/json"}
Part = Callable[[HttpRequest, Segment, Written], dict[str, Any]]


@require_safe
@of_segment(archived=True)
def segment_definition(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The newest definition version, or that of `?version=`; `?as=yaml&download=1` is a file."""
    version = _version(segment, request.GET.get("version", ""))
    form = request.GET.get("as", "english")
    if form not in FORMS:
        raise Http404(f"A definition is not shown as “{form}”: there are english, yaml and json.")
    if version is not None and form in FILES and "download" in request.GET:
        return _file(segment, version, form)
    asked = [name for name in PARTS if name in request.GET]
    context: dict[str, Any] = {
        "segment": segment,
        "version": version,
        "may_explain": can_see_people(viewer_of(request), segment),
    }
    if version is not None and version.tree is not None:
        context |= {name: PARTS[name](request, segment, version) for name in asked}
    if asked and wants_fragment(request):
        answer = render(request, f"catalogue/_definition_{asked[0]}.html", context)
    else:
        context |= _page(request, segment, version, form)
        answer = render(request, "catalogue/segment_definition.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _version(segment: Segment, text: str) -> Written | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Http404(f"“{text}” is no number of a definition version.")
    try:
        return written(segment, int(text) if text else None)
    except NoSuchVersion as missing:
        raise Http404(str(missing)) from missing


def _page(
    request: HttpRequest, segment: Segment, version: Written | None, form: str
) -> dict[str, Any]:
    labels = stored_labels(viewer_of(request))
    tree = version.tree if version else None
    return {
        "head": segment_head(segment, current="segment-definition", viewer=viewer_of(request)),
        "lines": linked_lines(tree, labels=labels) if tree else [],
        "list_says": say_list(segment.definition),
        "form": form,
        "forms": [_tab(name, label, form, request) for name, label in FORMS.items()],
        "text": _text(version, form) if version and tree and form in FILES else "",
        "draft": Draft.objects.filter(segment=segment).select_related("created_by").first(),
        "draft_pair": f"{version.number}..draft" if version else "",
        "newest_pair": _newest_pair(segment, version),
        "tests_count": len(tests_of(segment)) if version and version.is_newest else 0,
    }


def _newest_pair(segment: Segment, version: Written | None) -> str:
    if version is None or version.is_newest or segment.definition is None:
        return ""
    return f"{version.number}..{segment.definition.number}"


def _tab(name: str, label: str, form: str, request: HttpRequest) -> Tab:
    query = request.GET.copy()
    query["as"] = name
    query.pop("download", None)
    return Tab(label=label, url=f"?{query.urlencode()}", current=name == form)


def _text(version: Written, form: str) -> str:
    assert version.tree is not None  # noqa: S101 (asked only where there is one)
    data = to_data(version.tree)
    return to_yaml(data) if form == "yaml" else json.dumps(data, indent=2, ensure_ascii=False)


def _file(segment: Segment, version: Written, form: str) -> HttpResponse:
    if version.tree is None:
        raise Http404("A list kept by hand has no definition to download.")
    name = f"{segment.key}-d{version.number}.{form}"
    return HttpResponse(
        _text(version, form),
        content_type=f"{FILES[form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _counts(request: HttpRequest, segment: Segment, version: Written) -> dict[str, Any]:
    assert version.tree is not None  # noqa: S101
    try:
        counts = counts_of(version.tree, hash_=version.hash, key=segment.key, now=timezone.now())
    except DefinitionError as error:
        return {"problems": [fault.message for fault in error.faults]}
    except (NoDataYet, ScanFailed) as error:
        return {"problems": [str(error)]}
    labels = stored_labels(viewer_of(request))
    return {"counts": counts, "lines": counted_lines(version.tree, counts, labels=labels)}


def _tests(_: HttpRequest, segment: Segment, __: Written) -> dict[str, Any]:
    try:
        verdicts = verdicts_of(segment)
    except DefinitionError as error:
        return {"problems": [fault.message for fault in error.faults]}
    passed = sum(verdict.outcome == "passed" for verdict in verdicts)
    others = len(verdicts) - passed
    said = f"{passed} passed" if not others else f"{others} of {len(verdicts)} did not pass"
    return {"verdicts": verdicts, "others": others, "said": said}


def _customer(request: HttpRequest, segment: Segment, version: Written) -> dict[str, Any]:
    asked = request.GET["customer"].strip()
    viewer = viewer_of(request)
    try:
        found = explain(
            segment.key,
            asked,
            viewer=viewer,
            now=timezone.now(),
            definition=None if version.is_newest else version.tree,
            labels=stored_labels(viewer),
        )
    except DefinitionError as error:
        return {"asked": asked, "problem": error.faults[0].message}
    except (NoDataYet, ScanFailed) as error:
        return {"asked": asked, "problem": str(error)}
    explained = found.segments.get(segment.key)
    return {
        "asked": asked,
        "id": found.customer_id,
        "sentence": found.sentence,
        "explained": explained,
    }


PARTS: dict[str, Part] = {"counts": _counts, "tests": _tests, "customer": _customer}
