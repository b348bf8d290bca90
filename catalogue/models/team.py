"""A team owns segments."""

from django.db import models


class Team(models.Model):
    """A function of the company. Files name it by its slug."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
