"""Every parameter as it stands somewhere on a day, with its history: read-only, for the page of standards."""

import datetime as dt
from dataclasses import dataclass

from doudi.law.pack_files import STATUSES, Leaf
from doudi.law.schemes.means_inputs import INCOME_KINDS
from doudi.law.units import show
from doudi.records.policies.queries import packs

GROUPS = {
    "dibao.standard": "保障标准", "dibao.member": "家庭成员", "dibao.income": "收入", "dibao.work": "就业成本",
    "dibao.assets": "财产", "dibao.amount": "保障金计算", "dibao.class_amount": "分档金额",
    "dibao.supplement": "分类施保增发", "dibao.review": "复核", "dibao.exit": "渐退", "dibao.posting": "公示",
    "clock": "办理时限", "procedure": "程序", "population": "人口基数", "": "其他",
}  # fmt: skip
SCOPES = {"000000": "全国"}
VERIFIED = ("read", "local")


@dataclass(frozen=True)
class Value:
    """一项参数的一个取值, 已写成人看的话; 没有取值的 text 为空。"""

    path: str
    label: str
    group: str
    text: str
    since: dt.date | None
    until: dt.date | None
    document: str
    article: str
    scope: str
    status: str
    is_verified: bool
    versions: int


def values(area_code: str, on: dt.date) -> list[Value]:
    """某地某日的全部参数, 按组; 声明了而没有取值的也列出。"""
    known = packs()
    found = known.resolve(area_code, on)
    rows = []
    for path, declared in known.declared.items():
        leaf = found.leaves.get(path)
        count = len(known.timeline(area_code, path))
        rows.append(value_of(leaf, count) if leaf else _absent(path, declared.label, count))
    return sorted(rows, key=lambda one: list(GROUPS.values()).index(one.group))


def history(area_code: str, path: str) -> list[Value]:
    """一项参数在某地各级的全部取值, 新的在前。Empty for an unknown path."""
    leaves = packs().timeline(area_code, path)
    return [value_of(leaf, len(leaves)) for leaf in sorted(leaves, key=lambda one: one.since, reverse=True)]


def label_of(path: str) -> str:
    """参数的中文名; 没有声明过的为空。"""
    declared = packs().declared.get(path)
    return declared.label if declared else ""


def value_of(leaf: Leaf, versions: int) -> Value:
    """一个取值写给人看。"""
    text = show(leaf.value, leaf.unit, leaf.names or INCOME_KINDS)
    return Value(
        path=leaf.path, label=leaf.label, group=_group(leaf.path), text=text,
        since=leaf.since, until=leaf.until, document=leaf.document, article=leaf.article, scope=_scope(leaf.scope),
        status=STATUSES.get(leaf.status, "本单位签发"), is_verified=leaf.status in VERIFIED, versions=versions,
    )  # fmt: skip


def _absent(path: str, label: str, versions: int) -> Value:
    return Value(path, label, _group(path), "", None, None, "", "", "", "没有取值", False, versions)


def _group(path: str) -> str:
    two = ".".join(path.split(".")[:2])
    return GROUPS.get(two) or GROUPS.get(path.split(".")[0], "其他")


def _scope(code: str) -> str:
    if code.endswith("0000"):
        return SCOPES.get(code, "省")
    return "市" if code.endswith("00") else "县"
