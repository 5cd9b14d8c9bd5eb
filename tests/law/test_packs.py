"""Policy packs: errors name file, line and reason; scope, dates, extends; nothing has a default."""

from datetime import date
from typing import Any

import pytest

from doudi.exchange.policy_files import parse_document
from doudi.law.catalogue import read_catalogue
from doudi.law.pack_files import PackError, PolicyRow
from doudi.law.packs import MissingParameter, Packs, scopes

DECLARED = """pack: declared
area: "000000"
declare:
  dibao.standard.rural: {label: 农村低保年标准, unit: 元/年}
  dibao.work.rate: {label: 就业成本占工资比例, unit: "%"}
  dibao.houses: {label: 住房套数上限, unit: 个}
  dibao.excluded: {label: 不计入的项目, unit: 代码表}
  dibao.bands: {label: 分段, unit: 分段表}
  dibao.way: {label: 取整方式, unit: 代码, names: {up: 见角进元, fen: 到分}}
"""
ON = date(2026, 6, 1)


def pack(values: str, name: str = "county", area: str = "410482", head: str = "") -> str:
    return f'pack: {name}\narea: "{area}"\ndocument: 演示值\nstatus: demo\n{head}values:\n{values}'


def packs(*texts: str) -> Packs:
    files = [DECLARED, *texts]
    return Packs(parse_document(text, f"file{number}.yaml") for number, text in enumerate(files))


def one(path: str, value: str, extra: str = "") -> str:
    return pack(f"  {path}:\n    - {{since: 2026-01-01, value: {value}{extra}}}\n")


def refused(*texts: str) -> PackError:
    with pytest.raises(PackError) as refusal:
        packs(*texts)
    return refusal.value


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("dibao.standard.rural", "5880.001", "最多两位小数"),
        ("dibao.standard.rural", '"5,880"', "千分位"),
        ("dibao.standard.rural", "5.88e3", "科学记数法"),
        ("dibao.work.rate", "20.001", "万分之一"),
        ("dibao.houses", "1.5", "不带小数"),
        ("dibao.excluded", "pension", "应写成列表"),
        ("dibao.bands", "[{至: 100, 比例: 50}, {至: 100, 比例: 60}]", "逐段增大"),
        ("dibao.way", "down", "up（见角进元）、fen（到分） 之一"),
        ("dibao.standrad", "1", "没有声明过“dibao.standrad”"),
    ],
)
def test_a_bad_value_names_file_line_and_reason(path: str, value: str, reason: str) -> None:
    error = refused(one(path, value))
    assert error.file == "file1.yaml"
    assert error.line in (6, 7)
    assert reason in error.reason
    assert str(error).startswith(f"file1.yaml 第 {error.line} 行：")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (
            pack("  dibao.houses: [{since: 2026-01-01, value: 1}]\n", area="4104"),
            2,
            "6 位区划码",
        ),
        ("pack: x\narea: '410482'\nvalue: {}\n", 3, "不认识“value”"),
        ("pack: x\narea: '410482'\nvalues: {}\nvalues: {}\n", 4, "写了两次"),
        ("pack: x\n  area: [\n", 2, "YAML 写法不对"),
        ("", 1, "文件是空的"),
        ("pack: declared\narea: '410482'\n", 1, "重复"),
        (pack("  dibao.houses:\n    - {since: 2026-02-30, value: 1}\n"), 7, "不是日期"),
        (pack("  dibao.houses:\n    - {value: 1}\n"), 7, "缺少“since”"),
        (pack("  dibao.houses:\n    - {since: 2026-01-01, value: 1, status: sure}\n"), 7, "status"),
        (
            pack(
                "  dibao.houses:\n    - {since: 2026-01-01, value: 1}\n    - {since: 2026-01-01, value: 2}\n"
            ),
            8,
            "不要改旧值",
        ),
        (
            pack("  dibao.houses:\n    - {since: 2026-01-01, value: 1}\n", head="extends: nowhere\n"),
            5,
            "“nowhere”不存在",
        ),
        (pack("  dibao.houses:\n    - {since: 2026-01-01, value: 1}\n", head="extends: county\n"), 5, "成环"),
    ],
)
def test_a_bad_file_names_file_line_and_reason(text: str, line: int, reason: str) -> None:
    error = refused(text)
    assert (error.file, error.line) == ("file1.yaml", line)
    assert reason in error.reason


def test_a_misplaced_leaf_under_a_leaf_is_refused() -> None:
    error = refused("pack: more\narea: '000000'\ndeclare:\n  dibao.houses.rural: {label: 某, unit: 个}\n")
    assert (error.line, "已是一项参数" in error.reason) == (4, True)


