"""The store: what every table needs, knowing no app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class StoreConfig(AppConfig):
    """Installs the database guards after every migration run (a rebuilt SQLite table loses its triggers silently)."""

    name = "doudi.store"
    label = "store"
    verbose_name = "存储"

    def ready(self) -> None:
        from doudi.store import triggers

        pre_migrate.connect(triggers.step_aside, sender=self)
        post_migrate.connect(triggers.install_after_migrate, sender=self)
