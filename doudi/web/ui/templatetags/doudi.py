"""模板用词: 金额、日期、时限、遮掩、大写。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from doudi.law import masking
from doudi.law import money as law_money
from doudi.web.ui.components import DayUnit, Deadline, Flag, Why
from doudi.web.ui.tables import Column, Link

register = template.Library()

NIL = "--"


@register.filter
def money(fen: int | None) -> str:
    """金额: 分 → 1,234.00; 空值为 --。"""
    return NIL if fen is None or fen == "" else law_money.yuan(int(fen))


@register.filter
def signed_money(fen: int | None) -> str:
    """增减额: ▲ 1,234.00 为增, ▼ 1,234.00 为减, 0 为 0.00。"""
    if fen is None:
        return NIL
    mark = "▲ " if fen > 0 else "▼ " if fen < 0 else ""
    return mark + money(abs(fen))


@register.filter
def signed(count: int | None) -> str:
    """增减数: ▲ 3、▼ 2、0。"""
    if count is None:
        return NIL
    mark = "▲ " if count > 0 else "▼ " if count < 0 else ""
    return f"{mark}{abs(count):,}"


@register.filter
def count(number: int | None) -> str:
    """个数: 12345 → 12,345; 空值为 --。"""
    return NIL if number is None or number == "" else f"{int(number):,}"


@register.filter
def percent(basis_points: int | None) -> str:
    """比例: 基点 → 12.34%; 空值为 --。"""
    if basis_points is None or basis_points == "":
        return NIL
    sign = "-" if basis_points < 0 else ""
    whole, rest = divmod(abs(int(basis_points)), 100)
    return f"{sign}{whole}.{rest:02d}%"


@register.filter
def cn_upper(fen: int | None) -> str:
    """金额大写: 81900 → 人民币捌佰壹拾玖元整。"""
    return NIL if fen is None else "人民币" + law_money.upper_yuan(int(fen))


@register.filter
def day(when: date | datetime | None) -> str:
    """日期: 2026-01-31; 空值为 --。"""
    if not when:
        return NIL
    if isinstance(when, datetime):
        when = (timezone.localtime(when) if timezone.is_aware(when) else when).date()
    return when.isoformat()


@register.filter
def minute(when: datetime | date | None) -> str:
    """时刻: 2026-01-31 09:05; 只有日期时只写日期。"""
    if not when:
        return NIL
    if not isinstance(when, datetime):
        return day(when)
    local = timezone.localtime(when) if timezone.is_aware(when) else when
    return f"{local:%Y-%m-%d %H:%M}"


@register.filter
def month(when: date | None) -> str:
    """月份: 2026 年 11 月。"""
    return f"{when.year} 年 {when.month} 月" if when else NIL


@register.filter
def masked(value: str | None, kind: str) -> str:
    """遮掩: kind 为 name / identity / account / phone; 空值为 --。"""
    if not value:
        return NIL
    return MASKS[kind](value)


MASKS = {
    "name": masking.mask_name,
    "identity": masking.mask_identity,
    "account": masking.mask_account,
    "phone": masking.mask_phone,
}


@register.filter
def named(login: str | None, names: Mapping[str, str]) -> str:
    """经办人: 登录名写成姓名; `names` 是版框给的 staff_names。"""
    return names.get(login, login) if login else NIL


@register.filter
def deadline_words(days_left: int | None, unit: DayUnit = "working") -> str:
    """时限用词: 还剩 3 个工作日 / 今天到期 / 已超 2 日。"""
    return Deadline(days_left, unit=unit).words


@register.filter
def direction(number: int | None) -> str:
    """增减的样式名: up、down 或空。"""
    return "up" if number and number > 0 else "down" if number and number < 0 else ""


@register.simple_tag
def cell(column: Column, value: Any) -> SafeString | str:
    """一格: 按列的种类排版。"""
    if not value and column.kind == "flags":
        return ""
    if value is None or value == "":
        return format_html('<span class="nil">{}</span>', NIL)
    if isinstance(value, Link):
        sub = format_html('<span class="sub">{}</span>', value.sub) if value.sub else ""
        text = format_html('<a href="{}">{}</a>', value.url, value.text) if value.url else value.text
        return format_html("{}{}", text, sub)
    if isinstance(value, Deadline):
        return clock(value)
    if isinstance(value, Why):
        return why_button(value)
    if isinstance(value, Flag):
        return flags([value])
    if column.kind == "flags":
        return flags(value)
    return CELLS.get(column.kind, conditional_escape)(value)


CELLS: dict[str, Callable[[Any], str]] = {
    "money": money,
    "change": signed_money,
    "number": count,
    "percent": percent,
    "day": day,
    "minute": minute,
}


def clock(deadline: Deadline) -> SafeString:
    """时限短语, 悬停可见到期日。"""
    due = f"{deadline.due_on.isoformat()} 到期" if deadline.due_on else ""
    return format_html(
        '<span class="clock clock-{}" title="{}">{}</span>', deadline.tone, due, deadline.words
    )


def why_button(why: Why) -> SafeString:
    return format_html(
        '<button type="button" class="why-open" data-opens="why-{}" aria-haspopup="dialog">{}</button>',
        why.key,
        why.shown or money(why.amount_fen),
    )


def flags(items: list[Flag]) -> SafeString:
    return format_html_join(
        " ", '<span class="tag tag-{}">{}</span>', ((flag.tone or "plain", flag.text) for flag in items)
    )


@register.simple_tag
def deadline_chip(deadline: Deadline | None) -> SafeString | str:
    """时限短语; 没有时限时什么也不写。"""
    return clock(deadline) if deadline else ""


@register.filter
def brief(value: Any) -> bool:
    """短格: 窄屏上不折行 (14 字以内的文字)。"""
    text = value.text if isinstance(value, Link) else value
    return isinstance(text, str) and len(text) <= 14


@register.filter
def error_count(form: Any) -> int:
    """表单里需要修改的处数。"""
    return sum(len(errors) for errors in form.errors.values())
