"""The pages."""

from django.urls import path, register_converter

from catalogue.web.term_names import TermName
from catalogue.web.views.account import account
from catalogue.web.views.archive import archive
from catalogue.web.views.certificate import certificate
from catalogue.web.views.changes import changes, changes_seen
from catalogue.web.views.coverage import coverage
from catalogue.web.views.customer import customer
from catalogue.web.views.customers import customers
from catalogue.web.views.dictionary import dictionary
from catalogue.web.views.discard import discard
from catalogue.web.views.discovery import (
    discoveries,
    discovery,
    discovery_cancel,
    discovery_save,
)
from catalogue.web.views.duplicate import duplicate
from catalogue.web.views.edit import edit
from catalogue.web.views.event import event
from catalogue.web.views.experiment import experiment
from catalogue.web.views.experiment_acts import (
    experiment_arm,
    experiment_decide,
    experiment_roll_out,
    experiment_rolled_out,
    experiment_start,
    experiment_stop,
)
from catalogue.web.views.experiment_edit import experiment_edit
from catalogue.web.views.experiment_new import experiment_new, experiment_size
from catalogue.web.views.experiments import experiments
from catalogue.web.views.export import export, export_cancel, export_download
from catalogue.web.views.home import home
from catalogue.web.views.idea import idea
from catalogue.web.views.idea_acts import (
    idea_comment,
    idea_draft,
    idea_link,
    idea_merge,
    idea_move,
    idea_park,
    idea_vote,
    idea_word,
)
from catalogue.web.views.idea_write import idea_edit, idea_near, idea_new
from catalogue.web.views.ideas import ideas
from catalogue.web.views.metric import metric, metric_archive
from catalogue.web.views.metric_edit import metric_edit, metric_new, metric_preview
from catalogue.web.views.metrics import metrics
from catalogue.web.views.new import new
from catalogue.web.views.notice import notice_seen
from catalogue.web.views.playbooks import playbook, playbooks
from catalogue.web.views.preview import new_preview, preview
from catalogue.web.views.publish import publish
from catalogue.web.views.research import research
from catalogue.web.views.review import review, segment_review
from catalogue.web.views.reviews import reviews
from catalogue.web.views.rules import rules
from catalogue.web.views.run import run, run_cancel, run_retry
from catalogue.web.views.runs import runs
from catalogue.web.views.segment import segment, segment_size
from catalogue.web.views.segment_definition import segment_definition
from catalogue.web.views.segment_diff import segment_diff
from catalogue.web.views.segment_experiments import segment_experiments
from catalogue.web.views.segment_feedback import segment_feedback
from catalogue.web.views.segment_goal import segment_goal, segment_goal_use
from catalogue.web.views.segment_history import segment_history
from catalogue.web.views.segment_ideas import segment_ideas
from catalogue.web.views.segment_metrics import segment_metrics
from catalogue.web.views.segment_people import segment_people
from catalogue.web.views.segment_playbook import segment_playbook
from catalogue.web.views.segment_refresh import segment_refresh, segment_refresh_cancel
from catalogue.web.views.segment_research import segment_research
from catalogue.web.views.segments import segments
from catalogue.web.views.styleguide import styleguide
from catalogue.web.views.survey import survey, survey_new, surveys
from catalogue.web.views.team import team
from catalogue.web.views.teams import teams
from catalogue.web.views.theme import theme
from catalogue.web.views.trait import trait
from catalogue.web.views.unarchive import unarchive
from catalogue.web.views.workspace_settings import workspace_settings

register_converter(TermName, "term")

