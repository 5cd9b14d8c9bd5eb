"""精减退职、高龄、价格补贴和定额津贴的录入。"""

from __future__ import annotations

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.holdings import add_holdings
from doudi.law.schemes.means_inputs import MEANS
from doudi.law.units import CODE, COUNT, FEN, FEN_MONTH, FLAG, RATE

FIXED_KINDS = {
    "festival": "节日慰问", "serious_illness": "大病慰问", "bereavement": "丧葬慰问",
    "heating": "取暖补贴", "disabled_vehicle_fuel": "残疾人机动车燃油补贴", "accident_insurance": "意外险保费",
}  # fmt: skip
# A day of long ago is compared, never counted with: eight digits, year, month, day.
_DAY = (0, 99_991_231)

ALLOWANCE = Rulebook("allowance", "津贴补贴", shares=("dibao", "exclusion"))


def _household(book: Rulebook) -> None:
    book.inputs["locality"] = MEANS.inputs["locality"]
    # Published figures; a fall is entered as 0.
    for name, label in (("cpi_rise", "居民消费价格"), ("food_cpi_rise", "食品价格")):
        book.input(HOUSEHOLD, name, unit=RATE, label=f"{label}同比涨幅", domain=(0, 10_000), usual=0)


def _person(book: Rulebook) -> None:
    book.inputs["age"] = MEANS.inputs["age"]
    book.input(PERSON, "retrenched", unit=FLAG, label="精减退职老职工", usual=False)
    book.input(
        PERSON, "joined_on", unit=COUNT, label="参加工作日期（八位数，如 19570901）", domain=_DAY, usual=0
    )
    book.input(
        PERSON, "left_on", unit=COUNT, label="精减退职日期（八位数，如 19620630）", domain=_DAY, usual=0
    )
    book.input(PERSON, "lump_sum", unit=FLAG, label="领过一次性退职补助金", usual=False)
    book.input(PERSON, "former_wage", unit=FEN_MONTH, label="原标准工资", usual=0)
    book.input(
        PERSON, "own_medical_cost", unit=FEN, label="报销后个人负担的医疗费", usual=0, sensitivity="S2"
    )
    book.input(PERSON, "deceased", unit=FLAG, label="本人已去世，发放丧葬补助", usual=False)
    book.input(PERSON, "fixed_kind", unit=CODE, label="定额津贴项目", domain=FIXED_KINDS, usual="festival")
    book.input(PERSON, "fixed_count", unit=COUNT, label="定额津贴份数", domain=(0, 100), usual=0)


_household(ALLOWANCE)
_person(ALLOWANCE)
add_holdings(ALLOWANCE)
