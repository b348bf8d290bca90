"""Who a customer is now, after all merges."""

from __future__ import annotations

from pyroaring import BitMap

from catalogue.models import Customer


def survivor_of(customer: Customer) -> Customer:
    """The last one of the chain of merges; themselves when they were never merged."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


def survivors_among(asked: BitMap) -> dict[int, int]:
    """Who was merged away among these ordinals → who they were merged into at last."""
    merged = Customer.objects.filter(merged_into__isnull=False)
    pairs = merged.values_list("ordinal", "merged_into")
    into = {ordinal: last for ordinal, last in pairs if last is not None}
    found = {}
    for ordinal in asked & BitMap(into):
        end = ordinal
        while end in into:
            end = into[end]
        found[ordinal] = end
    return found
