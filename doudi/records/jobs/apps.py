"""App registration: 任务。"""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "doudi.records.jobs"
    label = "jobs"
    verbose_name = "任务"
