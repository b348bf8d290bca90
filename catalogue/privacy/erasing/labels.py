"""What people read of the steps of an erasure."""

LABELS = {
    "suppression": "Suppression",
    "tools": "Tools",
    "exports": "Exports",
    "texts": "Texts and kept answers",
    "lake": "Traits and events",
    "members": "Membership versions, goals, experiments",
    "rows": "Feedback, consent, lists by hand",
    "files": "Replaced files of the lake",
    "photos": "Photos of the data",
    "ids": "Ids",
}
