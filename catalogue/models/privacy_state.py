"""Which state the list of suppressions and the words of consent are in."""

from __future__ import annotations

import secrets
from collections import OrderedDict

from django.db import models, transaction

# Tokens that this process wrote and that are not committed, or never were: what is seen under them
# may be taken back.
_unsettled: OrderedDict[str, None] = OrderedDict()
MOST_UNSETTLED = 10_000


def fresh() -> str:
    """A name that no state ever had, also none that was rolled back."""
    return secrets.token_hex(8)


class PrivacyState(models.Model):
    """One row. `token` is another one after every write that may change who may be used; `epoch`
    only after words of consent were deleted: until then what is remembered of them holds, and only
    what was added since has to be read."""

    token = models.CharField(max_length=16, default=fresh)
    epoch = models.CharField(max_length=16, default=fresh)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="privacy_state_is_one_row"),
        ]

    def __str__(self) -> str:
        return self.token

    @classmethod
    def move_on(cls, *, forgets_words: bool = False) -> None:
        """Say in the caller's transaction that something changes, before it does: whoever else
        wants to change something waits here, so words have rising numbers in the order in which
        they become visible."""
        values = {"token": fresh(), "epoch": fresh()} if forgets_words else {"token": fresh()}
        if not cls.objects.filter(pk=1).update(**values):
            cls.objects.update_or_create(pk=1, defaults=values)
        _note(values["token"])

    @property
    def is_settled(self) -> bool:
        """Whether the state is committed, so that what was found in it may be remembered."""
        return self.token not in _unsettled


def _note(token: str) -> None:
    _unsettled[token] = None
    while len(_unsettled) > MOST_UNSETTLED:
        _unsettled.popitem(last=False)
    transaction.on_commit(lambda: _unsettled.pop(token, None))
