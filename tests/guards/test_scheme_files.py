"""The scheme files say what was agreed: ids, names, unit, shape, payee, period, road and rulebook of every scheme."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from doudi.exchange.policy_files import read_scheme_catalogue
from doudi.law.catalogue import Catalogue, Scheme
from doudi.law.library import BOOKS
from doudi.law.schemes.holdings import OTHERS, SCHEMES
from doudi.records.ledger.accounts import UnknownScheme, expense_of

POLICIES = Path(__file__).parents[2] / "policies"
# One row a scheme. A road that is a sentence elsewhere (“posting by pack; minutes”) is here the road it takes.
AGREED = """
id                name              unit       shape      payee                period  road             rulebook
dibao_urban       城市低保          household  recurring  head                 month   full             dibao
dibao_rural       农村低保          household  recurring  head                 month   full             dibao
bianyuan          低保边缘          household  status     none                 year    full             dibao
gangxing          刚性支出困难家庭  household  status     none                 year    full             dibao
tekun_urban       特困              person     recurring  self_or_institution  month   full_ability     tekun
tekun_rural       五保              person     recurring  self_or_institution  month   full_ability     tekun
orphan            孤儿              person     recurring  guardian             month   full             children
unattended_child  事实无人抚养儿童  person     recurring  guardian             month   full             children
child_in_need     困境儿童          person     recurring  guardian             month   full             children
disability_living 困难残疾人生活补贴 person    recurring  self                 month   township         disability
disability_care   重度残疾人护理补贴 person    recurring  self                 month   township         disability
retrenched_worker 六十年代精减退职职工救济 person recurring self               month   short            allowance
old_age           高龄津贴          person     recurring  self                 month   short            allowance
medical_direct    一站式结算        bill       claim      hospital             event   none             medical
medical_manual    手工零星          bill       claim      head                 event   township_posted  medical
medical_reaid     再救助            bill       claim      head                 year    township_posted  medical
premium           资助参保          person     premium    insurer              year    list             medical
temporary_fast    小额快救          household  once       head                 event   short            temporary
temporary         临时救助          household  once       head                 event   full             temporary
temporary_special 一事一议          household  once       head                 event   full             temporary
mutual_aid        救急难互助        household  once       head                 event   township         temporary
housing_rent      租赁补贴          household  recurring  head                 month   full             housing
price_subsidy     价格临时补贴      person     once       base                 event   list             allowance
condolence        慰问              household  once       head                 event   list             none
insurance_batch   意外险            person     once       insurer              event   list             none
goods             实物              household  service    none                 event   list             none
shelter           流浪乞讨救助      person     service    none                 event   short            none
"""
NEVER_BY_NAME = ("orphan", "unattended_child", "child_in_need")


class Agreed(NamedTuple):
    """One row of the table."""

    id: str
    name: str
    unit: str
    shape: str
    payee: str
    period: str
    road: str
    rulebook: str


ROWS = [Agreed(*line.split()) for line in AGREED.strip().splitlines()[1:]]


@cache
def known() -> Catalogue:
    return read_scheme_catalogue(POLICIES)


def called(scheme: Scheme) -> list[str]:
    return [re.sub("[（）]", "", name) for name in (scheme.name, *scheme.aliases)]


def test_every_agreed_scheme_has_a_file_and_no_other_has_one() -> None:
    assert sorted(known().schemes) == sorted(row.id for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_file_says_what_was_agreed(row: Agreed) -> None:
    scheme = known().schemes[row.id]
    said = (scheme.unit, scheme.shape, scheme.payee, scheme.period, scheme.road, scheme.rulebook)
    assert said == (row.unit, row.shape, row.payee, row.period, row.road, row.rulebook)
    assert any(row.name in name for name in called(scheme)), f"{row.name}：{called(scheme)}"
    file = (POLICIES / "national" / "schemes" / f"{row.id}.yaml").read_text("utf-8")
    assert f"pack: scheme-{row.id}\n" in file


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_rulebook_and_the_account_exist(row: Agreed) -> None:
    scheme = known().schemes[row.id]
    assert scheme.rulebook == "none" or scheme.rulebook in BOOKS
    assert not scheme.inputs or scheme.inputs == scheme.rulebook
    if scheme.shape == "status":
        assert not scheme.account
        with pytest.raises(UnknownScheme):
            expense_of(scheme.id)
    else:
        assert scheme.account == expense_of(scheme.id)


def test_what_a_person_may_already_draw_are_exactly_the_schemes() -> None:
    assert set(SCHEMES) == set(known().schemes)
    assert not set(OTHERS) & set(known().schemes)
    for scheme, label in SCHEMES.items():
        plain = re.sub("[（）]", "", label)
        assert any(plain in name for name in called(known().schemes[scheme])), f"{label}：{scheme}"


def test_children_are_never_posted_by_name() -> None:
    assert not [name for name in NEVER_BY_NAME if known().schemes[name].posted_by_name]


def test_every_exclusion_names_schemes_or_benefits_that_exist() -> None:
    named = {name for row in known().exclusions for name in (row.first, row.second)}
    assert named <= set(known().schemes) | set(OTHERS)
