"""临时救助规则书和它在家庭经济状况、已享受待遇以外要的录入。"""

from __future__ import annotations

from doudi.law.entities import HELD, HOUSEHOLD, PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.holdings import add_holdings
from doudi.law.schemes.means import MEANS
from doudi.law.units import CODE, FEN, FLAG, MONTHS

KINDS = {
    "fast": "小额快救", "emergency": "急难型", "expenditure": "支出型", "special": "一事一议",
    "mutual": "救急难互助",
}  # fmt: skip
CAUSES = {
    "fire": "火灾", "traffic": "交通事故", "accident": "意外伤害", "drowning": "溺水", "crime": "遭受不法侵害",
    "sudden_illness": "突发重大疾病", "death": "主要劳动力死亡", "stranded": "滞留、走失等突发困境",
    "serious_illness": "重大疾病持续治疗", "education": "教育支出", "living": "基本生活支出突增",
    "other": "其他特殊困难",
}  # fmt: skip
RECOGNISED = {
    "none": "未认定", "dibao": "低保", "tekun": "特困", "bianyuan": "低保边缘", "gangxing": "刚性支出困难",
}  # fmt: skip
SEVERITIES = {"general": "一般困难", "heavy": "较重困难", "severe": "严重困难", "extreme": "特别严重困难"}
HUKOUS = {"local": "本地户籍", "permit": "非本地户籍，持有居住证", "elsewhere": "非本地户籍，没有居住证"}
LEVELS = {"village": "村级互助社", "township": "乡镇联合会", "county": "县级"}

TEMPORARY = Rulebook("temporary", "临时救助", shares=("dibao", "local", "exclusion"))
TEMPORARY.include(MEANS)
add_holdings(TEMPORARY)


def _event() -> None:
    book = TEMPORARY
    book.input(HOUSEHOLD, "aid_kind", unit=CODE, label="救助类型", domain=KINDS)
    book.input(HOUSEHOLD, "cause", unit=CODE, label="致困原因", domain=CAUSES, sensitivity="S2")
    book.input(HOUSEHOLD, "severity", unit=CODE, label="困难程度", domain=SEVERITIES, usual="general")
    book.input(HOUSEHOLD, "hukou", unit=CODE, label="户籍和居住情况", domain=HUKOUS, usual="local")
    book.input(PERSON, "affected", unit=FLAG, label="受这次困难影响", usual=True)
    book.input(HOUSEHOLD, "necessary_cost", unit=FEN, label="这次的生活、医疗、教育必需支出", usual=0)
    book.input(HOUSEHOLD, "relief_received", unit=FEN, label="保险、其他救助、捐赠等已解决的金额", usual=0)
    book.input(HOUSEHOLD, "proposed_amount", unit=FEN, label="经办人拟定金额", usual=0)
    book.input(HOUSEHOLD, "decided_months", unit=MONTHS, label="拟定救助月数", domain=(0, 60), usual=1)


def _recognition() -> None:
    book = TEMPORARY
    book.input(
        HOUSEHOLD, "recognised_as", unit=CODE, label="已认定的困难家庭类别", domain=RECOGNISED, usual="none"
    )
    book.input(
        HOUSEHOLD, "months_since_check", unit=MONTHS, label="距最近一次认定或核查的月数", domain=(0, 600),
        usual=0,
    )  # fmt: skip


def _earlier() -> None:
    """Frozen from settled rows: this year's aids and the advance of this very case."""
    book = TEMPORARY
    book.input(HELD, "same_cause_this_year", unit=FLAG, label="一年内因同一事由享受", usual=False)
    book.input(HOUSEHOLD, "exception_granted", unit=FLAG, label="集体研究同意再次救助", usual=False)
    book.input(
        HOUSEHOLD, "aided_this_year", unit=FEN, label="本年度已发临时救助金（不含这一次先行发放的）", usual=0
    )
    book.input(HOUSEHOLD, "urgent", unit=FLAG, label="情况紧急，须先行救助", usual=False)
    book.input(HOUSEHOLD, "advance_paid", unit=FEN, label="这一次已先行发放的金额", usual=0)


def _channels() -> None:
    book = TEMPORARY
    book.input(HOUSEHOLD, "other_aid_fits", unit=FLAG, label="可由其他救助解决", usual=False)
    book.input(HOUSEHOLD, "mutual_aid_fits", unit=FLAG, label="可由救急难互助解决", usual=False)
    book.input(HOUSEHOLD, "reserve_balance", unit=FEN, label="乡镇备用金余额", usual=0)
    book.input(HOUSEHOLD, "mutual_level", unit=CODE, label="救急难办理层级", domain=LEVELS, usual="village")
    book.input(HOUSEHOLD, "society_balance", unit=FEN, label="互助资金余额", usual=0)


_event()
_recognition()
_earlier()
_channels()
