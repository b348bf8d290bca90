"""The rights table: every route of pages and API, each of its methods, and who may.

A route that is missing here fails the tests. Admin pages are one block: tests/rights/test_admin.py.
"""

from __future__ import annotations

from typing import Any

from tests.rights import rules
from tests.rights.ground import OWN, TRIED, Ground
from tests.rights.rows import Row, act, of_segment, page, patch, put


def web(ground: Ground) -> list[Row]:
    """All pages and forms."""
    run = {"number": ground.ids["run"]}
    tried = {"number": ground.ids["experiment"]}
    export = {"number": ground.ids["export"]}
    pair = {"pair": "1..1"}
    idea = {"number": ground.ids["idea"]}
    search = {"number": ground.ids["discovery"]}
    tool = {"key": "drop"}
    metric = {"key": "logins"}
    restore = {"message": "Back.", "token": "x"}
    copy = {"list": ground.ids["audience"]}
    return [
        page("home", rules.open_to_all),
        page("login", rules.open_to_all),
        act("login", rules.open_to_all, body={"username": "x", "password": "y"}),
        act("logout", rules.signed_in),
        page("livez", rules.open_to_all),
        page("readyz", rules.open_to_all),
        page("segments", rules.signed_in),
        page("segment-new", rules.make_segments),
        act("segment-new", rules.make_segments),
        act("segment-new-preview", rules.make_segments),
        of_segment(page, "segment", rules.read),
        of_segment(page, "segment-size", rules.read, headers={"HX-Request": "true"}),
        of_segment(page, "segment-definition", rules.read),
        of_segment(page, "segment-goal", rules.read),
        of_segment(act, "segment-goal-use", rules.duplicate, body={"part": "reached"}),
        of_segment(page, "segment-history", rules.read),
        of_segment(page, "segment-diff", rules.read, arguments=pair),
        of_segment(act, "segment-diff", rules.write, arguments=pair, body=restore),
        of_segment(page, "segment-people", rules.read),
        of_segment(act, "segment-people", rules.see_people, body={"format": "csv"}),
        of_segment(page, "segment-sync", rules.read),
        of_segment(page, "segment-sync-new", rules.write),
        of_segment(act, "segment-sync-new", rules.write, body={"to": "drop"}),
        of_segment(act, "segment-sync-now", rules.only_of_own(rules.write), body=copy),
        of_segment(act, "segment-sync-approve", rules.only_of_own(rules.write), body=copy),
        of_segment(
            act,
            "segment-sync-pause",
            rules.only_of_own(rules.write),
            body={**copy, "reason": "not now"},
        ),
        of_segment(act, "segment-sync-resume", rules.only_of_own(rules.write), body=copy),
        of_segment(act, "segment-sync-full", rules.only_of_own(rules.write), body=copy),
        of_segment(act, "segment-sync-look", rules.only_of_own(rules.write), body=copy),
        of_segment(page, "segment-edit", rules.write),
        of_segment(act, "segment-edit", rules.write),
        of_segment(act, "segment-preview", rules.write),
        of_segment(page, "segment-publish", rules.write),
        of_segment(act, "segment-publish", rules.write),
        of_segment(page, "segment-discard", rules.write),
        of_segment(act, "segment-discard", rules.write),
        of_segment(page, "segment-duplicate", rules.duplicate),
        of_segment(act, "segment-duplicate", rules.duplicate),
        of_segment(page, "segment-archive", rules.write),
        of_segment(act, "segment-archive", rules.write),
        of_segment(act, "segment-unarchive", rules.write),
        of_segment(page, "segment-review", rules.read),
        of_segment(act, "segment-review", rules.write),
        of_segment(page, "segment-certificate", rules.vouch),
        of_segment(act, "segment-certificate", rules.vouch),
        of_segment(page, "segment-playbook", rules.read),
        of_segment(act, "segment-playbook", rules.write, body={"number": "0", "message": "Hello."}),
        of_segment(page, "segment-feedback", rules.read),
        of_segment(
            act, "segment-feedback", rules.see_people, query="?member=ada", body={"fits": "yes"}
        ),
        page("playbooks", rules.signed_in),
        page("playbook", rules.signed_in, arguments={"function": "sales"}),
        page("reviews", rules.signed_in),
        page("review", rules.signed_in, arguments={"number": ground.ids["review"]}),
        of_segment(act, "segment-refresh", rules.write),
        of_segment(act, "segment-refresh-cancel", rules.write_if_active),
        of_segment(page, "segment-metrics", rules.read),
        page("metrics", rules.signed_in),
        page("metric", rules.signed_in, arguments=metric),
        page("metric-new", rules.define_metrics),
        act("metric-new", rules.define_metrics),
        act("metric-preview", rules.define_metrics, headers={"HX-Request": "true"}),
        page("metric-edit", rules.define_metrics, arguments=metric),
        act("metric-edit", rules.define_metrics, arguments=metric),
        act("metric-archive", rules.define_metrics, arguments=metric),
        page("workspace-settings", rules.signed_in),
        act("workspace-settings", rules.steer_all),
        of_segment(page, "segment-ideas", rules.read),
        of_segment(page, "segment-research", rules.read),
        of_segment(act, "segment-research", rules.write, body=INTERVIEW),
        page("research", rules.signed_in),
        page("surveys", rules.signed_in),
        page("survey-new", rules.load_surveys),
        act("survey-new", rules.load_surveys),
        page("survey", rules.signed_in, arguments={"slug": "exit"}),
        page("discoveries", rules.signed_in),
        act("discoveries", rules.count_anything, body={"event": "login", "days": "1"}),
        page("discovery", rules.signed_in, arguments=search),
        act("discovery-cancel", rules.count_anything, arguments=search),
        act("discovery-save", rules.signed_in, arguments={**search, "position": 0}),
        page("ideas", rules.signed_in),
        page("idea-new", rules.signed_in),
        act("idea-new", rules.signed_in),
        page("idea-near", rules.signed_in),
        page("idea", rules.signed_in, arguments=idea),
        page("idea-edit", rules.steer_ideas, arguments=idea),
        act("idea-edit", rules.steer_ideas, arguments=idea),
        act("idea-vote", rules.signed_in, arguments=idea),
        act("idea-move", rules.steer_ideas, arguments=idea, body={"state": "trying"}),
        page("idea-park", rules.steer_ideas, arguments=idea),
        act("idea-park", rules.steer_ideas, arguments=idea),
        page("idea-merge", rules.steer_ideas, arguments=idea),
        act("idea-merge", rules.steer_ideas, arguments=idea),
        act("idea-comment", rules.signed_in, arguments=idea, body={"text": "Yes."}),
        act("idea-word", rules.signed_in, arguments=idea, body=WORDING),
        act("idea-link", rules.steer_ideas, arguments=idea, body=LINK),
        act("idea-draft", rules.steer_ideas, arguments=idea),
        of_segment(page, "segment-experiments", rules.read),
        page("experiments", rules.signed_in),
        page("experiment-new", rules.make_experiments),
        act("experiment-new", rules.make_experiments),
        act("experiment-size", rules.make_experiments, headers={"HX-Request": "true"}),
        page("experiment", rules.signed_in, arguments=tried),
        page("experiment-edit", rules.on_own(rules.write), arguments=tried),
        act("experiment-edit", rules.on_own(rules.write), arguments=tried),
        act("experiment-start", rules.on_own(rules.write), arguments=tried, body=WHY),
        act("experiment-stop", rules.on_own(rules.write), arguments=tried),
        act("experiment-decide", rules.on_own(rules.write), arguments=tried, body=DECIDED),
        act("experiment-roll-out", rules.on_own(rules.write), arguments=tried, body=ROLLED_OUT),
        act("experiment-rolled-out", rules.on_own(rules.write), arguments={**tried, "key": OWN}),
        act("experiment-arm", rules.on_own(rules.duplicate), arguments={**tried, "key": "hello"}),
        page("customers", rules.look_people_up),
        page("customer", rules.look_somebody_up, arguments={"customer_id": "ada"}),
        page("account", rules.look_somebody_up, arguments={"account_id": "acme"}),
        page("export", rules.own_export, arguments=export),
        act("export-cancel", rules.own_export, arguments=export),
        page("export-download", rules.own_export, arguments=export),
        page("runs", rules.signed_in),
        page("run", rules.signed_in, arguments=run),
        act("run-cancel", rules.steer_all, arguments=run),
        act("run-retry", rules.steer_all, arguments=run),
        page("tools", rules.signed_in),
        page("tool", rules.signed_in, arguments=tool),
        page("sync-run", rules.signed_in, arguments={**tool, "number": ground.ids["sync"]}),
        act("tool-check", rules.see_to_tools, arguments=tool),
        page("changes", rules.signed_in),
        act("changes-seen", rules.signed_in),
        act("notice-seen", rules.own_notice, arguments={"number": ground.ids["notice"]}),
        page("dictionary", rules.signed_in),
        page("trait", rules.signed_in, arguments={"name": "plan"}),
        act("trait", rules.see_to_tools, arguments={"name": "plan"}),
        page("event", rules.signed_in, arguments={"name": "login"}),
        act("event", rules.see_to_tools, arguments={"name": "login"}),
        page("rules", rules.signed_in),
        page("coverage", rules.signed_in),
        page("teams", rules.signed_in),
        page("team", rules.signed_in, arguments={"slug": "growth"}),
        page("styleguide", rules.signed_in),
        act("theme", rules.open_to_all, body={"theme": "dark"}),
        page("api-docs-short", rules.signed_in),
        page("api-docs", rules.signed_in),
        page("api-reference", rules.signed_in),
        page("api-problem", rules.signed_in, arguments={"slug": "not-found"}),
    ]


