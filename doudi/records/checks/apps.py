"""App registration: 调查核对。"""

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "doudi.records.checks"
    label = "checks"
    verbose_name = "调查核对"
