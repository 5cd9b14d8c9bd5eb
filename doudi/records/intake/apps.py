"""App registration: 受理。"""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "doudi.records.intake"
    label = "intake"
    verbose_name = "受理"
