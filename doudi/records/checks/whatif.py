"""What is changed in a what-if: values as people write them, read by the validator of the packs."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from doudi.law.pack_files import PackError
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.units import Unit, show
from doudi.records.policies.queries import parameters
from doudi.records.policies.written import read, write
from doudi.store.refusal import Refusal

RAISE = re.compile(r"\A([+-])([0-9]{1,3})(?:\.([0-9]{1,2}))?%\Z")
WHOLE_YUAN = 100


class BadChange(Refusal):
    """测算的改动不合要求。"""


@dataclass(frozen=True)
class Change:
    """改一项参数: 前后的样子, `text` 是新值在政策包里的写法。"""

    path: str
    label: str
    before: str
    after: str
    text: str

    def as_json(self) -> dict[str, str]:
        """存进方案、打印给程序的样子。"""
        return {
            "path": self.path,
            "label": self.label,
            "before": self.before,
            "after": self.after,
            "value": self.text,
        }


@dataclass(frozen=True)
class WhatIf:
    """两套参数: 现行的和改了的。"""

    before: Parameters
    after: Parameters
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Adjustable:
    """可以改的一项: 中文名、单位、现行值 (给人看的和政策包的写法), 代码的各种取值。"""

    path: str
    label: str
    group: str
    unit: Unit
    now: str
    text: str
    names: Mapping[str, str]


# The first are what a county changes year by year; the rest follow as the rulebook lists them.
GROUPS = {
    "standard": "保障标准", "supplement": "分类施保增发", "amount": "保障金计算", "class_amount": "分档金额",
    "income": "收入", "work": "就业成本", "new_job": "就业成本", "support": "赡养费", "assets": "财产",
    "member": "家庭成员", "single": "单人保", "border": "低保边缘", "rigid": "刚性支出",
}  # fmt: skip
OTHERS = "其他"


def adjustable(book: Rulebook, area_code: str, on: dt.date) -> list[Adjustable]:
    """规则书用到的全部参数和现行值, 常改的组在前。"""
    now = parameters(area_code, on)
    rows = [_adjustable(now, path) for path in book.edition(on).parameters if path in now.declared]
    order = [*dict.fromkeys(GROUPS.values()), OTHERS]
    return sorted(rows, key=lambda one: order.index(one.group))


def _adjustable(now: Parameters, path: str) -> Adjustable:
    declared, leaf = now.declared[path], now.leaves.get(path)
    group = GROUPS.get(path.split(".")[1], OTHERS)
    text = write(leaf.value, leaf.unit) if leaf else ""
    known = shown(leaf.value, leaf.unit, leaf.names) if leaf else ""
    return Adjustable(path, declared.label, group, declared.unit, known, text, declared.names)


def what_if(
    book: Rulebook,
    area_code: str,
    on: dt.date,
    given: Iterable[tuple[str, str]],
    step_fen: int = WHOLE_YUAN,
) -> WhatIf:
    """把改动读成两套参数。金额和比例可以写 +5%、-3%, 金额取整到 `step_fen` 的整数倍 (四舍五入)。

    Raises BadChange: 规则书没有用到这一项, 同一项写了两次, 值的写法不对, 或与现行值相同。
    """
    now = parameters(area_code, on)
    used, texts = set(book.edition(on).parameters), dict[str, str]()
    for path, text in given:
        if path in texts:
            raise BadChange(f"“{_label(now, path)}”改了两次, 请只留一个")
        if path not in used:
            raise BadChange(f"{book.title}的规则没有用到“{_label(now, path)}”({path}), 改它不会有变化")
        texts[path] = _resolved(now, path, text.strip(), step_fen)
    if not texts:
        raise BadChange("还没有改任何参数, 请填一个新值再测算")
    try:
        after = now.replaced({path: read(text, now.declared[path].unit) for path, text in texts.items()})
    except PackError as error:
        raise BadChange(error.reason) from None
    changes = tuple(_change(now, after, path) for path in texts)
    return WhatIf(now, after, changes)


def _label(now: Parameters, path: str) -> str:
    return now.declared[path].label if path in now.declared else path


def _change(now: Parameters, after: Parameters, path: str) -> Change:
    old, new = now.leaves.get(path), after.leaf(path)
    if old is not None and old.value == new.value:
        raise BadChange(f"“{new.label}”改成的与现行值相同 ({shown(old.value, old.unit, old.names)})")
    before = shown(old.value, old.unit, old.names) if old else ""
    return Change(path, new.label, before, shown(new.value, new.unit, new.names), write(new.value, new.unit))


def shown(value: Any, unit: Unit, names: Any) -> str:
    """一个值写给人看; 分段表、档位表照政策包的写法。"""
    return write(value, unit) if unit.kind in ("tiers", "bands") else str(show(value, unit, names))


def _resolved(now: Parameters, path: str, text: str, step_fen: int) -> str:
    """+5% 算成新值的写法; 其余原样。"""
    match = RAISE.match(text)
    if match is None:
        return text
    leaf = now.leaves.get(path)
    if leaf is None:
        raise BadChange(f"“{_label(now, path)}”现在没有值, 不能按百分比改")
    if leaf.unit.kind not in ("money", "rate"):
        raise BadChange(f"“{leaf.label}”不是金额或比例, 不能按百分比改")
    points = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    factor = 10_000 + (points if match[1] == "+" else -points)
    if factor < 0:
        raise BadChange(f"“{leaf.label}”最多减 100%")
    step = step_fen if leaf.unit.kind == "money" else 1
    return write(raised(leaf.value, factor, step), leaf.unit)


def raised(amount: int, factor: int, step: int) -> int:
    """按万分之 `factor` 调整, 四舍五入到 `step` 的整数倍。"""
    return (2 * amount * factor + 10_000 * step) // (20_000 * step) * step
