"""伤人的文件一律在打开之前或在子进程里被挡下，每种有自己的原因。"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doudi.exchange.sheets.grid import Kind
from doudi.exchange.sheets.guard import MAX_BYTES, UploadRefused, file_kind, inspect_package, shown_name
from doudi.exchange.sheets.reading import read_grid
from doudi.exchange.sheets.roster import read_roster
from tests.exchange import bad_files
from tests.exchange.rosters import ON, Formula, identity_number, sheet_bytes

SECONDS = 10
UP = ".."
MEMORY_KB = 512 * 1024


@pytest.fixture(autouse=True)
def within_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """每个坏输入的处理器时间 10 秒之内，读它的子进程峰值内存 512 MB 之内。"""
    children: list[resource.struct_rusage] = []

    def waitpid(pid: int, flags: int) -> tuple[int, int]:
        found, status, usage = os.wait4(pid, flags)
        children.append(usage)
        return found, status

    monkeypatch.setattr(os, "waitpid", waitpid)
    yield
    # Processor time, not the wall clock: a busy machine must not turn a good answer into a failure.
    assert sum(one.ru_utime + one.ru_stime for one in children) < SECONDS
    # Until it starts its own program a child counts as big as the process it came from.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert max((one.ru_maxrss for one in children), default=0) <= max(MEMORY_KB, own)


def refusal(content: bytes, filename: str) -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        read_grid(content, filename)
    assert "！" not in caught.value.text
    assert "Traceback" not in caught.value.text
    return caught.value


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(bad_files.row_bomb, "size", id="A01"),
        pytest.param(bad_files.cell_bomb, "size", id="A02"),
        pytest.param(bad_files.far_cell, "extent", id="A03"),
        pytest.param(bad_files.nested_entities, "dtd", id="A04"),
        pytest.param(lambda: bad_files.with_part("xl/vbaProject.bin"), "macro", id="A06-inside"),
        pytest.param(
            lambda: bad_files.with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "external", id="link"
        ),
        pytest.param(lambda: bad_files.with_part("xl/embeddings/oleObject1.bin"), "embedded", id="embedded"),
        pytest.param(lambda: bad_files.with_part(f"{UP}/{UP}/etc/x"), "path", id="zip-slip"),
        pytest.param(lambda: bad_files.with_part("/tmp/x"), "path", id="absolute-path"),  # noqa: S108
        pytest.param(lambda: bad_files.package(bad_files.rows_of(60_001)), "rows", id="A26"),
        pytest.param(lambda: bad_files.package(bad_files.rows_of(2, columns=101)), "extent", id="columns"),
        pytest.param(lambda: bad_files.package(b"<worksheet><sheetData>"), "damaged", id="half-xml"),
    ],
)
def test_hostile_workbooks_are_refused_by_name(make: Callable[[], bytes], code: str) -> None:
    assert refusal(make(), "名册.xlsx").code == code


def test_a05_external_entity_is_refused_and_the_local_file_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("不可外泄", encoding="utf-8")
    caught = refusal(bad_files.external_entity(str(secret)), "名册.xlsx")
    assert caught.code == "dtd"
    assert "不可外泄" not in caught.text


def test_a06_macro_workbook_is_refused_by_its_extension() -> None:
    assert refusal(sheet_bytes([["姓名"]]), "名册.xlsm").code == "macro"


def test_a07_each_false_file_has_its_own_reason() -> None:
    good = sheet_bytes([["姓名", "身份证", "补差"]])
    reasons = [
        refusal("姓名,身份证".encode("gbk"), "名册.xlsx"),
        refusal(b"MZ\x90\x00" + b"\x00" * 100, "名册.xlsx"),
        refusal(b"", "名册.xlsx"),
        refusal(good[: len(good) // 2], "名册.xlsx"),
        refusal(b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "名册.xlsx"),
        refusal(good, "名册.csv"),
        refusal(good, "名册.exe"),
        refusal("姓名".encode("utf-16"), "名册.csv"),
    ]
    assert [one.code for one in reasons] == [
        "magic", "magic", "empty", "damaged", "old_format", "magic", "type", "encoding",
    ]  # fmt: skip
    assert len({one.text for one in reasons}) == len(reasons)


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(UploadRefused, match="10 MB"):
        file_kind(b"PK\x03\x04" + b"\x00" * MAX_BYTES, "a.xlsx")


def test_too_many_members_are_refused() -> None:
    many = {f"xl/media/{n}.png": b"" for n in range(200)}
    content = bad_files.package((bad_files.HEAD + bad_files.TAIL).encode(), many)
    assert refusal(content, "a.xlsx").code == "members"


def test_ratio_alone_is_enough_to_refuse() -> None:
    content = bad_files.package(
        (bad_files.HEAD + bad_files.TAIL).encode(), {"xl/media/1.bin": b"\x00" * (70 << 20)}
    )
    assert refusal(content, "a.xlsx").code == "ratio"


def test_styled_empty_cells_far_away_do_no_harm() -> None:
    sheet = '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="ZZ900000" s="1"/></row>'
    content = bad_files.package((bad_files.HEAD + sheet + bad_files.TAIL).encode())
    assert read_grid(content, "a.xlsx").sheets[0].height == 1


def test_prefixed_and_utf16_sheets_are_scanned_like_any_other() -> None:
    far = bad_files.HEAD.replace("<worksheet xmlns=", "<x:worksheet xmlns:x=").replace(
        "<sheetData", "<x:sheetData"
    )
    far += '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    with pytest.raises(UploadRefused, match="范围太大"):
        inspect_package(bad_files.package(far.encode()))
    text = (
        bad_files.HEAD.replace("UTF-8", "UTF-16")
        + '<row r="70000"><c r="A70000"><v>1</v></c></row>'
        + bad_files.TAIL
    )
    assert refusal(bad_files.package(text.encode("utf-16")), "a.xlsx").code == "extent"


def test_formula_and_error_cells_are_told_from_values_even_inside_array_formulas() -> None:
    cells = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#N/A</v></c><c r="C1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="array" ref="A2:A3">X</f><v>7</v></c></row><row r="3"><c r="A3"><v>8</v></c></row>'
    )
    (sheet,) = read_grid(
        bad_files.package((bad_files.HEAD + cells + bad_files.TAIL).encode()), "a.xlsx"
    ).sheets
    kinds = {
        (row, column): sheet.cell(row, column).kind
        for row, column in [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1)]
    }
    assert kinds == {
        (1, 1): Kind.FORMULA, (1, 2): Kind.ERROR, (1, 3): Kind.NUMBER, (2, 1): Kind.FORMULA, (3, 1): Kind.FORMULA,
    }  # fmt: skip


def test_formula_without_a_stored_result_is_still_seen() -> None:
    (sheet,) = read_grid(sheet_bytes([["a", Formula("=X", "")]]), "a.xlsx").sheets
    assert sheet.cell(1, 2).kind is Kind.FORMULA


def test_a26_csv_of_too_many_rows() -> None:
    assert refusal(b"a,b\r\n" * 60_001, "名册.csv").code == "rows"


def test_a27_csv_with_bom_crlf_quoted_newline_and_trailing_comma() -> None:
    text = f'\ufeff户主,身份证号码,"补差\n（元）",\r\n王建国,{identity_number(1)},500.00,\r\n'
    roster = read_roster(read_grid(text.encode(), "名册.csv"), on=ON)
    assert [(one.head_name, one.amount_fen) for one in roster.households] == [("王建国", 50_000)]


def test_a28_csv_in_gb18030_with_four_byte_characters() -> None:
    text = f"户主,身份证号码,补差\n𠮷野,{identity_number(1)},1\n龘䶮㛃,{identity_number(2)},2\n"
    roster = read_roster(read_grid(text.encode("gb18030"), "名册.csv"), on=ON)
    assert [one.head_name for one in roster.households] == ["𠮷野", "龘䶮㛃"]


def test_a29_utf8_that_also_decodes_as_gbk_is_read_as_utf8() -> None:
    content = f"户主,身份证,补差\n张三李四,{identity_number(1)},1\n".encode()
    assert "张三李四".encode().decode("gbk") == "寮犱笁鏉庡洓"
    assert read_roster(read_grid(content, "a.csv"), on=ON).households[0].head_name == "张三李四"


def test_a30_the_same_file_gives_the_same_fingerprint_and_the_same_roster() -> None:
    content = sheet_bytes([["户主", "身份证", "补差"], ["王建国", identity_number(1), 500]])
    first, again = (read_grid(content, name) for name in ("甲.xlsx", "乙.xlsx"))
    assert first.sha256 == again.sha256
    assert read_roster(first, on=ON).households == read_roster(again, on=ON).households


def test_a31_file_names_are_only_shown_never_used() -> None:
    assert shown_name(f"{UP}/{UP}/etc/\x00\u202egpj.名册.xlsx") == "gpj.名册.xlsx"
    assert shown_name(f"{UP}\\{UP}\\a\r\nb.csv") == "ab.csv"
    assert shown_name(f"{UP}/{UP}") == "未命名文件"
    assert len(shown_name("长" * 300 + ".csv")) == 80
    assert read_grid(b"a,b\n", f"{UP}/x\x07.csv").filename == "x.csv"


def test_the_child_inherits_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[dict[str, str]] = []
    run = subprocess.run

    def recording(*args: object, **options: dict[str, str]) -> object:
        handed.append(options["env"])
        return run(*args, **options)  # type: ignore[call-overload]

    monkeypatch.setenv("DOUDI_SECRET_KEY", "不可外泄")
    monkeypatch.setattr(subprocess, "run", recording)
    read_grid(b"a,b\n", "a.csv")
    assert "不可外泄" not in str(handed)
    assert len(handed) == 1


def test_ordinary_big_roster_reads_in_time() -> None:
    content = bad_files.package(bad_files.rows_of(40_000, columns=15, text="王建国"))
    (sheet,) = read_grid(content, "a.xlsx").sheets
    assert (sheet.height, sheet.width) == (40_000, 15)
