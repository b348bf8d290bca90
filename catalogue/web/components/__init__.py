"""The components as tags: one for each partial in templates/catalogue/components/.

docs/design.md lists them with an example each, /styleguide/ shows them in all their states.
"""
