"""Numbers that look right and can belong to nobody: identity cards, bank cards, telephones.

docs/demo-data.md states the three rules; the checkers here are what the tests hold every demo row against.
"""

import datetime as dt

from doudi.law.identity import BadIdentity, check_digit, parse

# GB/T 2260 has no province 47 and never had one: 41–46 are the centre and south, 50 begins the south-west.
NOBODYS_PROVINCE = "47"
HOME_PREFIX = "470482"
OTHER_PREFIXES = ("470401", "470403", "470421", "470324", "471023")
CARD_ISSUERS = ("623059", "622991", "621700", "621799")
CARD_DIGITS = 19
NOBODYS_DIAL = "154"  # no carrier has been given 154
SEQUENCES = 500  # odd for men, even for women, a day and a prefix


class SequenceExhausted(ValueError):
    """同一天出生、同一性别的演示号码用完了。"""


class IdentityNumbers:
    """发身份证号: 校验位正确, 省码不存在, 同一库里不重复。"""

    def __init__(self) -> None:
        self._given: dict[tuple[str, dt.date, bool], int] = {}

    def next(self, born_on: dt.date, *, male: bool, prefix: str = HOME_PREFIX) -> str:
        """下一个号码。Raises SequenceExhausted after 500 of one day, sex and prefix."""
        nth = self._given.get((prefix, born_on, male), 0)
        if nth >= SEQUENCES:
            raise SequenceExhausted(f"{born_on} 的演示号码用完了, 请把 --scale 调小")
        self._given[prefix, born_on, male] = nth + 1
        sequence = (born_on.toordinal() * 37 + nth * 7) % SEQUENCES * 2 + male
        first17 = f"{prefix}{born_on:%Y%m%d}{sequence:03}"
        return first17 + check_digit(first17)


def account_number(serial: int) -> str:
    """第 `serial` 张卡: 19 位, 末位故意不是 Luhn 校验位, 所以不可能是一张真卡。"""
    body = f"{CARD_ISSUERS[serial % len(CARD_ISSUERS)]}{serial:0{CARD_DIGITS - 7}}"
    return f"{body}{(_luhn_digit(body) + 1 + serial % 8) % 10}"


def phone_number(serial: int) -> str:
    """第 `serial` 个电话: 154 号段没有分给任何运营商。"""
    return f"{NOBODYS_DIAL}{serial % 10**8:08}"


def belongs_to_nobody(number: str, *, on: dt.date) -> bool:
    """身份证号格式和校验位都对, 而省码从未存在。"""
    try:
        return parse(number, on=on).area_code.startswith(NOBODYS_PROVINCE)
    except BadIdentity:
        return False


def is_no_card(number: str) -> bool:
    """账号是 19 位数字, 但过不了 Luhn 校验。"""
    right_shape = len(number) == CARD_DIGITS and number.isascii() and number.isdigit()
    return right_shape and _luhn_digit(number[:-1]) != int(number[-1])


def is_no_phone(number: str) -> bool:
    """电话在没有分配的号段里。"""
    return len(number) == 11 and number.isdigit() and number.startswith(NOBODYS_DIAL)


def _luhn_digit(body: str) -> int:
    """The check digit a real card with this body would end in."""
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 - place % 2)
        total += digit - 9 if digit > 9 else digit
    return -total % 10
