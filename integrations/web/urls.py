"""The pages about tools."""

from django.urls import path

from integrations.web.views.segment_sync import (
    segment_sync,
    segment_sync_approve,
    segment_sync_now,
)
from integrations.web.views.segment_sync_new import segment_sync_new
from integrations.web.views.segment_sync_steering import (
    segment_sync_full,
    segment_sync_look,
    segment_sync_pause,
    segment_sync_resume,
)
from integrations.web.views.sync_run import sync_run
from integrations.web.views.tool import tool, tool_check
from integrations.web.views.tools import tools

urlpatterns = [
    path("tools/", tools, name="tools"),
    path("tools/<str:key>/", tool, name="tool"),
    path("tools/<str:key>/check/", tool_check, name="tool-check"),
    path("tools/<str:key>/syncs/<int:number>/", sync_run, name="sync-run"),
    path("segments/<str:key>/sync/", segment_sync, name="segment-sync"),
    path("segments/<str:key>/sync/new/", segment_sync_new, name="segment-sync-new"),
    path("segments/<str:key>/sync/now/", segment_sync_now, name="segment-sync-now"),
    path("segments/<str:key>/sync/approve/", segment_sync_approve, name="segment-sync-approve"),
    path("segments/<str:key>/sync/pause/", segment_sync_pause, name="segment-sync-pause"),
    path("segments/<str:key>/sync/resume/", segment_sync_resume, name="segment-sync-resume"),
    path("segments/<str:key>/sync/full/", segment_sync_full, name="segment-sync-full"),
    path("segments/<str:key>/sync/look/", segment_sync_look, name="segment-sync-look"),
]
