"""三百条规则的规则书，每条读前面两条：量写成查询要多久。"""

from typing import Any

from doudi.law.entities import HOUSEHOLD
from doudi.law.language import greatest, up_to_yuan, when
from doudi.law.rulebook import Rulebook
from doudi.law.units import FEN

_REACH = 20


def many(count: int) -> Rulebook:
    """`count` 条规则，十几层深。"""
    book = Rulebook("many", "测速")
    for number in range(2):
        book.input(HOUSEHOLD, f"r{number}", unit=FEN, label="数")
    for number in range(2, count + 2):
        book.rule(HOUSEHOLD, cite="测速", unit=FEN, since="2025-01-01", name=f"r{number}")(_body(number))
    return book.seal()


def _body(number: int) -> Any:
    first, second = f"r{max(0, number - _REACH - 1)}", f"r{max(1, number - _REACH)}"

    def worth(**values: int) -> int:
        a, b = values[first], values[second]
        return when(a > 3, up_to_yuan(a + b, over=12), greatest(b, 0))

    names: dict[str, Any] = {"worth": worth}
    text = f"def body({first}, {second}):\n    '''值'''\n    return worth({first}={first}, {second}={second})"
    exec(text, names)  # noqa: S102  (a rule's needs are its argument names, so each needs a function of its own)
    return names["body"]
