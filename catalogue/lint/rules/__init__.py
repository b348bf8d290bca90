"""The rules, by what they are about. A code is for ever: a rule that goes leaves a gap."""

from catalogue.lint.known import Rule
from catalogue.lint.rules.data import DATA
from catalogue.lint.rules.learning import LEARNING
from catalogue.lint.rules.purpose import PURPOSE
from catalogue.lint.rules.sharing import SHARING

RULES: tuple[Rule, ...] = tuple(
    sorted((*PURPOSE, *LEARNING, *SHARING, *DATA), key=lambda rule: rule.code)
)
