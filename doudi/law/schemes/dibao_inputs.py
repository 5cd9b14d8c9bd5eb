"""低保规则书和它在家庭经济状况以外要的录入。"""

from __future__ import annotations

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.means import MEANS
from doudi.law.units import CODE, COUNT, FEN_MONTH, FEN_YEAR, FLAG, MONTHS

EXIT_CAUSES = {"employment": "就业", "business": "自主创业", "other": "其他增收"}
# The expenses of the twelve months before applying, each net of insurance, aid and donations.
SPENDINGS = {
    "medical": "医疗", "education": "教育", "rehabilitation": "残疾康复", "accident": "意外事故", "living": "基本生活",
}  # fmt: skip


def _household(book: Rulebook) -> None:
    book.input(HOUSEHOLD, "income_stable", unit=FLAG, label="收入基本稳定", usual=True)
    book.input(HOUSEHOLD, "gradual_exit", unit=FLAG, label="处于渐退期", usual=False)
    book.input(HOUSEHOLD, "exit_cause", unit=CODE, label="渐退原因", domain=EXIT_CAUSES, usual="employment")
    book.input(HOUSEHOLD, "exit_months_used", unit=MONTHS, label="渐退期已过的月数", domain=(0, 600), usual=0)
    book.input(HOUSEHOLD, "previous_amount", unit=FEN_MONTH, label="渐退前月保障金（不含增发）", usual=0)
    for kind, label in SPENDINGS.items():
        book.input(
            HOUSEHOLD, f"spend_{kind}", unit=FEN_YEAR, label=f"十二个月{label}刚性支出（减报销、救助、捐助）", usual=0,
            sensitivity="S2",
        )  # fmt: skip
    book.input(
        HOUSEHOLD,
        "months_waited",
        unit=MONTHS,
        label="申请后已等待的月数（旧做法）",
        domain=(0, 600),
        usual=0,
    )


def _person(book: Rulebook) -> None:
    book.input(PERSON, "single_applies", unit=FLAG, label="单独提出申请", usual=False)
    book.input(
        PERSON,
        "job_refusals",
        unit=COUNT,
        label="无正当理由连续拒绝介绍的适当工作（次）",
        domain=(0, 99),
        usual=0,
    )
    book.input(PERSON, "service_missed", unit=FLAG, label="应参加公益劳动而未参加（旧做法）", usual=False)


DIBAO = Rulebook("dibao", "最低生活保障", shares=("local",))
DIBAO.include(MEANS)
_household(DIBAO)
_person(DIBAO)
