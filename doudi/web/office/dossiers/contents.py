"""What goes into the dossier of a case, part by part, in the order the law walks it.

Numbers are masked as on every sheet; of an objection only what was done about it is told, never who made it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.identity import age_on
from doudi.law.masking import mask_account, mask_identity, mask_phone
from doudi.law.money import yuan
from doudi.law.telling import main_steps, proof
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.checks import queries as checks
from doudi.records.checks.assessing import explain, rulebook_of
from doudi.records.checks.models import Assessment, FindingDealing, Opinion, VisitRecord
from doudi.records.desk import case_page, outcomes
from doudi.records.intake import queries as intake
from doudi.records.people.queries import account_of, members_on
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.kept import content
from doudi.store.models import KeptFile
from doudi.web.ui.print import offices
from doudi.web.ui.print.dossier_sheets import Dossier, Listing, Part, Picture
from doudi.web.ui.print.sheets import Way

PICTURED = "image/jpeg"


def dossier(case: Case, *, by: User, purpose: str, on: dt.date) -> Dossier:
    """一件案子的全部, 供一册印出。"""
    names = dict(User.objects.values_list("username", "name"))
    outcome = outcomes.outcome_of(case, by)
    parts = [
        _application(case), _papers(case), _signatures(case), _visits(case), _findings(case, names),
        *_assessments(case), _opinions(case, names), _postings(outcome), _decisions(outcome, names),
        _letters(outcome, names), _payments(outcome), _acts(case, by), _pictures(case),
    ]  # fmt: skip
    return Dossier(
        unit=offices.civil_affairs(),
        no=case.no,
        name=case.household.head.name,
        village=offices.village_name(case.village),
        scheme=scheme_name(case.scheme),
        kind=str(case.get_kind_display()),
        state=str(case.get_outcome_display()) if case.closed_on else procedure_of(case).label(case.station),
        accepted_on=case.accepted_on,
        parts=parts,
        by=by.name,
        purpose=purpose,
        on=on,
    )


def _application(case: Case) -> Part:
    household, given = case.household, getattr(case, "application", None)
    account = account_of(household.head)
    facts = [
        Way("申请人", given.applicant.name if given else household.head.name),
        Way("申请日期", case.accepted_on.isoformat()),
        Way("申请理由", given.reason if given else ""),
        Way("收件途径", str(given.get_channel_display()) if given else ""),
        Way("代办人", f"{given.agent_name} ({given.agent_relation})" if given and given.agent_name else "本人办理"),
        Way("联系电话", mask_phone(str(household.phone or ""))),
        Way("领款账户", f"{account.bank} {mask_account(str(account.number))}" if account else ""),
    ]  # fmt: skip
    rows = [
        (m.person.name, str(m.get_relation_display()), mask_identity(str(m.person.id_number)),
         str(m.person.get_sex_display()), f"{age_on(m.person.birth_on, case.accepted_on)}")
        for m in members_on(household, case.closed_on or case.accepted_on)
    ]  # fmt: skip
    members = Listing(("姓名", "与户主关系", "身份证号", "性别", "年龄"), rows, (3, 3, 5, 2, 2), "家庭成员")
    return Part("申请", facts, listings=[members])


def _papers(case: Case) -> Part:
    rows = [
        (
            one.kind,
            str(one.get_status_display()),
            _yes(one.original_seen),
            _yes(one.copy_kept),
            f"{one.noted_on}",
        )
        for one in case.papers.order_by("pk")
    ]
    return Part(
        "材料清单",
        listings=[Listing(("材料", "状态", "看过原件", "留复印件", "登记日期"), rows, (5, 2, 2, 2, 3))],
    )


def _signatures(case: Case) -> Part:
    if not hasattr(case, "application"):
        return Part("授权与承诺")
    rows = [
        (one.name, one.standing, str(one.signature.get_what_display()) if one.signature else "",
         str(one.signature.get_way_display()) if one.signature else "还没有签")
        for one in intake.signers(case)
    ]  # fmt: skip
    return Part(
        "授权与承诺", listings=[Listing(("姓名", "身份", "签了什么", "怎样签的"), rows, (3, 4, 3, 4))]
    )


def _visits(case: Case) -> Part:
    visits = VisitRecord.objects.filter(case=case).prefetch_related("investigators__user").order_by("pk")
    rows = [
        (f"{one.visited_on}", str(one.get_way_display()), one.names, one.member_present, str(one.observed),
         "相符" if one.is_consistent else "有不同")
        for one in visits
    ]  # fmt: skip
    talks = [
        (f"{one.on}", str(one.neighbour), one.relation, str(one.said), one.asked_by.name)
        for one in reversed(checks.talks_of(case))
    ]
    listings = [
        Listing(
            ("日期", "方式", "调查人", "在场成员", "所见", "与申报"), rows, (3, 2, 3, 2, 6, 2), "入户调查"
        ),
        Listing(("日期", "被访问人", "关系", "反映的情况", "访问人"), talks, (3, 2, 2, 7, 2), "邻里访问"),
    ]
    return Part("调查", listings=listings)


def _findings(case: Case, names: dict[str, str]) -> Part:
    verdicts = dict(FindingDealing.Verdict.choices)
    rows = [
        (one.source, str(one.get_outcome_display()), one.person.name if one.person else "", _yuan(one.declared_fen),
         _yuan(one.found_fen), str(verdicts.get(checks.verdict_of(one), "")), one.note, f"{one.on}")
        for one in reversed(checks.findings_of(case))
    ]  # fmt: skip
    heads = ("来源", "结论", "谁", "申报(元)", "查到(元)", "处理", "说明", "日期")
    return Part("信息核对", listings=[Listing(heads, rows, (3, 2, 2, 2, 2, 2, 4, 3))])


def _assessments(case: Case) -> Iterable[Part]:
    """Every assessment is in the file with its steps: the last one is what was decided on."""
    made = list(Assessment.objects.filter(case=case).order_by("pk"))
    if not made:
        yield Part("测算")
    for number, one in enumerate(made, start=1):
        yield _assessment(one, f"测算 (第 {number} 次)" if len(made) > 1 else "测算")


def _assessment(one: Assessment, title: str) -> Part:
    book, outcome = rulebook_of(one.case.scheme), explain(one)
    rows = []
    for entity in (HOUSEHOLD, PERSON):
        for step in main_steps(book, outcome, entity):
            told = proof(step)
            rows.append((told.label, told.arithmetic, told.cite))
    facts = [Way("测算日期", one.on.isoformat())]
    return Part(title, facts, listings=[Listing(("项目", "算式", "依据"), rows, (4, 7, 5))])


def _opinions(case: Case, names: dict[str, str]) -> Part:
    rows = [
        (f"{one.on}", "建议确认" if one.recommends else "建议不予确认", _yuan(one.amount_fen), one.text,
         names.get(one.by, one.by))
        for one in Opinion.objects.filter(case=case).order_by("pk")
    ]  # fmt: skip
    return Part(
        "初审意见",
        listings=[Listing(("日期", "意见", "月金额(元)", "说明", "经办人"), rows, (3, 3, 2, 6, 2))],
    )


def _postings(outcome: outcomes.Outcome) -> Part:
    posted = list(reversed(outcome.postings))
    rows = [
        (f"{one.posted_on}", f"{one.until_on}", one.row["name"], f"{one.row['members']} 人",
         _yuan(one.row["amount_fen"]), f"{one.withdrawn_on}" if one.withdrawn_on else "")
        for one in posted
    ]  # fmt: skip
    objected = [
        (said.no, f"{said.received_on}", said.channel, str(said.get_outcome_display()), said.answer)
        for one in posted
        for said in one.objections.all()
    ]
    listings = [
        Listing(("张贴", "到", "公开姓名", "人数", "月金额(元)", "撤下"), rows, (3, 3, 3, 2, 2, 3), "公示"),
        Listing(("编号", "收到", "途径", "结论", "处理"), objected, (3, 3, 2, 2, 6), "异议 (不写提出人)"),
    ]
    return Part("公示与异议", listings=listings)


def _decisions(outcome: outcomes.Outcome, names: dict[str, str]) -> Part:
    rows = [
        (f"{one.decided_on}", one.no, str(one.get_kind_display()), _yuan(one.amount_fen), f"{one.reason} {one.basis}",
         names.get(one.by, one.by))
        for one in reversed(outcome.decisions)
    ]  # fmt: skip
    return Part(
        "决定",
        listings=[
            Listing(("日期", "文号", "决定", "月金额(元)", "理由与依据", "决定人"), rows, (3, 3, 2, 2, 5, 2))
        ],
    )


def _letters(outcome: outcomes.Outcome, names: dict[str, str]) -> Part:
    rows = [
        (
            one.no,
            f"{told.delivered_on}",
            str(told.get_how_display()),
            told.received_by,
            names.get(told.by, told.by),
        )
        for one in reversed(outcome.decisions)
        if (told := one.delivered)
    ]
    return Part(
        "告知送达",
        listings=[Listing(("文号", "送达日期", "方式", "签收人", "送达人"), rows, (4, 3, 3, 3, 3))],
    )


def _payments(outcome: outcomes.Outcome) -> Part:
    rows = [
        (f"{one.month // 100}-{one.month % 100:02}", _yuan(one.amount_fen), str(one.get_state_display()),
         f"{one.paid_on}" if one.paid_on else "", one.account_last4, one.reason)
        for one in reversed(outcome.lines)
    ]  # fmt: skip
    return Part(
        "发放",
        listings=[
            Listing(("月份", "金额(元)", "结果", "入账", "卡号后四位", "说明"), rows, (2, 2, 2, 3, 2, 4))
        ],
    )


def _acts(case: Case, by: User) -> Part:
    rows = [
        (f"{one.on}", one.title, one.user.name, one.note) for one in reversed(case_page.acts_of(case, by))
    ]
    return Part("办理记录", listings=[Listing(("日期", "事项", "办理人", "说明"), rows, (3, 5, 3, 6))])


def _pictures(case: Case) -> Part:
    kept: Sequence[KeptFile] = [
        *intake.pictures_of(case).order_by("pk"),
        *checks.files_of(case).order_by("pk"),
    ]
    shown = [Picture(one.title, content(one)) for one in kept if one.media_type == PICTURED]
    return Part("图片", pictures=shown)


def _yes(flag: bool) -> str:
    return "是" if flag else ""


def _yuan(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)
