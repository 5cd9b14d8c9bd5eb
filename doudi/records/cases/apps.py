"""App registration: 案件。"""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "doudi.records.cases"
    label = "cases"
    verbose_name = "案件"
