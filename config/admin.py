"""Django admin with the site of the house. Its nouns are put in where routes are made
(config/urls.py): workers and commands do without them."""

from django.contrib.admin import apps


class AdminConfig(apps.SimpleAdminConfig):
    """Admin without looking for nouns by itself."""

    default_site = "catalogue.admin.site.CatalogueSite"
