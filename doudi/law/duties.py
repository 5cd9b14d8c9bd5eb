"""职责与岗位：谁能做哪件事，哪些事必须由不同的人做。都是对事实的判断，不读数据。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Block(NamedTuple):
    """挡住下一步的一件事：代码、说给经办人的话、依据。"""

    code: str
    text: str
    cite: str


DUTIES: Mapping[str, str] = {
    "apply": "申请", "accept": "受理", "report": "报告变化", "survey": "调查", "visit": "入户", "verify": "核对",
    "assess": "测算", "review": "初审", "post": "公示", "hear": "处理异议",
    "sign": "签批", "sample": "抽查", "confirm": "确认", "publish": "告知公布",
    "build": "编制发放", "approve_1": "发放复核", "approve_2": "发放审批", "send": "送银行",
    "read": "查看", "deliberate": "一事一议签批", "inspect": "检查",
    "settings": "系统设置", "people": "人员与角色", "anchor": "审计与存证",
}  # fmt: skip


class Role(NamedTuple):
    """一个岗位：代码、中文名、看得见的范围、职责。"""

    code: str
    label: str
    scope: str
    duties: frozenset[str]


def _role(code: str, label: str, scope: str, duties: str) -> Role:
    return Role(code, label, scope, frozenset(duties.split()))


ROLES: Mapping[str, Role] = {
    role.code: role
    for role in (
        _role("cun", "村级协理员", "village", "accept report post"),
        _role("jingban", "乡镇经办", "township", "accept survey visit assess review post hear"),
        _role("fuze", "乡镇负责人", "township", "sign"),
        _role("shegong", "社工、网格员", "assigned", "visit"),
        _role("hedui", "核对员", "verification", "verify"),
        _role("shenpi", "县级审批", "county", "sample confirm publish"),
        _role("caiwu", "发放经办", "payments", "build"),
        _role("fuhe", "发放复核", "payments", "approve_1"),
        _role("pizhun", "发放审批", "payments", "approve_2 send"),
        _role("juzhang", "局领导", "figures", "read deliberate"),
        _role("shenji", "审计、纪检", "masked", "inspect"),
        _role("xitong", "系统管理员", "none", "settings"),
        _role("anquan", "安全管理员", "none", "people"),
        _role("shenjiyuan", "审计管理员", "none", "anchor"),
    )
}

# Duties that different persons must do on one case or run. Duties in one set may be done by one person.
SEPARATED: tuple[frozenset[str], ...] = (
    frozenset({"accept", "report", "survey", "visit", "verify", "assess", "review", "post", "hear"}),
    frozenset({"sign"}),
    frozenset({"confirm", "sample", "publish"}),
    frozenset({"build"}),
    frozenset({"approve_1"}),
    frozenset({"approve_2"}),
)
FINANCE = frozenset({"build", "approve_1", "approve_2", "send"})
CASEWORK = frozenset(
    {"accept", "survey", "visit", "verify", "assess", "review", "post", "hear", "sign", "sample", "confirm"}
)
ADMINISTRATORS = ("xitong", "anquan", "shenjiyuan")
# What a township leader does as well where the county has delegated confirmation (民发〔2021〕57号 第二条).
DELEGATED = frozenset({"confirm", "publish"})


def duties_of(role: str, confirm_by: str = "county") -> frozenset[str]:
    """一个岗位在这条程序里的职责。`confirm_by` 为 township 时，确认由乡镇负责人作出，县级只抽查监督。"""
    held = ROLES[role].duties
    if confirm_by != "township":
        return held
    return held | DELEGATED if role == "fuze" else held - DELEGATED


def side(duty: str) -> str:
    """这项职责站在哪一边：同一边的可由一人办，不同边的必须由不同的人办；不分边的为空。"""
    return next((min(group) for group in SEPARATED if duty in group), "")


def role_conflict(roles: Iterable[str]) -> Block | None:
    """一个人的岗位不能同时有财务和办案职责，也不能兼任两个管理员，或管理员兼业务。"""
    held = tuple(dict.fromkeys(roles))
    duties = frozenset().union(*(ROLES[role].duties for role in held))
    administrators = [role for role in held if role in ADMINISTRATORS]
    if duties & FINANCE and duties & CASEWORK:
        return Block("finance_and_casework", "发放与办案的岗位不能由一个人兼任", "不相容岗位相互分离")
    if administrators and len(held) > 1:
        return Block(
            "administrator_not_alone", "系统、安全、审计管理员应由不同的人专任", "GB/T 22239 8.1.4.2"
        )
    return None
