"""How often a scheme pays, and which months the run of a month covers."""

import datetime as dt

from django.conf import settings

from doudi.law.paying import cycle_of
from doudi.records.payments.periods import in_words, month_start
from doudi.records.payments.refusals import NotTheCyclesMonth
from doudi.records.policies.queries import parameters, scheme_name


def pays_every(scheme: str, on: dt.date) -> str:
    """某项目在某日多久发一次: month、quarter 或 year; 政策没有规定周期的项目 (一次性的) 当月发。"""
    known = parameters(settings.COUNTY, on)
    path = f"pay.cycle.{scheme}"
    return str(known.value(path)) if path in known.declared else "month"


def cycle_ending(scheme: str, month: int) -> tuple[int, int]:
    """以某月为末月的那一期的起月和止月。Raises MonthUnreadable, NotTheCyclesMonth where the cycle ends later."""
    first, last = cycle_of(pays_every(scheme, month_start(month)), month)
    if last != month:
        raise NotTheCyclesMonth(scheme_name(scheme), in_words(last))
    return first, last
