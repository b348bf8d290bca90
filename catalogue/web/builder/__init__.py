"""The rule builder: one level of conditions as a form, and the form as conditions again.

It knows plain values, not requests: `draw` makes `Rules` of a definition, `take` of what was
posted, `read` a definition of rules, `show` what a template prints. What it cannot draw it carries
along as a locked row, so that nothing of a definition is ever lost.
"""