urlpatterns = [
    path("", home, name="home"),
    path("segments/", segments, name="segments"),
    path("segments/new/", new, name="segment-new"),
    path("segments/new/preview/", new_preview, name="segment-new-preview"),
    path("segments/<str:key>/", segment, name="segment"),
    path("segments/<str:key>/edit/", edit, name="segment-edit"),
    path("segments/<str:key>/edit/preview/", preview, name="segment-preview"),
    path("segments/<str:key>/publish/", publish, name="segment-publish"),
    path("segments/<str:key>/discard/", discard, name="segment-discard"),
    path("segments/<str:key>/duplicate/", duplicate, name="segment-duplicate"),
    path("segments/<str:key>/archive/", archive, name="segment-archive"),
    path("segments/<str:key>/unarchive/", unarchive, name="segment-unarchive"),
    path("segments/<str:key>/size/", segment_size, name="segment-size"),
    path("segments/<str:key>/refresh/", segment_refresh, name="segment-refresh"),
    path(
        "segments/<str:key>/refresh/cancel/", segment_refresh_cancel, name="segment-refresh-cancel"
    ),
    path("segments/<str:key>/definition/", segment_definition, name="segment-definition"),
    path("segments/<str:key>/people/", segment_people, name="segment-people"),
    path("segments/<str:key>/metrics/", segment_metrics, name="segment-metrics"),
    path("metrics/", metrics, name="metrics"),
    path("metrics/new/", metric_new, name="metric-new"),
    path("metrics/preview/", metric_preview, name="metric-preview"),
    path("metrics/workspace/", workspace_settings, name="workspace-settings"),
    path("metrics/<str:key>/", metric, name="metric"),
    path("metrics/<str:key>/edit/", metric_edit, name="metric-edit"),
    path("metrics/<str:key>/archive/", metric_archive, name="metric-archive"),
    path("segments/<str:key>/goal/", segment_goal, name="segment-goal"),
    path("segments/<str:key>/goal/use/", segment_goal_use, name="segment-goal-use"),
    path("segments/<str:key>/history/", segment_history, name="segment-history"),
    path("segments/<str:key>/diff/<str:pair>/", segment_diff, name="segment-diff"),
    path("segments/<str:key>/ideas/", segment_ideas, name="segment-ideas"),
    path("segments/<str:key>/research/", segment_research, name="segment-research"),
    path("research/", research, name="research"),
    path("research/surveys/", surveys, name="surveys"),
    path("research/surveys/new/", survey_new, name="survey-new"),
    path("research/surveys/<str:slug>/", survey, name="survey"),
    path("research/discoveries/", discoveries, name="discoveries"),
    path("research/discoveries/<int:number>/", discovery, name="discovery"),
    path("research/discoveries/<int:number>/cancel/", discovery_cancel, name="discovery-cancel"),
    path(
        "research/discoveries/<int:number>/groups/<int:position>/save/",
        discovery_save,
        name="discovery-save",
    ),
    path("ideas/", ideas, name="ideas"),
    path("ideas/new/", idea_new, name="idea-new"),
    path("ideas/near/", idea_near, name="idea-near"),
    path("ideas/<int:number>/", idea, name="idea"),
    path("ideas/<int:number>/edit/", idea_edit, name="idea-edit"),
    path("ideas/<int:number>/vote/", idea_vote, name="idea-vote"),
    path("ideas/<int:number>/move/", idea_move, name="idea-move"),
    path("ideas/<int:number>/park/", idea_park, name="idea-park"),
    path("ideas/<int:number>/merge/", idea_merge, name="idea-merge"),
    path("ideas/<int:number>/comment/", idea_comment, name="idea-comment"),
    path("ideas/<int:number>/word/", idea_word, name="idea-word"),
    path("ideas/<int:number>/link/", idea_link, name="idea-link"),
    path("ideas/<int:number>/draft/", idea_draft, name="idea-draft"),
    path("rules/", rules, name="rules"),
    path("coverage/", coverage, name="coverage"),
    path("segments/<str:key>/review/", segment_review, name="segment-review"),
    path("segments/<str:key>/certificate/", certificate, name="segment-certificate"),
    path("segments/<str:key>/feedback/", segment_feedback, name="segment-feedback"),
    path("segments/<str:key>/playbook/", segment_playbook, name="segment-playbook"),
    path("playbooks/", playbooks, name="playbooks"),
    path("playbooks/<slug:function>/", playbook, name="playbook"),
    path("reviews/", reviews, name="reviews"),
    path("reviews/<int:number>/", review, name="review"),
    path("segments/<str:key>/experiments/", segment_experiments, name="segment-experiments"),
    path("experiments/", experiments, name="experiments"),
    path("experiments/new/", experiment_new, name="experiment-new"),
    path("experiments/size/", experiment_size, name="experiment-size"),
    path("experiments/<int:number>/", experiment, name="experiment"),
    path("experiments/<int:number>/edit/", experiment_edit, name="experiment-edit"),
    path("experiments/<int:number>/start/", experiment_start, name="experiment-start"),
    path("experiments/<int:number>/stop/", experiment_stop, name="experiment-stop"),
    path("experiments/<int:number>/decide/", experiment_decide, name="experiment-decide"),
    path("experiments/<int:number>/arms/<str:key>/", experiment_arm, name="experiment-arm"),
    path("experiments/<int:number>/roll-out/", experiment_roll_out, name="experiment-roll-out"),
    path(
        "experiments/<int:number>/roll-out/<str:key>/done/",
        experiment_rolled_out,
        name="experiment-rolled-out",
    ),
    path("customers/", customers, name="customers"),
    path("customers/<term:customer_id>/", customer, name="customer"),
    path("accounts/<term:account_id>/", account, name="account"),
    path("exports/<int:number>/", export, name="export"),
    path("exports/<int:number>/cancel/", export_cancel, name="export-cancel"),
    path("exports/<int:number>/download/", export_download, name="export-download"),
    path("runs/", runs, name="runs"),
    path("runs/<int:number>/", run, name="run"),
    path("runs/<int:number>/cancel/", run_cancel, name="run-cancel"),
    path("runs/<int:number>/retry/", run_retry, name="run-retry"),
    path("changes/", changes, name="changes"),
    path("changes/seen/", changes_seen, name="changes-seen"),
    path("notices/<int:number>/seen/", notice_seen, name="notice-seen"),
    path("dictionary/", dictionary, name="dictionary"),
    path("dictionary/traits/<term:name>/", trait, name="trait"),
    path("dictionary/events/<term:name>/", event, name="event"),
    path("teams/", teams, name="teams"),
    path("teams/<str:slug>/", team, name="team"),
    path("styleguide/", styleguide, name="styleguide"),
    path("theme/", theme, name="theme"),
]
