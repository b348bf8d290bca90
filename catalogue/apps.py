from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """What a segment is and who is in it."""

    name = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every membership version measured, and every arm be a part of its segment."""
        from catalogue.experiments import audiences
        from catalogue.metrics.gauges import register_all

        register_all()
        audiences.register()