INTERVIEW = {"kind": "interview", "source": "research/x"}
SURVEY = {"slug": "new", "name": "New", "source": "x", "asked_on": "2026-03-01", "csv": "id"}
WORDING = {"wording-function": "sales", "wording-text": "Hello."}
LINK = {"link-kind": "experiment", "link-target": "1"}
ANY = {"If-Match": "*"}
ANSWERS = {
    **{name: "yes" for name in ("still_true", "still_used", "goal_holds", "message_right")},
    "outcome": "keep",
}
VARIANT = {"function": "sales", "text": "Hello."}
EXPERIMENT = {"kind": "experiment", "target": "1"}
WHY = {"smaller_because": "There are no more of them."}
DECIDED = {"decision": "inconclusive", "reason": "Nobody was ever greeted."}
ALL_SCOPES = {"full key", "foreign key", "narrowed key"}
SYNC_ACTS: dict[str, dict[str, Any]] = {
    "now": {},
    "pause": {"reason": "Not now."},
    "resume": {},
    "full": {},
    "cancel": {},
    "approve": {"membership_version": 1},
}
RECEIPT = {
    "tool": "crm",
    "membership_version": 1,
    "count": 1,
    "checksum": "0" * 16,
    "as_of": "2026-03-18T12:00:00Z",
}
ROLLED_OUT = {"segment": OWN, "due_on": "2099-01-01"}
CONSENT = {"customer_id": "ada", "purpose": "sales", "given": True, "source": "form"}
DEFINITION = {"definition": {"trait": "plan", "is": "pro"}}
AIM = {"event": "login", "within": "14 days"}
NEW_METRIC = {"key": "pros", "name": "Pros", "definition": {"share": DEFINITION["definition"]}}
NEW = {"key": "made-by-a-key", "name": "Made", "team": "growth", **DEFINITION}


