"""Fieldnote, an invented subscription business, made from a fixed seed and relative to an instant.

Read in this order: `span` (the days), `accounts`, `subscriptions` (who pays when), `people`,
`traits` (what the business knows of them each week), `activity` and `purchases` (what they do),
`deliveries` (how it arrives: some late, some twice), `build` (loading it, week by week).
"""
