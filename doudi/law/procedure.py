"""程序：走哪些环节、谁能做哪件事、什么挡住下一步。都是对事实的判断，不读数据。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

REVIEW_57 = "民发〔2021〕57号"


class Station(NamedTuple):
    """一个环节：代码、中文名、做这一步的职责、条款。"""

    code: str
    label: str
    duty: str
    cite: str


STATIONS: Mapping[str, Station] = {
    station.code: station
    for station in (
        Station("accept", "受理", "accept", f"{REVIEW_57} 第十条"),
        Station("survey", "调查", "survey", f"{REVIEW_57} 第十五条、第十六条"),
        Station("verify", "核对", "verify", f"{REVIEW_57} 第十七条"),
        Station("review", "初审", "review", f"{REVIEW_57} 第十九条"),
        Station("post", "公示", "post", f"{REVIEW_57} 第十九条"),
        Station("sign", "乡镇签批", "sign", f"{REVIEW_57} 第十九条"),
        Station("confirm", "县级确认", "confirm", f"{REVIEW_57} 第二十条"),
        Station("notify", "告知", "publish", f"{REVIEW_57} 第二十一条"),
        Station("roll", "在册", "", f"{REVIEW_57} 第二十一条"),
    )
}

DUTIES: Mapping[str, str] = {
    "apply": "申请", "accept": "受理", "report": "报告变化", "survey": "调查", "visit": "入户", "verify": "核对",
    "assess": "测算", "review": "初审", "post": "公示", "sign": "签批", "sample": "抽查", "confirm": "确认",
    "publish": "告知公布", "build": "编制发放", "approve_1": "发放复核", "approve_2": "发放审批", "send": "送银行",
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
        _role("jingban", "乡镇经办", "township", "accept survey visit assess review post"),
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
    frozenset({"accept", "report", "survey", "visit", "verify", "assess", "review", "post"}),
    frozenset({"sign"}),
    frozenset({"confirm", "sample", "publish"}),
    frozenset({"build"}),
    frozenset({"approve_1"}),
    frozenset({"approve_2"}),
)
FINANCE = frozenset({"build", "approve_1", "approve_2", "send"})
CASEWORK = frozenset(
    {"accept", "survey", "visit", "verify", "assess", "review", "post", "sign", "sample", "confirm"}
)
ADMINISTRATORS = ("xitong", "anquan", "shenjiyuan")


class Block(NamedTuple):
    """挡住下一步的一件事：代码、说给经办人的话、依据。"""

    code: str
    text: str
    cite: str


@dataclass(frozen=True)
class CaseFacts:
    """判断能否往下走所需的事实。没有发生的事按最严的写。"""

    station: str
    papers_missing: tuple[str, ...] = ()
    authorised: bool = False
    investigators: int = 0
    survey_signed: bool = False
    verification: str = "pending"
    findings_open: int = 0
    assessed: bool = False
    assessment_current: bool = False
    opinion_given: bool = False
    refusal_advised: bool = False
    posting_next_from: date | None = None
    objections_open: int = 0
    signed: bool = False
    near_relative: bool = False
    complaint: bool = False
    county_visited: bool = False
    holding_excluded: tuple[str, ...] = ()
    notice_given: bool = False


@dataclass(frozen=True)
class Terms:
    """政策包给程序的条件：调查人数下限、核对是否已接入。"""

    investigators: int
    verify_connected: bool


def next_station(road: tuple[str, ...], station: str) -> str | None:
    """路上的下一个环节；到头为 None，不在路上抛 ValueError。"""
    if station not in road:
        raise ValueError(f"这条路上没有“{station}”这个环节")
    place = road.index(station) + 1
    return road[place] if place < len(road) else None


def blocks(facts: CaseFacts, terms: Terms, on: date) -> tuple[Block, ...]:
    """离开当前环节之前还差什么；空的就可以往下走。"""
    found = {
        "accept": _leaving_accept,
        "survey": _leaving_survey,
        "verify": _leaving_verify,
        "review": _leaving_review,
        "post": _leaving_post,
        "sign": _leaving_sign,
        "confirm": _leaving_confirm,
        "notify": _leaving_notify,
    }.get(facts.station)
    return tuple(found(facts, terms, on)) if found else ()


def _leaving_accept(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if facts.papers_missing:
        listed = "、".join(facts.papers_missing)
        yield Block("papers_missing", f"材料不齐：{listed}。请一次性告知申请人", f"{REVIEW_57} 第十条")
    if not facts.authorised:
        yield Block("not_authorised", "还缺家庭经济状况核对授权书", f"{REVIEW_57} 第九条")


def _leaving_survey(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if facts.investigators < terms.investigators:
        text = f"入户调查应有至少 {terms.investigators} 人，现记有 {facts.investigators} 人"
        yield Block("too_few_investigators", text, f"{REVIEW_57} 第十六条")
    if not facts.survey_signed:
        yield Block("survey_unsigned", "入户调查表还缺调查人或在场家庭成员签字", f"{REVIEW_57} 第十六条")


def _leaving_verify(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if terms.verify_connected and facts.verification != "done":
        yield Block("verification_open", "信息核对报告还没有出来", f"{REVIEW_57} 第十七条")
    if facts.findings_open:
        text = f"有 {facts.findings_open} 条核对结果还没有处理"
        yield Block("findings_open", text, f"{REVIEW_57} 第十八条")


def _leaving_review(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if not facts.assessed:
        yield Block("not_assessed", "还没有测算", f"{REVIEW_57} 第十九条")
    elif not facts.assessment_current:
        yield Block("assessment_stale", "测算之后事实或政策有变化，请重新测算", f"{REVIEW_57} 第十九条")
    if not facts.opinion_given:
        yield Block("no_opinion", "还没有写初审意见", f"{REVIEW_57} 第十九条")


def _leaving_post(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if facts.posting_next_from is None:
        yield Block("not_posted", "还没有公示", f"{REVIEW_57} 第十九条")
    elif on < facts.posting_next_from:
        text = f"公示期未满，{facts.posting_next_from.isoformat()} 起可进入下一步"
        yield Block("posting_open", text, f"{REVIEW_57} 第十九条")
    if facts.objections_open:
        text = f"有 {facts.objections_open} 条异议没有办结，请重新调查或民主评议"
        yield Block("objection_open", text, f"{REVIEW_57} 第十九条")


def _leaving_sign(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if not facts.signed:
        yield Block("not_signed", "乡镇负责人还没有签批", f"{REVIEW_57} 第十九条")
    yield from _still_standing(facts)


def _leaving_confirm(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if facts.refusal_advised:
        text = "初审意见是建议不予确认，不能确认；请不予确认，或退回重新调查"
        yield Block("refusal_advised", text, f"{REVIEW_57} 第二十条")
    if (facts.near_relative or facts.complaint) and not facts.county_visited:
        why = "近亲属备案" if facts.near_relative else "公示期间有投诉举报"
        yield Block("county_visit_due", f"{why}的申请，县级应先入户核查", f"{REVIEW_57} 第二十条")
    for scheme in facts.holding_excluded:
        yield Block("holding_excluded", f"家庭成员正在享受{scheme}，不能同时享受", f"{REVIEW_57} 第二十条")
    yield from _still_standing(facts)


def _leaving_notify(facts: CaseFacts, terms: Terms, on: date) -> Iterable[Block]:
    if not facts.notice_given:
        yield Block("not_notified", "还没有告知申请人", f"{REVIEW_57} 第二十一条")


def _still_standing(facts: CaseFacts) -> Iterable[Block]:
    if facts.objections_open:
        text = f"有 {facts.objections_open} 条异议没有办结"
        yield Block("objection_open", text, f"{REVIEW_57} 第十九条")
    if not facts.assessment_current:
        yield Block(
            "assessment_stale", "测算之后事实或政策有变化，请退回初审重新测算", f"{REVIEW_57} 第十九条"
        )


def side(duty: str) -> str:
    """这项职责站在哪一边：同一边的可由一人办，不同边的必须由不同的人办；不分边的为空。"""
    return next((min(group) for group in SEPARATED if duty in group), "")


def conflict(duty: str, person: object, acts: Iterable[tuple[str, object]]) -> Block | None:
    """同一个案子或批次上，这个人做过互斥的职责就不能再做 `duty`。`acts` 是（职责, 人）。没有开关可放宽。"""
    mine = next((group for group in SEPARATED if duty in group), None)
    if mine is None:
        return None
    for done, who in acts:
        if who == person and done not in mine and any(done in group for group in SEPARATED):
            text = f"您在这件事上做过“{DUTIES[done]}”，不能再做“{DUTIES[duty]}”，请换一个人办"
            return Block("conflicting_duty", text, "不相容岗位相互分离")
    return None


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
