"""App registration: 政策。"""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "doudi.records.policies"
    label = "policies"
    verbose_name = "政策"
