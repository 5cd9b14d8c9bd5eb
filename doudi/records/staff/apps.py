"""App registration: 人员。"""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "doudi.records.staff"
    label = "staff"
    verbose_name = "人员"
