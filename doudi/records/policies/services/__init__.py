"""What is done with policies: the only code that writes their tables."""

from doudi.records.policies.services.proposals import propose, send_back, sign, withdraw
from doudi.records.policies.services.scenarios import keep_scenario
from doudi.records.policies.services.workdays import clear_day, load_year, set_days

__all__ = [
    "clear_day",
    "keep_scenario",
    "load_year",
    "propose",
    "send_back",
    "set_days",
    "sign",
    "withdraw",
]
