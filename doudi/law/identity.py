"""公民身份号码与姓名：校验、读出生日和性别，统一写法。依据：GB 11643。"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_DOTS = dict.fromkeys(map(ord, "•‧・･∙⋅⸱᛫"), "\u00b7")
_HAN = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_GAP_IN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_GAP_AT_DOT = re.compile("\\s*\u00b7\\s*")


class BadIdentity(ValueError):
    """身份号码不能用。`code`：blank length characters birth_date future_birth check_digit。"""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Identity:
    """一个合格的 18 位号码读出的事实。`sex` 为 male 或 female。"""

    number: str
    area_code: str
    born_on: date
    sex: str


def normalise(text: str) -> str:
    """统一号码写法：全角转半角，去空白与零宽字符，x 改 X。不判断对错。"""
    return "".join(_plain(c) for c in text if not c.isspace() and not _is_invisible(c)).upper()


def check_digit(first17: str) -> str:
    """由前 17 位数字算出第 18 位。依据：GB 11643 附录。"""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def parse(text: str, *, on: date) -> Identity:
    """读一个 18 位号码；不合格抛 BadIdentity，提示里不出现号码。

    `on` 是判断“出生日期不得晚于今天”所用的日子。区划码不查名录：历史区划很多，查不到不等于错。
    """
    number = normalise(text)
    _check_shape(number)
    born_on = _birth(number[6:14])
    if born_on > on:
        raise BadIdentity("future_birth", "身份号码中的出生日期晚于今天，请核对")
    if check_digit(number[:17]) != number[17]:
        raise BadIdentity("check_digit", "身份号码最后一位校验不符，请对照证件逐位核对")
    sex = "male" if int(number[16]) % 2 else "female"
    return Identity(number, number[:6], born_on, sex)


def for_matching(text: str) -> str:
    """比对用的号码：15 位旧号升为 18 位，其余只统一写法。升位结果不存档、不印出。"""
    number = normalise(text)
    if re.fullmatch("[0-9]{15}", number) is None:
        return number
    first17 = number[:6] + "19" + number[6:]
    return first17 + check_digit(first17)


def canonical_name(text: str) -> str:
    """统一姓名写法：全角字母数字转半角，间隔点统一为 U+00B7，去零宽字符和汉字之间的空格。

    汉字本身不作兼容转换（NFKC 会改掉个别人名用字）。
    """
    shown = "".join(_plain(c) for c in text if not _is_invisible(c)).translate(_DOTS)
    return _GAP_AT_DOT.sub("\u00b7", _GAP_IN_HAN.sub("", " ".join(shown.split())))


def age_on(born_on: date, on: date) -> int:
    """某日的周岁：过了生日才算满。2 月 29 日生的，平年 3 月 1 日起算满。"""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _check_shape(number: str) -> None:
    if not number:
        raise BadIdentity("blank", "身份号码没有填写")
    if len(number) != 18:
        raise BadIdentity("length", f"身份号码应为 18 位，现为 {len(number)} 位")
    if re.fullmatch("[0-9]{17}[0-9X]", number) is None:
        raise BadIdentity("characters", "身份号码只能是数字，最后一位可为 X")


def _birth(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadIdentity("birth_date", "身份号码中的出生日期不存在，请核对") from None


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf"


def _plain(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    return folded if folded.isascii() else char
