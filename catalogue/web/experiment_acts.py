"""The forms by which an experiment goes on."""

from __future__ import annotations

from django import forms

from catalogue.models import Decision


class StartForm(forms.Form):
    """Why it may start on fewer people than planned."""

    smaller_because = forms.CharField(
        label="Why may it start with fewer people than planned?",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecideForm(forms.Form):
    """What is made of it, and why."""

    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=(
            (Decision.ADOPT, "Adopt: do it for everybody here"),
            (Decision.REJECT, "Reject: it is not worth it"),
            (Decision.INCONCLUSIVE, "Inconclusive: it cannot be said"),
        ),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Why?",
        help_text="Whoever comes back to this in a year will ask.",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RolloutForm(forms.Form):
    """Where it is done as well, and by when."""

    segment = forms.CharField(
        label="Key of the segment",
        max_length=80,
        widget=forms.TextInput(attrs={"list": "segments", "autocomplete": "off"}),
    )
    due_on = forms.DateField(label="By", widget=forms.DateInput(attrs={"type": "date"}))
