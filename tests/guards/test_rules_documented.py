"""No rule without article and situation, no parameter nobody reads, every published example somewhere."""

import re
from pathlib import Path

import pytest

from doudi.law.library import BOOKS
from tests.guards.tree import ROOT, listed
from tests.rules import coverage
from tests.rules.coverage import Entry
from tests.rules.situations import shipped

pytestmark = pytest.mark.nodb

# Parameters that the procedure reads or will read, not a rule: the first words of their paths, and what for.
PROCEDURE = {
    "clock.": "时限: law.clocks 按方案文件的 clocks 取",
    "road.": "程序: 各条路依次经过的环节",
    "funds.": "资金: 各级资金出多少、县级配套",
    "pay.": "发放: 周期、最迟发放日、换卡、暂停、代管、向银行查询",
    "procedure.": "程序: 确认权、调查人数、核对是否接通、抽查、暂停和终止的情形",
    "survey.": "程序: 入户必用的方法、邻里访问户数",
    "panel.": "程序: 民主评议的人数、票数和例会",
    "population.": "统计: 覆盖率的分母",
    "dibao.posting.": "公示: 姓名怎样写",
    "tekun.procedure.": "程序: 抽查比例",
    "tekun.posting.": "公示: 未成年人是否公示",
    "tekun.review.": "复核: 特困人员多久核查一次",
    "temporary.advance.": "先行救助: 多少小时内办、多少日内补手续",
    "temporary.reserve.": "备用金: 乡镇一年多少",
}
# Published examples that are no household's sum: the test that has them.
ELSEWHERE = {
    "W-14": "tests/services/test_published_statistics.py",
    "W-30": "tests/services/test_published_statistics.py",
    "W-31": "tests/services/test_published_statistics.py",
    "W-32": "tests/services/test_published_statistics.py",
    "W-33": "tests/law/test_identity.py",
    "W-35": "tests/screens/test_public_self_test.py",
}
EXAMPLES = [f"W-{number:02d}" for number in range(1, 40)]


def told(entry: Entry) -> str:
    return f"{entry.book.id}.{entry.item.name} {entry.item.title}"


def test_every_rule_and_lift_cites_its_article() -> None:
    bare = [told(entry) for entry in coverage.entries() if not re.search(r"\w", entry.item.cite)]
    assert not bare, listed(bare)


def test_every_rule_and_lift_is_named_by_a_situation() -> None:
    bare = [told(entry) for entry in coverage.entries() if not entry.situations]
    assert not bare, listed(bare)


def test_every_book_has_situations_and_every_situation_a_book() -> None:
    with_some = {situation.book.id for situation in coverage.situations()}
    assert with_some == set(BOOKS)
    folders = {path.name for path in (ROOT / "tests" / "rules").iterdir() if list(path.glob("*.yaml"))}
    assert folders == set(BOOKS)


def test_no_two_situations_of_a_book_share_a_name() -> None:
    seen: dict[tuple[str, str], int] = {}
    for situation in coverage.situations():
        key = (situation.book.id, situation.id)
        seen[key] = seen.get(key, 0) + 1
    twice = [f"{book} {name}" for (book, name), count in seen.items() if count > 1]
    assert not twice, listed(twice)


def test_every_parameter_is_read_by_a_rule_or_the_procedure() -> None:
    unread = [
        f"{path} {one.label} ({one.file})"
        for path, one in coverage.declared().items()
        if path not in coverage.users() and not path.startswith(tuple(PROCEDURE))
    ]
    assert not unread, listed(unread)


def test_the_list_of_what_the_procedure_reads_names_nothing_gone() -> None:
    idle = [path for path in coverage.declared() if path not in coverage.users()]
    gone = [stem for stem in PROCEDURE if not any(path.startswith(stem) for path in idle)]
    assert not gone, listed(gone)


def test_every_parameter_a_rule_reads_is_declared() -> None:
    missing = sorted(set(coverage.users()) - set(shipped().declared))
    assert not missing, listed(missing)


def test_every_published_example_is_a_situation_or_a_test() -> None:
    stated = {situation.id.split("/")[0] for situation in coverage.situations()}
    absent = [one for one in EXAMPLES if one not in stated and one not in ELSEWHERE]
    assert not absent, listed(absent)
    unheld = [f"{one} {file}" for one, file in ELSEWHERE.items() if not _says(ROOT / file, one)]
    assert not unheld, listed(unheld)


def _says(file: Path, example: str) -> bool:
    text = file.read_text(encoding="utf-8")
    return example in text or f"test_{example.replace('-', '').lower()}_" in text
