"""The approval form: the family as it was assessed, then what each office said, in the order of the paper form."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from doudi.law.evaluation import Outcome
from doudi.law.language import down_to_fen, to_fen
from doudi.law.masking import mask_identity, mask_phone
from doudi.law.money import yuan
from doudi.law.schemes import means_inputs as words
from doudi.law.schemes.dibao import CLASSES
from doudi.law.schemes.tekun_inputs import GRADES
from doudi.records.cases.models import Act
from doudi.records.checks.assessing import explain, grade_of
from doudi.records.decisions.models import Decision
from doudi.records.desk import deciding
from doudi.records.people.models import Membership, Person
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import parameters, scheme_name
from doudi.records.postings.models import Posting
from doudi.records.staff.models import User
from doudi.web.ui.print import offices
from doudi.web.ui.print.decision_sheets import (
    ApprovalForm,
    FormIncome,
    FormMember,
    FormProperty,
    FormSums,
    Said,
)
from doudi.web.ui.print.printing import chinese_day

Row = Mapping[str, Any]
# Which test of property each grade passes, and where its limits are declared.
PROPERTY_OF = {
    "dibao": "property_meets", "tekun": "own_property_meets", "bianyuan": "border_property",
    "gangxing": "rigid_property",
}  # fmt: skip
ASSETS_OF = {
    "dibao": "dibao.assets", "tekun": "tekun.assets", "bianyuan": "dibao.border.assets",
    "gangxing": "dibao.rigid.assets",
}  # fmt: skip
# (label on the form, a person's sum, an item's share of it)
INCOMES = (
    ("工资性净收入", "wage_income", "wage_item"),
    ("经营净收入", "business_income", "business_item"),
    ("财产净收入", "property_income", "property_item"),
    ("转移净收入", "transfer_income", "transfer_item"),
)


def approval_form(decision: Decision, on: dt.date) -> ApprovalForm:
    """一份决定的审批表; 收入、财产、差额按当时的测算重算, 与决定一致。"""
    case, household = decision.case, decision.household
    assert case is not None
    outcome = outcome_of(decision)
    sheet = deciding.sheet(case, None, decision.decided_on)
    application = getattr(case, "application", None)
    return ApprovalForm(
        unit=offices.civil_affairs(),
        township=offices.township_office(case.village),
        no=case.no,
        decision_no=decision.no,
        scheme=scheme_name(decision.scheme),
        name=household.head.name,
        village=case.village.name,
        locality=household.get_kind_display(),
        phone=mask_phone(str(household.phone or "")),
        applied_on=case.accepted_on,
        reason=application.reason if application else "",
        members=_assessed(outcome) if outcome else _registered(decision),
        incomes=list(_incomes(outcome)) if outcome else [],
        properties=list(_properties(outcome, decision)) if outcome else [],
        sums=_sums(outcome, grade_of(decision.scheme)) if outcome else None,
        survey=_survey(sheet),
        posting=_posted(sheet.posting),
        opinion=_opinion(sheet),
        signed=_signed(case.acts.filter(duty="sign").select_related("user").order_by("-pk").first()),
        county=Said(decision.reason, name_of(decision.by), decision.decided_on),
        granted=decision.kind == Decision.Kind.GRANT,
        amount_fen=decision.amount_fen,
        on=on,
    )


def outcome_of(decision: Decision) -> Outcome | None:
    """决定所依据的测算, 按当时的录入重算; 没有测算的为空。"""
    return explain(decision.assessment) if decision.assessment else None


def sums_of(decision: Decision) -> FormSums | None:
    """决定所依据的测算的主要数字。"""
    outcome = outcome_of(decision)
    return _sums(outcome, grade_of(decision.scheme)) if outcome else None


def _sums(outcome: Outcome, grade: str) -> FormSums:
    home = outcome.values["household"][0]
    standard = to_fen(home["standard_year"], over=12)
    klass, base_fen, more_fen = _paid(outcome)
    return FormSums(
        members=home["members"],
        klass=klass,
        income_fen=home["household_income"],
        income_per_head_fen=home["income_per_head"],
        standard_fen=standard,
        gap_per_head_fen=max(standard - home["income_per_head"], 0),
        base_fen=base_fen,
        supplements_fen=more_fen,
        property_meets=bool(home.get(PROPERTY_OF[grade], home["property_meets"])),
    )


def _paid(outcome: Outcome) -> tuple[str, int, int]:
    """The class, the living money and what comes on top: of the family, or of each person who is supported."""
    home = outcome.values["household"][0]
    if "household_class" in home:
        return CLASSES[home["household_class"]], home["base_amount"] + home["singles"], home["supplements"]
    supported = [row for row in outcome.values["person"] if row["eligible"]]
    grades = dict.fromkeys(GRADES[row["care_grade"]].split("（")[0] for row in supported)
    basic, care = (sum(row[name] for row in supported) for name in ("basic_amount", "care_amount"))
    return "、".join(grades), basic, care


def _assessed(outcome: Outcome) -> list[FormMember]:
    rows = outcome.values["person"]
    people = Person.objects.in_bulk([row["person_id"] for row in rows])
    return [
        FormMember(
            name=people[row["person_id"]].name,
            relation=str(Membership.Relation(row["relation"]).label),
            sex=people[row["person_id"]].get_sex_display(),
            age=row["age"],
            identity=mask_identity(str(people[row["person_id"]].id_number)),
            condition=_condition(row),
            counted=row["counted"],
        )
        for row in rows
    ]


def _registered(decision: Decision) -> list[FormMember]:
    """Without an assessment the form shows who was registered, and leaves the rest to the pen."""
    return [
        FormMember(
            m.person.name, m.get_relation_display(), m.person.get_sex_display(), None,
            mask_identity(str(m.person.id_number)), "", True,
        )
        for m in members_on(decision.household, decision.decided_on)
    ]  # fmt: skip


def _condition(row: Row) -> str:
    told = []
    if row["disability"] != "none":
        grade = f"{row['disability_grade']}级" if row["disability_grade"] else ""
        told.append(f"{words.DISABILITIES[row['disability']]}残疾{grade}")
    if row["illness"] != "none":
        told.append(words.ILLNESSES[row["illness"]])
    if row["student"] != "none":
        told.append(words.STUDENTS[row["student"]])
    return "，".join(told)


def _incomes(outcome: Outcome) -> Iterator[FormIncome]:
    persons = [row for row in outcome.values["person"] if row["counted"]]
    counted = {row["person_id"] for row in persons}
    items = [row for row in outcome.values["income"] if row["person_id"] in counted]
    for label, total, share in INCOMES:
        told = [_item(row, share) for row in items if row["income_counts"] and row[share]]
        work_cost = sum(row["wage"] - row["wage_income"] for row in persons if row["wage"] > 0)
        if share == "wage_item" and work_cost:
            told.append(f"减就业成本 {yuan(work_cost)}")
        yield FormIncome(label, "，".join(told), sum(row[total] for row in persons))
    deduction = sum(row["rigid_deduction"] for row in persons)
    if deduction:
        yield FormIncome("刚性支出扣减", "因残疾、重病增加的支出", -deduction)
    left_out = [_item(row, "gross") for row in items if not row["income_counts"]]
    if left_out:
        yield FormIncome("不计入的收入", "，".join(left_out), 0)


def _item(row: Row, share: str) -> str:
    return f"{words.INCOME_KINDS[row['income_kind']]} {yuan(row[share])}"


def _properties(outcome: Outcome, decision: Decision) -> Iterator[FormProperty]:
    assessment = decision.assessment
    assert assessment is not None
    home = outcome.values["household"][0]
    grade = grade_of(decision.scheme)
    terms = partial(_term, parameters(assessment.case.village_id, assessment.on).value, grade)
    heads = home["applicants"] if grade == "tekun" else home["members"]
    cap = down_to_fen(home["standard_year"] * terms("months") * heads, over=12)
    yield FormProperty("金融资产", _fen(home["financial_assets"]), f"不超过 {yuan(cap)} 元")
    yield FormProperty(
        "机动车辆", _fen(home["best_vehicle"]), f"价值不超过 {yuan(terms('vehicle_value'))} 元"
    )
    houses = home["houses"]
    yield FormProperty("住房", f"{houses} 套" if houses else "无", f"不超过 {terms('houses')} 套")
    share = terms("company_share")
    limit = f"不超过 {yuan(share)} 元" if share else "不得有"
    yield FormProperty("企业出资、股权", _fen(home["company_shares"]), limit)


def _term(value_of: Any, grade: str, name: str) -> int:
    return int(value_of(f"{ASSETS_OF[grade]}.{name}"))


def _fen(amount: int) -> str:
    return f"{yuan(amount)} 元" if amount else "无"


def _survey(sheet: deciding.Sheet) -> Said:
    visit = sheet.visit
    if visit is None:
        return Said()
    match = "与申报相符" if visit.is_consistent else "与申报有出入"
    return Said(f"{match}。{visit.observed}", visit.names, visit.visited_on)


def _posted(posting: Posting | None) -> Said:
    if posting is None:
        return Said()
    told = [f"{o.no}{o.get_outcome_display()}" for o in posting.objections.all()]
    objections = f"有异议{len(told)}条：{'、'.join(told)}" if told else "无异议"
    text = f"{chinese_day(posting.posted_on)}张贴，公示至{chinese_day(posting.until_on)}，{objections}。"
    return Said(text, name_of(posting.posted_by), posting.posted_on)


def _opinion(sheet: deciding.Sheet) -> Said:
    given = sheet.opinion
    if given is None:
        return Said()
    advice = f"建议确认，每月{yuan(given.amount_fen)}元" if given.recommends else "建议不予确认"
    return Said(f"{given.text}。{advice}。".replace("。。", "。"), name_of(given.by), given.on)


def _signed(act: Act | None) -> Said:
    return Said(act.note or act.title, act.user.name, act.on) if act else Said()


def name_of(username: str) -> str:
    """登录名对应的姓名; 已不在册的写登录名。"""
    return User.objects.filter(username=username).values_list("name", flat=True).first() or username
