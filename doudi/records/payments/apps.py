"""App registration: 发放。"""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "doudi.records.payments"
    label = "payments"
    verbose_name = "发放"
