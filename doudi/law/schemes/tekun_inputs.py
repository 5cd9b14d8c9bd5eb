"""特困规则书和它在家庭经济状况以外要的录入：申请人、自理能力、供养形式、法定义务人。

The household of this book is the applicants and their property; whoever owes them support is entered as obligors.
"""

from __future__ import annotations

from doudi.law.entities import OBLIGOR, OBLIGOR_MEMBER, PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.holdings import add_holdings
from doudi.law.schemes.means import MEANS
from doudi.law.schemes.means_inputs import DISABILITIES, LOCALITIES
from doudi.law.units import AGE, CODE, FLAG, GRADE

FORMS = {"centralised": "集中供养", "scattered": "分散供养"}
GRADES = {
    "fully": "全护理（完全丧失自理能力）",
    "partly": "半护理（部分丧失自理能力）",
    "able": "全自理（具备自理能力）",
}
ADL = {
    "cannot_eat": "不能自主吃饭", "cannot_dress": "不能自主穿衣", "cannot_rise": "不能自主上下床",
    "cannot_toilet": "不能自主如厕", "cannot_walk": "不能室内自主行走", "cannot_bathe": "不能自主洗澡",
}  # fmt: skip
INCAPACITIES = {
    "none": "无", "multiple_disability": "重度多重残疾", "hearing_speech": "重度听力、言语残疾",
    "serious_illness": "重病长期不能劳动",
}  # fmt: skip
INFECTIONS = {"none": "无", "infectious": "患传染病需隔离照料"}
DUTY_AIDS = {"none": "无", "tekun": "特困人员", "dibao": "最低生活保障对象"}
DUTY_STATES = {"none": "无", "incapable": "无民事行为能力", "missing": "被宣告失踪", "prison": "在监狱服刑"}
DUTY_GROUNDS = {
    "none": "无", "serious_illness": "本人患重病", "frail_dependants": "另有重残、重病家庭成员须供养",
}  # fmt: skip
# Why an award ends, in the order in which the reasons are looked for; the codes are those of the scheme file.
ENDINGS = {
    "none": "不停发", "S01": "死亡或者被宣告死亡、失踪", "S03": "在监狱服刑", "S06": "自愿申请退出",
    "S07": "选择孤儿、事实无人抚养儿童保障", "S02": "恢复劳动能力", "S04": "收入和财产不再符合规定",
    "S05": "法定义务人具有履行义务能力",
}  # fmt: skip


def _person(book: Rulebook) -> None:
    book.input(PERSON, "applies", unit=FLAG, label="本人申请或者享受特困供养", usual=True)
    book.input(
        PERSON, "other_incapacity", unit=CODE, label="省里规定的其他无劳动能力情形", domain=INCAPACITIES,
        usual="none", sensitivity="S2",
    )  # fmt: skip
    book.input(PERSON, "supported_as_minor", unit=FLAG, label="未成年时已享受特困供养", usual=False)
    book.input(PERSON, "chose_child_benefit", unit=FLAG, label="选择孤儿、事实无人抚养儿童保障", usual=False)
    book.input(
        PERSON, "support_form", unit=CODE, label="供养形式（本人选择）", domain=FORMS, usual="scattered"
    )
    for name, label in ADL.items():
        book.input(PERSON, name, unit=FLAG, label=label, usual=False, sensitivity="S2")
    book.input(
        PERSON, "infection", unit=CODE, label="传染病", domain=INFECTIONS, usual="none", sensitivity="S3"
    )


def _obligor(book: Rulebook) -> None:
    book.input(OBLIGOR, "duty_locality", unit=CODE, label="义务人城乡类别", domain=LOCALITIES, usual="rural")
    book.input(
        OBLIGOR, "duty_property_low", unit=FLAG, label="义务人财产符合低收入家庭规定", usual=False,
        sensitivity="S2",
    )  # fmt: skip
    book.input(OBLIGOR_MEMBER, "has_duty", unit=FLAG, label="负有法定赡养、抚养、扶养义务", usual=True)
    book.input(OBLIGOR_MEMBER, "duty_age", unit=AGE, label="义务人周岁", domain=(0, 150))
    book.input(
        OBLIGOR_MEMBER, "duty_aid", unit=CODE, label="义务人已享受的救助", domain=DUTY_AIDS, usual="none"
    )
    book.input(
        OBLIGOR_MEMBER, "duty_disability", unit=CODE, label="义务人残疾类别", domain=DISABILITIES,
        usual="none", sensitivity="S2",
    )  # fmt: skip
    book.input(
        OBLIGOR_MEMBER, "duty_disability_grade", unit=GRADE, label="义务人残疾等级", domain=(0, 4), usual=0,
        sensitivity="S2",
    )  # fmt: skip
    book.input(
        OBLIGOR_MEMBER, "duty_state", unit=CODE, label="义务人行为能力、失踪、服刑", domain=DUTY_STATES,
        usual="none", sensitivity="S2",
    )  # fmt: skip
    book.input(
        OBLIGOR_MEMBER, "duty_ground", unit=CODE, label="省里规定的其他无履行义务能力情形",
        domain=DUTY_GROUNDS, usual="none", sensitivity="S2",
    )  # fmt: skip


TEKUN = Rulebook("tekun", "特困人员救助供养", shares=("dibao", "local", "exclusion"))
TEKUN.include(MEANS)
add_holdings(TEKUN)
_person(TEKUN)
_obligor(TEKUN)
