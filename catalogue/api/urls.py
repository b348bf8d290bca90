"""The catalogue's resources under /api/v1/."""

from __future__ import annotations

from django.urls import path

from catalogue.api.archiving import Archive, Unarchive
from catalogue.api.consents import ConsentPurposes, Consents
from catalogue.api.customers import AccountSegments, CustomerSegments, Explain
from catalogue.api.definition import SegmentDefinition
from catalogue.api.definitions import EstimateSize, Render, Validate
from catalogue.api.differences import Difference
from catalogue.api.discoveries import CancelDiscovery, Discoveries, OneDiscovery, SaveGroup
from catalogue.api.documentation import Schema
from catalogue.api.erasures import Erasures, OneErasure
from catalogue.api.experiment_acts import (
    DecideExperiment,
    RolloutDone,
    Rollouts,
    StartExperiment,
    StopExperiment,
)
from catalogue.api.experiments import Experiments, Looks, OneExperiment
from catalogue.api.facts import Events, Me, Teams, Traits
from catalogue.api.feedback import SegmentFeedback
from catalogue.api.goal import SegmentGoal
from catalogue.api.health import SegmentHealth, TheCoverage
from catalogue.api.idea_acts import Comments, Draft, Links, Merge, Move, Park, Variants, Vote
from catalogue.api.ideas import Ideas, OneIdea
from catalogue.api.leaving import Leaves
from catalogue.api.members import Changes, Check, Members
from catalogue.api.metrics import ArchiveMetric, Metrics, OneMetric, UnarchiveMetric
from catalogue.api.overlap import Overlaps
from catalogue.api.playbooks import Notes, Playbook
from catalogue.api.research import Evidences, OneSurvey, Surveys
from catalogue.api.reviews import DueReviews, SegmentReviews
from catalogue.api.runs import OneRun, Refresh, SegmentRuns
from catalogue.api.segment_metrics import SegmentMetrics
from catalogue.api.segments import OneSegment, Segments
from catalogue.api.suppressions import LiftSuppression, OneSuppression, Suppressions
from catalogue.api.versions import OneVersion, Publish, PublishRequests, Restore, Versions
from catalogue.api.workspace import Settings

app_name = "api"
SEGMENT = "segments/<str:key>/"
VERSION = f"{SEGMENT}versions/<int:number>/"
IDEA = "ideas/<int:number>/"
DISCOVERY = "discoveries/<int:number>/"
EXPERIMENT = "experiments/<int:experiment>/"

