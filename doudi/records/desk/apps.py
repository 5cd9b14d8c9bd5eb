"""App registration: 工作台。"""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "doudi.records.desk"
    label = "desk"
    verbose_name = "工作台"
