"""App registration: 审计。"""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "doudi.records.audit"
    label = "audit"
    verbose_name = "审计"
