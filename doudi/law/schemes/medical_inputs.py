"""医疗救助的录入：身份、一笔医疗费用、本年度此前已结算的数。

Sums of the year so far are inputs, frozen by the caller from settled bills: bills run in sequence, one at a time.
"""

from __future__ import annotations

from doudi.law.entities import BILL, HOUSEHOLD, PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.law.units import CODE, FEN, FLAG

# From the highest treatment to the lowest: a person with several identities has the first that holds.
CATEGORIES = {
    "tekun": "特困人员", "dibao": "低保对象", "returned": "返贫致贫人口", "monitored": "易返贫致贫监测对象",
    "bianyuan": "低保边缘家庭成员", "illness": "因病致贫重病患者", "others": "其他人员",
}  # fmt: skip
# Identities that a place treats like one of the categories above.
LIKENED = {
    "orphan": "孤儿", "child_in_need": "困境儿童（含事实无人抚养）", "retrenched": "六十年代精减退职职工",
    "preferential": "持证（重点）优抚对象", "severely_disabled": "重度残疾人", "disabled": "三、四级残疾人",
    "brave": "见义勇为负伤致残人员", "only_child": "独生子女困难户", "hardship": "因病丧失劳动能力的常年困难户",
}  # fmt: skip
CHANNELS = {"inpatient": "住院", "outpatient": "普通门诊", "chronic": "门诊慢特病"}
DISEASE_KINDS = {"special": "特殊疾病", "ordinary": "普通疾病"}
DISEASES = {"none": "无单独限额的病种", "child_leukemia": "儿童急性白血病"}
LEVELS = {"first": "一级医院", "second": "二级医院", "third": "三级医院"}
TREATED = {
    "local": "统筹区内",
    "referred": "规范转诊",
    "emergency": "急诊抢救",
    "unreferred": "统筹区外未转诊",
}
STAGES = {"before": "医前预付", "after": "医后结算"}
DIBAO_CLASSES = {"none": "未分类", "first": "一类", "second": "二类", "third": "三类", "fourth": "四类"}

MEDICAL = Rulebook("medical", "医疗救助", shares=("local",))


def _person(book: Rulebook) -> None:
    book.input(HOUSEHOLD, "locality", unit=CODE, label="城乡类别", domain=LOCALITIES, usual="rural")
    identities = {code: label for code, label in CATEGORIES.items() if code != "others"}
    for code, label in {**identities, **LIKENED}.items():
        book.input(PERSON, f"is_{code}", unit=FLAG, label=label, usual=False, sensitivity="S2")
    book.input(
        PERSON, "dibao_class", unit=CODE, label="低保类别（一至四类）", domain=DIBAO_CLASSES, usual="none"
    )
    book.input(PERSON, "premium_enrolment", unit=FLAG, label="本次办理居民医保参保缴费", usual=False)
    book.input(PERSON, "recognised_late", unit=FLAG, label="缴费年度开始后才认定身份", usual=False)


def _visit(book: Rulebook) -> None:
    book.input(BILL, "stage", unit=CODE, label="救助时点", domain=STAGES, usual="after")
    book.input(BILL, "channel", unit=CODE, label="就医渠道", domain=CHANNELS, sensitivity="S2")
    book.input(
        BILL, "disease_kind", unit=CODE, label="病种类别", domain=DISEASE_KINDS, usual="ordinary",
        sensitivity="S2",
    )  # fmt: skip
    book.input(
        BILL, "disease", unit=CODE, label="单独限额的病种", domain=DISEASES, usual="none", sensitivity="S3"
    )
    book.input(BILL, "hospital_level", unit=CODE, label="医院等级", domain=LEVELS, usual="second")
    book.input(BILL, "treated", unit=CODE, label="就医地点和转诊", domain=TREATED, usual="local")
    book.input(BILL, "designated", unit=FLAG, label="定点医疗机构", usual=True)
    book.input(BILL, "in_province", unit=FLAG, label="在省内就医", usual=True)


def _costs(book: Rulebook) -> None:
    book.input(BILL, "total_cost", unit=FEN, label="医疗总费用", sensitivity="S2")
    book.input(BILL, "compliant_cost", unit=FEN, label="政策范围内（合规）费用", sensitivity="S2")
    for name, label in {
        "exam_cost": "合规费用中的检查费",
        "basic_paid": "结算单：基本医保支付",
        "major_paid": "结算单：大病保险支付",
        "supplementary_paid": "结算单：补充保险支付",
    }.items():
        book.input(BILL, name, unit=FEN, label=label, usual=0, sensitivity="S2")
    book.input(BILL, "settled", unit=FLAG, label="保险已结算（有结算单）", usual=True)


def _year_so_far(book: Rulebook) -> None:
    for name, label in {
        "basic_used": "本年此前基本医保已支付",
        "major_cost_before": "本年此前基本医保报销后的剩余合规费用",
        "covered_before": "本年此前已计入救助起付标准的费用",
        "aid_used": "本年此前医疗救助合计",
        "aid_used_channel": "本年此前本渠道的医疗救助",
        "aid_used_kind": "本年此前本病种类别的医疗救助",
        "own_before": "本年此前各笔救助后个人负担的合规费用",
        "tilt_used": "本年此前倾斜救助",
        "reaid_used": "本年此前再救助",
        "advance_paid": "本次住院已预付的医前救助",
    }.items():
        book.input(BILL, name, unit=FEN, label=label, usual=0, sensitivity="S2")
    book.input(BILL, "tilt_requested", unit=FLAG, label="申请倾斜救助", usual=False)
    book.input(BILL, "reaid_requested", unit=FLAG, label="申请再救助", usual=False)


_person(MEDICAL)
_visit(MEDICAL)
_costs(MEDICAL)
_year_so_far(MEDICAL)
