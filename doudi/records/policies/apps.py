"""App registration: 政策。"""

from django.apps import AppConfig
from django.core.checks import register


class PoliciesConfig(AppConfig):
    name = "doudi.records.policies"
    label = "policies"
    verbose_name = "政策"

    def ready(self) -> None:
        from doudi.records.policies.checks import packs_are_sound

        register(packs_are_sound)