def test_nearer_scope_replaces_the_whole_leaf_and_newer_date_wins() -> None:
    nation = pack(
        "  dibao.houses: [{since: 2020-01-01, value: 1}]\n"
        "  dibao.bands: [{since: 2020-01-01, value: [{至: 9, 比例: 5}, {比例: 6}]}]\n",
        "nation",
        "000000",
    )
    city = pack("  dibao.bands: [{since: 2025-01-01, value: [{比例: 70}]}]\n", "city", "410400")
    county = pack("  dibao.houses: [{since: 2026-01-01, value: 2}, {since: 2026-07-01, value: 3}]\n")
    found = packs(nation, city, county)
    assert found.resolve("410482001002", ON).value("dibao.houses") == 2
    assert found.resolve("410482", date(2026, 7, 1)).value("dibao.houses") == 3
    assert found.resolve("410482", date(2025, 12, 31)).value("dibao.houses") == 1
    assert len(found.resolve("410482", ON).value("dibao.bands")) == 1
    assert len(found.resolve("110101", ON).value("dibao.bands")) == 2
    assert scopes("410482001002") == ("410482", "410400", "410000", "000000")


def test_extends_lays_another_pack_underneath_at_the_own_scope() -> None:
    base = pack(
        "  dibao.houses: [{since: 2020-01-01, value: 1}]\n  dibao.work.rate: [{since: 2020-01-01, value: 20}]\n",
        "base",
        "330000",
    )
    county = pack("  dibao.houses: [{since: 2026-01-01, value: 2}]\n", head="extends: base\n")
    found = packs(base, county).resolve("410482", ON)
    assert (found.value("dibao.houses"), found.value("dibao.work.rate")) == (2, 2000)
    assert found.leaf("dibao.work.rate").file == "file1.yaml"


def test_a_missing_parameter_is_named_and_never_defaulted() -> None:
    found = packs(one("dibao.houses", "1", ", until: 2026-06-01")).resolve("410482", ON)
    with pytest.raises(MissingParameter, match=r"住房套数上限.*dibao\.houses.*410482.*2026-06-01"):
        found.value("dibao.houses")


def test_a_leaf_tells_where_it_comes_from() -> None:
    leaf = (
        packs(one("dibao.standard.rural", "490", ", unit: 元/月, article: 第一条"))
        .resolve("410482", ON)
        .leaf("dibao.standard.rural")
    )
    assert leaf.value == 588_000
    assert (leaf.document, leaf.article, leaf.since, leaf.status) == (
        "演示值",
        "第一条",
        date(2026, 1, 1),
        "demo",
    )
    assert (leaf.file, leaf.line) == ("file1.yaml", 7)


def row(**change: Any) -> PolicyRow:
    given = {
        "path": "dibao.houses",
        "value": "2",
        "area_code": "410482",
        "since": date(2026, 5, 1),
        "document": "汝民〔2026〕1号",
        "article": "一",
    }
    return PolicyRow(**(given | change))


def test_office_values_are_laid_over_and_pass_the_same_validator() -> None:
    shipped = packs(one("dibao.houses", "1"))
    assert shipped.with_values([row()]).resolve("410482", ON).leaf("dibao.houses").status == "office"
    assert shipped.with_values([row()]).resolve("410482", date(2026, 4, 30)).value("dibao.houses") == 1
    assert shipped.resolve("410482", ON).value("dibao.houses") == 1
    for wrong, reason in (
        ({"value": "1.5"}, "不带小数"),
        ({"path": "dibao.nothing"}, "没有“dibao.nothing”"),
        ({"document": ""}, "没有写文号"),
        ({"since": date(2026, 1, 1)}, "已有一个值"),
    ):
        with pytest.raises(PackError, match=reason):
            shipped.with_values([row(**wrong)])


def test_what_if_is_the_same_call_with_other_parameters() -> None:
    found = packs(one("dibao.standard.rural", "5880")).resolve("410482", ON)
    changed = found.replaced({"dibao.standard.rural": "6000"})
    assert (found.value("dibao.standard.rural"), changed.value("dibao.standard.rural")) == (588_000, 600_000)
    assert found.digest(["dibao.standard.rural"]) != changed.digest(["dibao.standard.rural"])
    with pytest.raises(PackError, match="两位小数"):
        found.replaced({"dibao.standard.rural": "6000.001"})


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (
            "pack: p\narea: '000000'\nscheme:\n  id: a\n  name: 甲\n  unit: family\n  road: r\n",
            7,
            "没有“r”这条路",
        ),
        ("pack: p\narea: '000000'\nscheme: {id: a, nam: 甲}\n", 3, "不认识“nam”"),
        (
            "pack: p\narea: '000000'\nexclusive:\n  - {first: a, second: b, rule: maybe, since: 2020-01-01}\n",
            4,
            "never",
        ),
    ],
)
def test_a_bad_scheme_file_names_file_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(PackError, match=reason) as refusal:
        read_catalogue([parse_document(text, "scheme.yaml")])
    assert (refusal.value.file, refusal.value.line) == ("scheme.yaml", line)
