"""金额：一律用整数分；读得严，写得清。"""

from __future__ import annotations

import re

_STRICT = re.compile(r"\A(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,2})?\Z")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")

# Tried in order: the first pattern that matches names the reason.
_REASONS: tuple[tuple[str, str, str], ...] = (
    ("blank", r"\A\s*\Z", "金额没有填写，请填写以元为单位的数字"),
    ("full_width", r"[０-９．，－＋]", "金额含全角字符，请改用半角数字"),
    (
        "chinese",
        r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟元角分]",
        "金额请填阿拉伯数字，不要写汉字或单位",
    ),
    ("currency", r"[￥¥$€]", "金额前不要写货币符号"),
    ("thousands", r",", "金额不要写千分位逗号，请填 1000.00 这样的数字"),
    ("underscore", r"_", "金额不能含下划线"),
    ("not_a_number", r"(?i)\A\s*[+-]?(?:nan|inf|infinity)\s*\Z", "这一格不是金额，请改填数字"),
    ("exponent", r"(?i)\A[+-]?[0-9.]+e[+-]?[0-9]+\Z", "金额是科学记数法，请按普通数字填写"),
    ("negative", r"\A-", "金额不能是负数"),
    ("precision", r"\A[0-9]+\.[0-9]{3,}\Z", "金额最多两位小数（到分）"),
    ("leading_zero", r"\A0[0-9]", "金额前面不要补零"),
    ("too_large", r"\A[0-9]{10,}(?:\.[0-9]{1,2})?\Z", "金额超过九位整数，请核对"),
)


class BadAmount(ValueError):
    """金额写法不对。`code` 是原因代码，文本可直接给人看。"""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def parse_yuan(text: str, *, zero: bool = False) -> int:
    """把严格写法的元（如 1234.50）读成分。

    `zero=True` 时允许 0。写法不对时抛 BadAmount，每种原因有各自的 code：blank full_width chinese
    currency thousands underscore not_a_number exponent negative precision leading_zero too_large zero malformed。
    """
    if _STRICT.match(text) is None:
        raise _refusal(text)
    whole, _, part = text.partition(".")
    fen = int(whole) * 100 + int(part.ljust(2, "0"))
    if fen == 0 and not zero:
        raise BadAmount("zero", "金额不能是 0")
    return fen


def _refusal(text: str) -> BadAmount:
    for code, pattern, reason in _REASONS:
        if re.search(pattern, text):
            return BadAmount(code, reason)
    return BadAmount("malformed", "金额写法不对，请填 1234.50 这样的数字")


def plain_yuan(fen: int) -> str:
    """分写成 1234.00，供银行文件和表格用。"""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def yuan(fen: int) -> str:
    """分写成 1,234.00，供人看。"""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def upper_yuan(fen: int) -> str:
    """分写成中文大写金额，如 捌佰壹拾玖元整；负数前加“负”。"""
    if fen < 0:
        return "负" + upper_yuan(-fen)
    whole, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    if fen == 0:
        return "零元整"
    text = _upper_whole(whole) + "元" if whole else ""
    if jiao == 0 and cents == 0:
        return text + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif whole:
        text += "零"
    return text + (_DIGITS[cents] + "分" if cents else "整")


def _upper_whole(number: int) -> str:
    groups: list[int] = []
    while number:
        groups.append(number % 10000)
        number //= 10000
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = gap or bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text, gap = text + _upper_group(group) + _GROUPS[place], False
    return text


def _upper_group(group: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text