def api(ground: Ground) -> list[Row]:
    """All resources, asked by programs."""
    number = {"number": 1}
    idea = {"number": ground.ids["idea"]}
    search = {"number": ground.ids["discovery"]}
    kept = {"number": ground.ids["suppression"]}
    tried = {"experiment": ground.ids["experiment"]}
    people = rules.key_acts
    metric = {"key": "logins"}
    return [
        page("api:schema", rules.open_to_all),
        page("api:me", rules.any_key),
        page("api:segments", rules.any_key),
        act("api:segments", rules.key_makes, body=NEW),
        of_segment(page, "api:segment", rules.key_reads),
        of_segment(patch, "api:segment", rules.key_writes, body={"why": "!"}, headers=ANY),
        of_segment(act, "api:archive", rules.key_acts, headers=ANY),
        of_segment(act, "api:unarchive", rules.key_acts, headers=ANY),
        of_segment(page, "api:definition", rules.key_reads),
        of_segment(put, "api:definition", rules.key_writes, body=DEFINITION, headers=ANY),
        of_segment(page, "api:versions", rules.key_reads),
        of_segment(act, "api:versions", rules.key_writes, body=DEFINITION, headers=ANY),
        of_segment(page, "api:version", rules.key_reads, arguments=number),
        of_segment(page, "api:difference", rules.key_reads, query="?from=1&to=1"),
        of_segment(
            act,
            "api:publish",
            rules.only_of_own(rules.key_acts),  # there is a draft of that one alone
            arguments={"number": 2},
            body={"message": "x"},
            headers=ANY,
        ),
        of_segment(
            act,
            "api:restore",
            rules.key_acts,
            arguments=number,
            body={"message": "x"},
            headers=ANY,
        ),
        of_segment(
            act,
            "api:publish-request",
            rules.only_of_own(rules.key_acts),
            arguments={"number": 2},
            body={"message": "x"},
            headers=ANY,
        ),
        of_segment(page, "api:playbook", rules.key_reads_with({"full key", "foreign key"})),
        of_segment(act, "api:acknowledge", rules.key_writes, body={"function": "sales"}),
        of_segment(page, "api:feedback", rules.key_reads),
        of_segment(act, "api:feedback", people, body={"id": "ada", "fits": True}),
        page("api:reviews", rules.any_key),
        of_segment(page, "api:segment-reviews", rules.key_reads),
        of_segment(act, "api:segment-reviews", rules.key_writes, body=ANSWERS),
        of_segment(page, "api:members", people),
        of_segment(page, "api:changes", people),
        of_segment(act, "api:check", people, body={"ids": ["ada"]}),
        of_segment(act, "api:explain", people, body={"id": "ada"}),
        of_segment(page, "api:leaving", rules.key_reads),
        of_segment(page, "api:goal", rules.key_reads),
        of_segment(put, "api:goal", rules.key_writes, body=AIM, headers=ANY),
        of_segment(patch, "api:goal", rules.key_writes, body=AIM, headers=ANY),
        of_segment(page, "api:health", rules.key_reads),
        of_segment(page, "api:segment-metrics", rules.key_reads_metrics),
        page("api:metrics", rules.key_acting),
        act("api:metrics", rules.key_acting, body=NEW_METRIC),
        page("api:metric", rules.key_acting, arguments=metric),
        patch("api:metric", rules.key_acting, arguments=metric, body={"name": "!"}, headers=ANY),
        act("api:metric-archive", rules.key_acting, arguments=metric),
        act("api:metric-unarchive", rules.key_acting, arguments=metric),
        page("api:workspace", rules.key_acting),
        patch("api:workspace", rules.no_key, body={"fewest_people": 12}, headers=ANY),
        of_segment(page, "api:segment-runs", rules.key_reads),
        of_segment(act, "api:refresh", rules.key_acts),
        page("api:experiments", rules.key_acting),
        act("api:experiments", rules.key_plans, body=TRIED),
        page("api:experiment", rules.key_sees_trials, arguments=tried),
        patch("api:experiment", rules.key_tries, arguments=tried, body={"name": "!"}, headers=ANY),
        page("api:experiment-results", rules.key_sees_trials, arguments=tried),
        act("api:experiment-start", rules.key_tries, arguments=tried, body=WHY),
        act("api:experiment-stop", rules.key_tries, arguments=tried),
        act("api:experiment-decide", rules.key_tries, arguments=tried, body=DECIDED),
        act("api:experiment-rollouts", rules.key_tries, arguments=tried, body=ROLLED_OUT),
        act("api:experiment-rollout-done", rules.key_tries, arguments={**tried, "key": OWN}),
        page("api:run", rules.key_reads_all, arguments={"run_id": ground.ids["run"]}),
        page("api:customer", rules.key_sees_people, arguments={"customer_id": "ada"}),
        page("api:account", rules.key_sees_people, arguments={"account_id": "acme"}),
        of_segment(page, "api:evidence", rules.key_reads),
        of_segment(act, "api:evidence", rules.key_writes, body=INTERVIEW),
        page("api:surveys", rules.key_acting),
        act("api:surveys", rules.key_acting, body=SURVEY),
        page("api:survey", rules.key_acting, arguments={"slug": "exit"}),
        page("api:discoveries", rules.key_acting),
        act("api:discoveries", rules.key_acting, body={"event": "login", "days": 1}),
        page("api:discovery", rules.key_acting, arguments=search),
        act("api:discovery-cancel", rules.key_acting, arguments=search),
        act("api:discovery-save", rules.key_acting, arguments={**search, "position": 0}),
        page("api:suppressions", rules.key_acting),
        act("api:suppressions", rules.key_acting, body={"customer_id": "bob", "reason": "Asked."}),
        page("api:suppression", rules.key_acting, arguments=kept),
        act("api:suppression-lift", rules.key_acting, arguments=kept, body={"reason": "Again."}),
        page("api:consents", rules.key_acting, query="?customer_id=ada"),
        act("api:consents", rules.key_acting, body=CONSENT),
        page("api:consent-purposes", rules.key_acting),
        page("api:erasures", rules.key_acting),
        act("api:erasures", rules.key_acting, body={"customer_id": "eve", "reason": "Asked."}),
        page("api:erasure", rules.key_acting, arguments={"number": ground.ids["erasure"]}),
        page("api:ideas", rules.key_acting),
        act("api:ideas", rules.key_acting, body={"title": "Call them"}),
        page("api:idea", rules.key_acting, arguments=idea),
        patch("api:idea", rules.key_steers, arguments=idea, body={"text": "!"}, headers=ANY),
        act("api:idea-vote", rules.key_acting, arguments=idea),
        act("api:idea-move", rules.key_steers, arguments=idea, body={"state": "trying"}),
        act("api:idea-park", rules.key_steers, arguments=idea, body={"reason": "Later."}),
        act("api:idea-merge", rules.key_steers, arguments=idea, body={"into": idea["number"]}),
        page("api:idea-comments", rules.key_acting, arguments=idea),
        act("api:idea-comments", rules.key_acting, arguments=idea, body={"text": "Yes."}),
        act("api:idea-variants", rules.key_acting, arguments=idea, body=VARIANT),
        act("api:idea-links", rules.key_steers, arguments=idea, body=EXPERIMENT),
        act("api:idea-draft", rules.key_steers, arguments=idea),
        page("api:teams", rules.any_key),
        page("api:traits", rules.any_key),
        page("api:events", rules.any_key),
        act("api:validate", rules.any_key, body=DEFINITION),
        act("api:render", rules.any_key, body=DEFINITION),
        act("api:estimate", rules.key_writes_anything, body=DEFINITION),
        page("api:coverage", rules.any_key),
        page("api:overlap", rules.key_reads_all, query="?segments=growth-pros,sales-pros"),
        page("integrations-api:destinations", rules.key_sees_tools),
        page("integrations-api:destination", rules.key_sees_tools, arguments={"key": "drop"}),
        page("integrations-api:syncs", rules.key_sees_tools, arguments={"key": "drop"}),
        page("integrations-api:drift", rules.key_sees_tools),
        of_segment(page, "integrations-api:receipts", rules.key_reads_with(ALL_SCOPES)),
        *(
            of_segment(
                act,
                f"integrations-api:sync-{verb}",
                rules.only_of_own(rules.key_acts),
                arguments={"tool": "drop"},
                body=body,
            )
            for verb, body in SYNC_ACTS.items()
        ),
        of_segment(act, "integrations-api:receipts", rules.key_acts, body=RECEIPT),
    ]
