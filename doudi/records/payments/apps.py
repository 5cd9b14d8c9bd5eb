"""App registration: 发放。"""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Tells who changes policy which months are already shut."""

    name = "doudi.records.payments"
    label = "payments"
    verbose_name = "发放"

    def ready(self) -> None:
        from doudi.records.payments.queries import last_locked_month
        from doudi.records.policies.closed_months import register_closed_months

        register_closed_months(last_locked_month)
