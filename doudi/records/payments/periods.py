"""A month of payment is explicit data, a number like 202611; never the clock."""

import datetime as dt

from doudi.records.payments.refusals import MonthUnreadable


def month_start(month: int) -> dt.date:
    """年月的第一天。Raises MonthUnreadable."""
    if type(month) is not int or not 190001 <= month <= 299912 or not 1 <= month % 100 <= 12:
        raise MonthUnreadable(month)
    return dt.date(month // 100, month % 100, 1)


def month_before(month: int) -> int:
    """上一个月。"""
    return month - 1 if month % 100 > 1 else month - 89


def month_after(month: int) -> int:
    """下一个月。"""
    return month + 1 if month % 100 < 12 else month + 89


def month_of(text: str) -> int:
    """把 2026-11 读成 202611。Raises MonthUnreadable."""
    year, dash, number = text.partition("-")
    plain = (
        len(year) == 4
        and len(number) == 2
        and dash
        and (year + number).isascii()
        and (year + number).isdigit()
    )
    if not plain:
        raise MonthUnreadable(text)
    month = int(year + number)
    month_start(month)
    return month


def in_words(month: int) -> str:
    """2026年11月。"""
    return f"{month // 100}年{month % 100}月"
