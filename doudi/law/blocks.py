"""什么挡住下一步：离开一个环节之前还差哪些事，各带依据。只看给的事实，不读数据、不看时钟。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from doudi.law.duties import Block
from doudi.law.procedure import ABILITY_43, APPROVAL_220, POSTINGS, REVIEW_57, STATIONS, Procedure


@dataclass(frozen=True)
class CaseFacts:
    """判断能否往下走所需的事实。没有发生的事按最严的写；`posted_clear_from` 是各榜自哪天起可往下走。

    `unposted` 是依法不公示的原因，空着的要公示。
    """

    station: str
    papers_missing: tuple[str, ...] = ()
    authorised: bool = False
    unsigned: tuple[str, ...] = ()
    duplicates_open: tuple[str, ...] = ()
    relatives_open: tuple[str, ...] = ()
    paused: str = ""
    investigators: int = 0
    survey_signed: bool = False
    survey_gaps: tuple[str, ...] = ()
    verification: str = "pending"
    findings_open: int = 0
    ability_assessed: bool = False
    panel_due: bool = False
    panel_held: bool = False
    panel_since_visit: bool = False
    assessed: bool = False
    assessment_current: bool = False
    opinion_given: bool = False
    refusal_advised: bool = False
    posted_clear_from: Mapping[str, date] = field(default_factory=dict)
    unposted: str = ""
    photos_missing: tuple[str, ...] = ()
    objections_open: int = 0
    signed: bool = False
    intended: bool = False
    near_relative: bool = False
    complaint: bool = False
    county_visited: bool = False
    sample: str = ""
    holding_excluded: tuple[str, ...] = ()
    award_ended: bool = False
    notice_given: bool = False


def blocks(facts: CaseFacts, terms: Procedure, on: date) -> tuple[Block, ...]:
    """离开当前环节之前还差什么；空的就可以往下走。"""
    found = LEAVING.get(facts.station)
    return (*_paused(facts), *_award_ended(facts), *(found(facts, terms, on) if found else ()))


def _paused(facts: CaseFacts) -> Iterable[Block]:
    if facts.paused:
        yield Block("paused", f"计时已暂停：{facts.paused}。请先恢复计时", f"{REVIEW_57} 第二十二条")


def _award_ended(facts: CaseFacts) -> Iterable[Block]:
    if facts.award_ended:
        text = "要改的待遇在办理期间已经停止或者换成别的待遇，这件案子没有可以改的；请终止办理"
        yield Block("award_ended", text, f"{REVIEW_57} 第三十二条")


def _leaving_accept(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if facts.papers_missing:
        listed = "、".join(facts.papers_missing)
        yield Block("papers_missing", f"材料不齐：{listed}。请一次性告知申请人", f"{REVIEW_57} 第十条")
    if not facts.authorised:
        yield Block("not_authorised", "还缺家庭经济状况核对授权书", f"{REVIEW_57} 第九条")
    if facts.unsigned:
        listed = "、".join(facts.unsigned)
        yield Block("unsigned", f"核对授权还缺 {listed} 的签字", "649号令 第五十八条")
    if facts.duplicates_open:
        listed = "、".join(facts.duplicates_open)
        yield Block("duplicates_open", f"疑似重复申请还没有核实：{listed}", f"{REVIEW_57} 第十条")
    if facts.relatives_open:
        listed = "、".join(facts.relatives_open)
        yield Block("relatives_open", f"疑似工作人员近亲属还没有核实：{listed}", f"{REVIEW_57} 第十一条")


def _leaving_survey(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if facts.investigators < terms.investigators:
        text = f"入户调查应有至少 {terms.investigators} 人，现记有 {facts.investigators} 人"
        yield Block("too_few_investigators", text, f"{REVIEW_57} 第十六条")
    if not facts.survey_signed:
        yield Block("survey_unsigned", "入户调查表还缺调查人或在场家庭成员签字", f"{REVIEW_57} 第十六条")
    if facts.survey_gaps:
        listed = "、".join(facts.survey_gaps)
        yield Block("survey_gaps", f"入户调查还没有做：{listed}", f"{REVIEW_57} 第十六条")


def _leaving_verify(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if terms.verify_connected and facts.verification != "done":
        yield Block("verification_open", "信息核对报告还没有出来", f"{REVIEW_57} 第十七条")
    if facts.findings_open:
        text = f"有 {facts.findings_open} 条核对结果还没有处理"
        yield Block("findings_open", text, f"{REVIEW_57} 第十八条")


def _leaving_ability(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if not facts.ability_assessed:
        yield Block("ability_open", "还没有作生活自理能力评估", f"{ABILITY_43} 第三章")


def _leaving_panel(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if not facts.panel_since_visit:
        yield Block("panel_open", "还没有民主评议，或评议人数、票数不足", f"{APPROVAL_220} 第四章")


def _leaving_review(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if not facts.assessed:
        yield Block("not_assessed", "还没有测算", f"{REVIEW_57} 第十九条")
    elif not facts.assessment_current:
        yield Block("assessment_stale", "测算之后事实或政策有变化，请重新测算", f"{REVIEW_57} 第十九条")
    if facts.panel_due and not facts.panel_held:
        yield Block("panel_open", "公示有异议，应重新调查并民主评议", f"{REVIEW_57} 第十九条")
    if not facts.opinion_given:
        yield Block("no_opinion", "还没有写初审意见", f"{REVIEW_57} 第十九条")


def _leaving_post(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if not facts.unposted:
        yield from _posted_through(facts, terms, on)
    if facts.objections_open:
        text = f"有 {facts.objections_open} 条异议没有办结，请重新调查或民主评议"
        yield Block("objection_open", text, STATIONS[facts.station].cite)


def _posted_through(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    clear_from, cite = facts.posted_clear_from.get(facts.station), STATIONS[facts.station].cite
    if clear_from is None:
        yield Block("not_posted", "还没有公示", cite)
    elif on < clear_from:
        text = f"公示期未满，{clear_from.isoformat()} 起可进入下一步"
        yield Block("posting_open", text, cite)
    elif terms.photos_required and facts.photos_missing:
        text = f"公示照片还没有传回：{'、'.join(facts.photos_missing)}"
        yield Block("photos_missing", text, cite)


def _leaving_sign(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    if not facts.signed:
        yield Block("not_signed", "乡镇负责人还没有签批", f"{REVIEW_57} 第十九条")
    yield from _still_standing(facts)


def _leaving_intend(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    yield from _county_looks(facts, terms)
    if not facts.intended:
        yield Block("not_intended", "县级还没有提出拟确认意见", f"{APPROVAL_220} 第五章")
    yield from _still_standing(facts)


def _leaving_confirm(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
    yield from _county_looks(facts, terms)
    for scheme in facts.holding_excluded:
        yield Block("holding_excluded", f"家庭成员正在享受{scheme}，不能同时享受", f"{REVIEW_57} 第二十条")
    yield from _still_standing(facts)


def _county_looks(facts: CaseFacts, terms: Procedure) -> Iterable[Block]:
    """What the county must have done with its own eyes before it says yes."""
    if facts.refusal_advised:
        text = "初审意见是建议不予确认，不能确认；请不予确认，或退回重新调查"
        yield Block("refusal_advised", text, f"{REVIEW_57} 第二十条")
    if (facts.near_relative or facts.complaint) and not facts.county_visited:
        why = "近亲属备案" if facts.near_relative else "公示期间有投诉举报"
        yield Block("county_visit_due", f"{why}的申请，县级应先入户核查", f"{REVIEW_57} 第二十条")
    if terms.sample_rate and terms.sample_when == "before":
        if facts.sample == "":
            yield Block("sample_undrawn", "还没有进入县级抽查，请先抽签", "县级入户抽查")
        elif facts.sample == "drawn":
            yield Block("sample_visit_due", "被抽中，县级应先入户抽查", "县级入户抽查")


def _leaving_notify(facts: CaseFacts, terms: Procedure, on: date) -> Iterable[Block]:
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


LEAVING: Mapping[str, Callable[[CaseFacts, Procedure, date], Iterable[Block]]] = {
    "accept": _leaving_accept,
    "survey": _leaving_survey,
    "verify": _leaving_verify,
    "ability": _leaving_ability,
    "panel": _leaving_panel,
    "review": _leaving_review,
    **dict.fromkeys(POSTINGS, _leaving_post),
    "sign": _leaving_sign,
    "intend": _leaving_intend,
    "confirm": _leaving_confirm,
    "notify": _leaving_notify,
}
