"""App registration: 账簿。"""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Tells the audit anchor how much money there is."""

    name = "doudi.records.ledger"
    label = "ledger"
    verbose_name = "账簿"

    def ready(self) -> None:
        from doudi.records.audit.totals import register_totals
        from doudi.records.ledger import queries

        register_totals("ledger", queries.totals)
