"""Conditions on the order of events, and on how steadily something is done.

A back end is only asked which events there are (`rows`); what they say together is worked out
here, for all customers at once, so that every back end that can filter and project gives the same
answers.
"""
