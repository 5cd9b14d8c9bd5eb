"""App registration: 账簿。"""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "doudi.records.ledger"
    label = "ledger"
    verbose_name = "账簿"
