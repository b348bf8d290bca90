"""The pages about tools."""

from django.urls import path

from integrations.web.views.segment_sync import (
    segment_sync,
    segment_sync_approve,
    segment_sync_now,
)
from integrations.web.views.tool import tool, tool_check
from integrations.web.views.tools import tools

urlpatterns = [
    path("tools/", tools, name="tools"),
    path("tools/<str:key>/", tool, name="tool"),
    path("tools/<str:key>/check/", tool_check, name="tool-check"),
    path("segments/<str:key>/sync/", segment_sync, name="segment-sync"),
    path("segments/<str:key>/sync/now/", segment_sync_now, name="segment-sync-now"),
    path("segments/<str:key>/sync/approve/", segment_sync_approve, name="segment-sync-approve"),
]
