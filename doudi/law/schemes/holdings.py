"""已享受的待遇：互斥、就高、补差都看这张表里有什么。"""

from __future__ import annotations

from collections.abc import Mapping

from doudi.law.entities import HELD
from doudi.law.rulebook import Rulebook
from doudi.law.units import CODE, FEN_MONTH

# Every scheme a person may already draw: the ids of the scheme files (a guard holds the two equal).
SCHEMES: Mapping[str, str] = {
    "dibao_urban": "城市低保", "dibao_rural": "农村低保", "bianyuan": "低保边缘家庭", "gangxing": "刚性支出困难家庭",
    "tekun_urban": "城市特困人员救助供养", "tekun_rural": "农村特困人员救助供养", "orphan": "孤儿",
    "unattended_child": "事实无人抚养儿童",
    "child_in_need": "困境儿童", "disability_living": "困难残疾人生活补贴", "disability_care": "重度残疾人护理补贴",
    "retrenched_worker": "精减退职职工救济", "old_age": "高龄津贴", "medical_direct": "医疗救助一站式结算",
    "medical_manual": "医疗救助手工零星", "medical_reaid": "医疗再救助", "premium": "资助参保",
    "temporary_fast": "小额快救", "temporary": "临时救助", "temporary_special": "临时救助（一事一议）",
    "mutual_aid": "救急难互助", "housing_rent": "租赁补贴", "price_subsidy": "价格临时补贴", "condolence": "慰问",
    "insurance_batch": "意外险", "goods": "实物", "shelter": "流浪乞讨救助",
}  # fmt: skip
# Benefits of other departments that the exclusions name beside our own schemes.
OTHERS: Mapping[str, str] = {"injury_care": "工伤保险生活护理费", "elder_care": "老年人护理补贴"}


def add_holdings(book: Rulebook) -> None:
    """声明已享受待遇的录入：项目和月金额。"""
    book.input(HELD, "held_scheme", unit=CODE, label="已享受的待遇", domain={**SCHEMES, **OTHERS})
    book.input(HELD, "held_amount", unit=FEN_MONTH, label="已享受的月金额", usual=0)
