"""App registration: 统计。"""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "doudi.records.reports"
    label = "reports"
    verbose_name = "统计"