urlpatterns = [
    path("me/", Me.as_view(), name="me"),
    path("segments/", Segments.as_view(), name="segments"),
    path(SEGMENT, OneSegment.as_view(), name="segment"),
    path(f"{SEGMENT}archive/", Archive.as_view(), name="archive"),
    path(f"{SEGMENT}unarchive/", Unarchive.as_view(), name="unarchive"),
    path(f"{SEGMENT}definition/", SegmentDefinition.as_view(), name="definition"),
    path(f"{SEGMENT}versions/", Versions.as_view(), name="versions"),
    path(f"{SEGMENT}versions/diff/", Difference.as_view(), name="difference"),
    path(VERSION, OneVersion.as_view(), name="version"),
    path(f"{VERSION}publish/", Publish.as_view(), name="publish"),
    path(f"{VERSION}request/", PublishRequests.as_view(), name="publish-request"),
    path(f"{VERSION}restore/", Restore.as_view(), name="restore"),
    path(f"{SEGMENT}members/", Members.as_view(), name="members"),
    path(f"{SEGMENT}members/changes/", Changes.as_view(), name="changes"),
    path(f"{SEGMENT}members/check/", Check.as_view(), name="check"),
    path(f"{SEGMENT}goal/", SegmentGoal.as_view(), name="goal"),
    path(f"{SEGMENT}metrics/", SegmentMetrics.as_view(), name="segment-metrics"),
    path(f"{SEGMENT}leaving/", Leaves.as_view(), name="leaving"),
    path(f"{SEGMENT}explain/", Explain.as_view(), name="explain"),
    path(f"{SEGMENT}feedback/", SegmentFeedback.as_view(), name="feedback"),
    path(f"{SEGMENT}playbook/", Playbook.as_view(), name="playbook"),
    path(f"{SEGMENT}playbook/acknowledge/", Notes.as_view(), name="acknowledge"),
    path(f"{SEGMENT}reviews/", SegmentReviews.as_view(), name="segment-reviews"),
    path("reviews/", DueReviews.as_view(), name="reviews"),
    path(f"{SEGMENT}health/", SegmentHealth.as_view(), name="health"),
    path(f"{SEGMENT}health/", SegmentHealth.as_view(), name="health"),
    path(f"{SEGMENT}reviews/", SegmentReviews.as_view(), name="segment-reviews"),
    path("reviews/", DueReviews.as_view(), name="reviews"),
    path(f"{SEGMENT}runs/", SegmentRuns.as_view(), name="segment-runs"),
    path(f"{SEGMENT}refresh/", Refresh.as_view(), name="refresh"),
    path("runs/<int:run_id>/", OneRun.as_view(), name="run"),
    # An id may hold anything, slashes too.
    path("accounts/<path:account_id>/segments/", AccountSegments.as_view(), name="account"),
    path("customers/<path:customer_id>/segments/", CustomerSegments.as_view(), name="customer"),
    path("metrics/", Metrics.as_view(), name="metrics"),
    path("metrics/<str:key>/", OneMetric.as_view(), name="metric"),
    path("metrics/<str:key>/archive/", ArchiveMetric.as_view(), name="metric-archive"),
    path("metrics/<str:key>/unarchive/", UnarchiveMetric.as_view(), name="metric-unarchive"),
    path("workspace/", Settings.as_view(), name="workspace"),
    path(f"{SEGMENT}evidence/", Evidences.as_view(), name="evidence"),
    path("surveys/", Surveys.as_view(), name="surveys"),
    path("surveys/<str:slug>/", OneSurvey.as_view(), name="survey"),
    path("discoveries/", Discoveries.as_view(), name="discoveries"),
    path(DISCOVERY, OneDiscovery.as_view(), name="discovery"),
    path(f"{DISCOVERY}cancel/", CancelDiscovery.as_view(), name="discovery-cancel"),
    path(f"{DISCOVERY}groups/<int:position>/save/", SaveGroup.as_view(), name="discovery-save"),
    path("ideas/", Ideas.as_view(), name="ideas"),
    path(IDEA, OneIdea.as_view(), name="idea"),
    path(f"{IDEA}vote/", Vote.as_view(), name="idea-vote"),
    path(f"{IDEA}move/", Move.as_view(), name="idea-move"),
    path(f"{IDEA}park/", Park.as_view(), name="idea-park"),
    path(f"{IDEA}merge/", Merge.as_view(), name="idea-merge"),
    path(f"{IDEA}comments/", Comments.as_view(), name="idea-comments"),
    path(f"{IDEA}variants/", Variants.as_view(), name="idea-variants"),
    path(f"{IDEA}links/", Links.as_view(), name="idea-links"),
    path(f"{IDEA}draft/", Draft.as_view(), name="idea-draft"),
    path("teams/", Teams.as_view(), name="teams"),
    path("traits/", Traits.as_view(), name="traits"),
    path("events/", Events.as_view(), name="events"),
    path("definitions/validate/", Validate.as_view(), name="validate"),
    path("definitions/render/", Render.as_view(), name="render"),
    path("definitions/estimate/", EstimateSize.as_view(), name="estimate"),
    path("experiments/", Experiments.as_view(), name="experiments"),
    path(EXPERIMENT, OneExperiment.as_view(), name="experiment"),
    path(f"{EXPERIMENT}results/", Looks.as_view(), name="experiment-results"),
    path(f"{EXPERIMENT}start/", StartExperiment.as_view(), name="experiment-start"),
    path(f"{EXPERIMENT}stop/", StopExperiment.as_view(), name="experiment-stop"),
    path(f"{EXPERIMENT}decide/", DecideExperiment.as_view(), name="experiment-decide"),
    path(f"{EXPERIMENT}rollouts/", Rollouts.as_view(), name="experiment-rollouts"),
    path(
        f"{EXPERIMENT}rollouts/<str:key>/done/",
        RolloutDone.as_view(),
        name="experiment-rollout-done",
    ),
    path("overlap/", Overlaps.as_view(), name="overlap"),
    path("suppressions/", Suppressions.as_view(), name="suppressions"),
    path("suppressions/<int:number>/", OneSuppression.as_view(), name="suppression"),
    path("suppressions/<int:number>/lift/", LiftSuppression.as_view(), name="suppression-lift"),
    path("consents/", Consents.as_view(), name="consents"),
    path("consents/purposes/", ConsentPurposes.as_view(), name="consent-purposes"),
    path("erasures/", Erasures.as_view(), name="erasures"),
    path("erasures/<int:number>/", OneErasure.as_view(), name="erasure"),
    path("coverage/", TheCoverage.as_view(), name="coverage"),
    path("schema/", Schema.as_view(), name="schema"),
]
