"""App registration: 待遇。"""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "doudi.records.awards"
    label = "awards"
    verbose_name = "待遇"
