"""App registration: 决定。"""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "doudi.records.decisions"
    label = "decisions"
    verbose_name = "决定"
