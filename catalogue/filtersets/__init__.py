"""One FilterSet for each model, the same for pages and the API: the same names, the same answers.

Several values of a name are alternatives (`?team=growth&team=sales`), several names narrow.
"""

from catalogue.filtersets.change import ChangeFilter
from catalogue.filtersets.dictionary import EventFilter, TraitFilter
from catalogue.filtersets.experiment import ExperimentFilter
from catalogue.filtersets.idea import IdeaFilter
from catalogue.filtersets.segment import SegmentFilter

__all__ = [
    "ChangeFilter",
    "EventFilter",
    "ExperimentFilter",
    "IdeaFilter",
    "SegmentFilter",
    "TraitFilter",
]
