"""Broken packs: each refused whole, with file, line and a reason in plain words; the packs in force stay in force.

Every file (or folder of files) of bad_packs is laid over the shipped packs. Its first line says what must be told:
`# expect: <line> <phrase of the reason>`.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from doudi.exchange.policy_files import assembled, read_document, read_documents, read_packs
from doudi.law.completeness import missing
from doudi.law.entities import PERSON
from doudi.law.evaluation import evaluate
from doudi.law.library import BOOKS
from doudi.law.pack_files import PackDocument, PackError, PolicyRow
from doudi.law.packs import MissingParameter, Packs
from doudi.law.rulebook import CircularRules, Rulebook
from doudi.law.units import FEN

POLICIES = Path(__file__).parents[2] / "policies"
FOLDER = Path(__file__).parent / "bad_packs"
CASES = sorted(FOLDER.iterdir())
COUNTY, ON = "410482", date(2026, 6, 1)
SAYS = re.compile(r"\A﻿?# expect: (\d+) (.+)\n")
# Words of a program, or of English, that a clerk should never be shown.
NOT_FOR_A_CLERK = re.compile(r"Error|Traceback|None|object at|expected|found |token|mapping|scan")


@cache
def shipped() -> tuple[PackDocument, ...]:
    return tuple(read_documents(POLICIES))


@cache
def in_force() -> Packs:
    return assembled(shipped())


def digest(packs: Packs) -> str:
    return packs.resolve(COUNTY, ON).digest(packs.declared)


def files_of(case: Path) -> list[Path]:
    return sorted(case.iterdir()) if case.is_dir() else [case]


def expected(case: Path) -> tuple[str, int, str]:
    for file in files_of(case):
        raw = file.read_bytes()
        said = SAYS.match(raw.decode("utf-16" if raw[:2] == b"\xff\xfe" else "utf-8", "replace"))
        if said:
            return name_of(file), int(said[1]), said[2]
    raise AssertionError(f"{case} does not say what to expect")


def name_of(file: Path) -> str:
    return str(file.relative_to(FOLDER))


def lay_over(case: Path) -> Packs:
    return assembled([*shipped(), *(read_document(file, name_of(file)) for file in files_of(case))])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_broken_pack_is_refused_with_file_line_and_reason(case: Path) -> None:
    before = digest(in_force())
    with pytest.raises(PackError) as refused:
        lay_over(case)
    error = refused.value
    print(error)
    file, line, phrase = expected(case)
    assert (error.file, error.line) == (file, line), error
    assert phrase in error.reason
    assert not NOT_FOR_A_CLERK.search(error.reason), error
    assert str(error) == f"{file} 第 {line} 行：{error.reason}"
    assert digest(in_force()) == before


def test_there_are_at_least_forty() -> None:
    print(f"{len(CASES)} broken packs")
    assert len(CASES) >= 40


def test_a_broken_file_in_the_folder_refuses_the_whole_folder(tmp_path: Path) -> None:
    """Nothing is half-loaded: with the broken file none of the folder is read, without it all of it is."""
    folder = copytree(POLICIES, tmp_path / "policies")
    before = read_packs(folder)
    bad = folder / "counties" / "110101.yaml"
    bad.write_bytes((FOLDER / "percent_over_100.yaml").read_bytes())
    with pytest.raises(PackError, match=r"counties/110101\.yaml 第 9 行"):
        read_packs(folder)
    assert digest(before) == digest(in_force())
    bad.unlink()
    assert digest(read_packs(folder)) == digest(before)


def test_a_file_that_would_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dibao.yml").write_text("pack: lost\n", "utf-8")
    with pytest.raises(PackError, match=r"dibao\.yml 第 1 行：文件名要以 \.yaml 结尾"):
        read_packs(tmp_path)


def test_a_refused_office_value_leaves_the_packs_as_they_were() -> None:
    before = digest(in_force())
    wrong = PolicyRow("dibao.work.rate", "120", COUNTY, date(2026, 5, 1), "测试文件", "")
    with pytest.raises(PackError, match="办公室录入 第 0 行：“就业成本占工资比例”：120% 超过上限 100%"):
        in_force().with_values([wrong])
    assert digest(in_force()) == before


def test_a_hole_that_is_meant_is_said_and_an_office_value_may_replace_one_that_runs_on(
    tmp_path: Path,
) -> None:
    pack = tmp_path / "meant.yaml"
    rows = (
        "    - {since: 2026-01-01, until: 2026-02-01, value: 1, gap: 是}\n"
        "    - {since: 2026-07-01, until: 2027-01-01, value: 2}\n"
    )
    pack.write_text(
        f'pack: meant\narea: "110101"\ndocument: 测试文件\nstatus: demo\nvalues:\n  dibao.assets.houses:\n{rows}',
        "utf-8",
    )
    packs = assembled([*shipped(), read_document(pack, "meant.yaml")])
    with pytest.raises(MissingParameter):
        packs.resolve("110101", date(2026, 3, 1)).value("dibao.assets.houses")
    earlier = PolicyRow("dibao.assets.houses", "3", "110101", date(2026, 9, 1), "测试文件", "")
    replaced = packs.with_values([earlier])
    assert replaced.resolve("110101", date(2026, 10, 1)).value("dibao.assets.houses") == 3


def test_rules_in_a_circle_are_refused_with_their_path() -> None:
    book = Rulebook("circle", "成环")
    book.rule(PERSON, cite="测试", unit=FEN, since="2020-01-01", name="hen")(_egg_first)
    book.rule(PERSON, cite="测试", unit=FEN, since="2020-01-01", name="egg")(_hen_first)
    with pytest.raises(CircularRules, match="circle 的规则成环：hen → egg → hen"):
        book.seal()


def _egg_first(egg: int) -> int:
    """鸡"""
    return egg


def _hen_first(hen: int) -> int:
    """蛋"""
    return hen


def test_a_missing_parameter_is_named_when_a_rule_needs_it() -> None:
    place = in_force().resolve("110101", ON)
    case = {"household": [{"household_id": 1, "locality": "rural", "cpi_rise": 0, "food_cpi_rise": 0}]}
    with pytest.raises(MissingParameter, match=r"缺少政策参数“[^”]+”（[a-z_.]+）：区划 110101 在 2026-06-01"):
        evaluate(BOOKS["allowance"], case, place, ON)


@pytest.mark.parametrize("book", BOOKS)
def test_all_that_is_missing_is_listed_at_once(book: str) -> None:
    """Where nothing local is given the list is long, and giving all of it (the demo county's) leaves none."""
    found = missing(BOOKS[book], in_force().resolve("110101", ON))
    assert found
    assert all(one.label for one in found)
    assert len({one.path for one in found}) == len(found)
    assert {one.path for one in found} <= set(BOOKS[book].edition(ON).parameters)


def test_a_method_not_chosen_needs_no_parameters() -> None:
    """A county that tops up needs no class amounts; choosing classes asks for them, and only for them."""
    county = in_force().resolve(COUNTY, ON)
    allowance = BOOKS["allowance"]
    before = {one.path for one in missing(allowance, county)}
    changed = {one.path for one in missing(allowance, county.replaced({"allowance.price.method": "flat"}))}
    assert changed - before == {"allowance.price.flat_rate"}
