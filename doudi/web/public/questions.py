"""The eight questions of the self-test, one a page; every name is the name of a form field, and nothing is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings

from doudi.law.packs import Parameters
from doudi.law.schemes.means_inputs import BASIC_PENSION, EXCLUDED_KINDS
from doudi.records.policies.queries import parameters
from doudi.store.today import today
from doudi.web.public.forms import MoneyField

MOST_PEOPLE = 8
HEALTHS = {
    "well": "没有大病、重残",
    "disabled": "有一级或二级残疾证",
    "ill": "得了大病 (癌症、尿毒症这类)",
}
Answers = Mapping[str, str]


class Question(forms.Form):
    """一问; 有的问题几口人就有几格。"""

    title = ""
    hint = ""
    use_required_attribute = False

    def __init__(self, *args: Any, answers: Answers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(answers)

    def ask(self, answers: Answers) -> None:
        """按前面的回答添几格; 多数问题不用。"""


class PlaceQuestion(Question):
    """户口。"""

    title = "家里的户口在农村还是城镇"
    hint = "看户口簿。农村和城镇的低保线不一样。"
    locality = forms.ChoiceField(
        label="户口",
        choices=[("rural", "农村"), ("urban", "城镇")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个"},
    )


class SizeQuestion(Question):
    """几口人。"""

    title = "家里几口人一起过日子"
    hint = "一个锅吃饭、花一本账的才算。在外上学的孩子算, 分了家单过的不算。"
    size = forms.IntegerField(
        label="几口人",
        min_value=1,
        max_value=MOST_PEOPLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "请填几口人",
            "invalid": "请填数字, 例如 3",
            "min_value": "至少 1 口人",
            "max_value": f"这里最多算 {MOST_PEOPLE} 口人, 人再多请打电话问",
        },
    )


class PeopleQuestion(Question):
    """每个人的年纪和身体。"""

    title = "每个人多大年纪, 身体怎么样"
    hint = "老人、孩子、重残和大病的人, 另有照顾。"

    def ask(self, answers: Answers) -> None:
        """每口人两格。"""
        ages = list(age_bands(local_rules()).items())
        for place, name in enumerate(names(size_of(answers)), 1):
            self.fields[f"age_{place}"] = forms.ChoiceField(label=f"{name} · 年纪", choices=ages)
            self.fields[f"health_{place}"] = forms.ChoiceField(
                label=f"{name} · 身体", choices=list(HEALTHS.items())
            )


class WageQuestion(Question):
    """每个大人打工的钱。"""

    title = "打工、上班, 一年挣多少"
    hint = "没有就空着。零工按一年大概的数写。"

    def ask(self, answers: Answers) -> None:
        """孩子不问。"""
        for place, name in enumerate(names(size_of(answers)), 1):
            if answers.get(f"age_{place}") != "minor":
                self.fields[f"wage_{place}"] = MoneyField(label=f"{name} (元/年)")


class BusinessQuestion(Question):
    """种养和买卖。"""

    title = "种地、养殖、做小买卖, 一年净剩多少"
    hint = "卖的钱减去种子、化肥、饲料、进货的本钱。没有就空着。"
    crops = MoneyField(label="种地 (元/年)")
    livestock = MoneyField(label="养殖 (元/年)")
    business = MoneyField(label="做买卖、手艺活 (元/年)")


class OtherIncomeQuestion(Question):
    """别的进项。"""

    title = "一年还有这些钱吗"
    lease = MoneyField(label="土地流转、租房子 (元/年)")
    pension = MoneyField(label="退休工资、职工养老金 (元/年)")
    support = MoneyField(label="不在一起过的儿女给的钱 (元/年)")

    def ask(self, answers: Answers) -> None:
        """不计入收入的项目先说清, 免得白写。"""
        self.hint = f"没有就空着。这些钱不算收入, 不用写: {'、'.join(left_out(local_rules()))}。"


class SavingsQuestion(Question):
    """存款。"""

    title = "家里的存款、现金一共有多少"
    hint = "全家合起来, 银行、微信、支付宝里的都算。没有就空着。"
    savings = MoneyField(label="存款和现金 (元)")


class ThingsQuestion(Question):
    """房和车。"""

    title = "有几套房, 有没有汽车"
    hint = "自己住的也算一套。农用三轮车、电动车、残疾人代步车不用写。"
    houses = forms.ChoiceField(
        label="房子", choices=[("0", "没有"), ("1", "1 套"), ("2", "2 套"), ("3", "3 套或更多")], initial="1"
    )
    car = MoneyField(label="汽车现在值多少钱 (元), 没有就空着")


QUESTIONS: tuple[type[Question], ...] = (
    PlaceQuestion,
    SizeQuestion,
    PeopleQuestion,
    WageQuestion,
    BusinessQuestion,
    OtherIncomeQuestion,
    SavingsQuestion,
    ThingsQuestion,
)


@dataclass(frozen=True)
class Kept:
    """前面答过的一格, 随表单带着走。"""

    name: str
    value: str


def local_rules() -> Parameters:
    """本县今天的政策参数。"""
    return parameters(settings.COUNTY, today())


def age_bands(rules: Parameters) -> dict[str, str]:
    """三段年纪, 分界取自政策参数。"""
    minor, elder = rules.value("dibao.member.minor_age"), rules.value("dibao.supplement.elder_age")
    return {"adult": f"{minor} 到 {elder - 1} 岁", "elder": f"{elder} 岁以上", "minor": f"不满 {minor} 岁"}


def left_out(rules: Parameters) -> list[str]:
    """按现行政策不计入收入的项目。"""
    found = [EXCLUDED_KINDS[code] for code in rules.value("dibao.income.excluded") if code in EXCLUDED_KINDS]
    pension = rules.value("dibao.income.basic_pension_excluded")
    return [*BASIC_PENSION.values(), *found] if pension else found


def names(size: int) -> list[str]:
    """怎么称呼每口人。"""
    return ["您自己", *(f"第 {place} 口人" for place in range(2, size + 1))]


def size_of(answers: Answers) -> int:
    """几口人; 没答好的按 1。"""
    text = answers.get("size", "").strip()
    return min(max(int(text), 1), MOST_PEOPLE) if text.isdecimal() else 1


def fields_of(answers: Answers) -> Iterable[str]:
    """八问一共有哪些格, 按问的先后。"""
    for question in QUESTIONS:
        yield from question(answers=answers).fields
