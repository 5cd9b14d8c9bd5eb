"""代发文件出去、回盘回来：字节不变，一字一分不差，有一处不对就整份不动。"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import doudi.exchange.bank
from doudi.exchange.bank.batches import (
    EXPORT_HEADER,
    RETURN_HEADER,
    BankBatch,
    BankBatchUnfit,
    BankCharset,
    BankFileRefused,
    BankLine,
    BankTextUnsafe,
    Outcome,
    ReturnSheet,
    slip_facts,
)
from doudi.exchange.bank.exports import read_export
from doudi.exchange.bank.fixed_width import layout
from doudi.exchange.bank.fixed_width import parse as fixed_parse
from doudi.exchange.bank.formats import FORMATS, bank_format, kind_of
from doudi.exchange.bank.generic_csv import render as csv_render
from doudi.exchange.bank.generic_gb18030 import render as gb18030_render
from doudi.exchange.sheets.guard import UploadRefused
from tests.exchange.rosters import read_here, sheet_bytes

ON = date(2026, 11, 10)
SAMPLE = BankBatch(
    "DB-2026-11-001",
    (
        BankLine(1, "王建国", "006217000000000001", 81_900, "2026年11月农村低保"),
        BankLine(2, "买买提·艾力", "6217000000000002", 57_405, "2026年11月农村低保"),
        BankLine(3, "李,秀英", "6217000000000003", 1, "2026年11月农村低保"),
    ),
)
FOLDERS = {
    "csv": "generic_csv", "gb18030": "generic_gb18030", "gbk": "generic_gbk", "xlsx": "generic_xlsx",
    "fixed": "fixed_width",
}  # fmt: skip


def batch_of(*names: str, memo: str = "低保") -> BankBatch:
    return BankBatch(
        "B1", tuple(BankLine(n, name, "62170000", 100, memo) for n, name in enumerate(names, start=1))
    )


@pytest.mark.parametrize("format_id", FORMATS)
def test_each_format_reads_back_what_it_wrote(format_id: str) -> None:
    one = bank_format(format_id)
    content = one.render(SAMPLE)
    assert one.parse_export(content) == SAMPLE
    assert one.render(SAMPLE) == content


@pytest.mark.parametrize("format_id", FORMATS)
def test_each_format_has_a_sample_file_beside_it(format_id: str) -> None:
    one = bank_format(format_id)
    sample = Path(doudi.exchange.bank.__path__[0], FOLDERS[format_id], f"sample{one.suffix}").read_bytes()
    assert one.parse_export(sample) == SAMPLE
    assert one.suffix == ".xlsx" or one.render(SAMPLE) == sample


def test_the_written_file_letter_by_letter() -> None:
    lines = csv_render.render(SAMPLE, bom=False).decode().split("\r\n")
    assert lines == [
        "批次号,序号,户名,账号,金额,摘要",
        "DB-2026-11-001,1,王建国,006217000000000001,819.00,2026年11月农村低保",
        "DB-2026-11-001,2,买买提·艾力,6217000000000002,574.05,2026年11月农村低保",
        'DB-2026-11-001,3,"李,秀英",6217000000000003,0.01,2026年11月农村低保',
        "合计,3,,,1393.06,",
        "",
    ]
    assert csv_render.render(SAMPLE).startswith(b"\xef\xbb\xbf")


def test_slip_facts_are_the_count_the_total_and_the_fingerprint() -> None:
    content = csv_render.render(SAMPLE)
    facts = slip_facts(SAMPLE, content)
    assert (facts.count, facts.total_fen) == (3, 139_306)
    assert facts.sha256 == hashlib.sha256(content).hexdigest()


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
lines = st.builds(
    BankLine,
    line_no=st.integers(1, 10**6),
    name=names.filter(lambda name: not name.startswith(tuple("=+-@＝＋－＠"))),
    account=st.from_regex("[0-9]{8,19}", fullmatch=True),
    amount_fen=st.integers(1, 4_999_999_999),
    memo=st.just("低保"),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(lines, min_size=1, max_size=20, unique_by=lambda line: line.line_no))
def test_any_batch_survives_every_format(made: list[BankLine]) -> None:
    batch = BankBatch("B1", tuple(made))
    for one in FORMATS.values():
        try:
            content = one.render(batch)
        except BankCharset:
            assert one.id == "gbk"  # only what is no GBK is refused, and only there
            continue
        known = (
            fixed_parse.parse_export(content)
            if one.id == "fixed"
            else read_export(read_here(content, f"a{one.suffix}"))
        )
        assert known == batch


@pytest.mark.parametrize("name", ["龘䶮", "㛃", "𠮷野", "买买提•艾力"])
def test_gb18030_carries_rare_characters_and_gbk_refuses_them_by_name(name: str) -> None:
    batch = batch_of("王建国", name)
    assert name.encode("gb18030") in gb18030_render.render(batch)
    assert name.encode("gb18030") in bank_format("fixed").render(batch)
    with pytest.raises(BankCharset, match=f"第 2 行 {name}") as caught:
        bank_format("gbk").render(batch)
    assert "?" not in caught.value.text


def test_a_broken_character_is_refused_in_every_format() -> None:
    for one in FORMATS.values():
        with pytest.raises(BankCharset, match="第 1 行"):
            one.render(batch_of("王\ud800"))


@pytest.mark.parametrize("name", ["=cmd", "+1", "-1", "@SUM", "＝1", "王\n建国", "王\x07"])
def test_names_that_a_bank_program_could_misread_stop_the_file(name: str) -> None:
    for one in FORMATS.values():
        with pytest.raises(BankTextUnsafe, match="第 1 行"):
            one.render(batch_of(name))


def test_a_batch_that_is_not_in_order_gives_no_file() -> None:
    line = SAMPLE.lines[0]
    for bad in (
        (), (line, line), (BankLine(1, "王", "62170000", 0, ""),), (BankLine(1, "王", "", 1, ""),),
        (BankLine(1, "王", "6217 000", 1, ""),), (BankLine(1, " ", "62170000", 1, ""),),
        (BankLine(1, "王", "62170000", 99_999_999_999, ""), BankLine(2, "王", "62170000", 1, "")),
    ):  # fmt: skip
        with pytest.raises(BankBatchUnfit):
            csv_render.render(BankBatch("B1", bad))


def test_a_tampered_export_is_noticed() -> None:
    content = csv_render.render(SAMPLE)
    with pytest.raises(BankFileRefused, match="不符"):
        bank_format("csv").parse_export(content.replace(b"819.00", b"919.00"))


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(BankFileRefused, match="csv、gb18030、gbk、fixed、xlsx"):
        bank_format("dbf")


ROWS = (
    ("B1", "1", "006217000000000001", "819.00", "成功", "", "2026-11-09"),
    ("B1", "2", "6217000000000002", "574.05", "失败", "账号不存在", ""),
    ("B1", "3", "6217000000000003", "0.01", "退票", "户名不符", "2026-11-10"),
)
TOTAL = ("合计", "3", "", "1393.06", "", "", "")


def as_text(charset: str) -> Callable[..., bytes]:
    def write(*rows: tuple[object, ...]) -> bytes:
        return "\r\n".join(",".join(map(str, row)) for row in (RETURN_HEADER, *rows)).encode(charset)

    return write


def as_xlsx(*rows: tuple[object, ...]) -> bytes:
    return sheet_bytes([RETURN_HEADER, *rows])


def as_fixed(*rows: tuple[str, ...]) -> bytes:
    """As a bank would write it: results as one digit, days without dashes, amounts in 分."""
    foot = (rows[-1][1], _fen(rows[-1][3]))
    records = [layout.written("H", layout.HEAD, (rows[0][0], *foot), "")]
    for _, number, account, amount, result, reason, day in rows[:-1]:
        code = {"成功": "0", "失败": "1", "退票": "2"}[result]
        values = (number, account, _fen(amount), code, reason, day.replace("-", ""))
        records.append(layout.written("R", layout.ANSWER, values, ""))
    return b"".join([*records, layout.written("T", layout.FOOT, foot, "")])


def _fen(yuan: str) -> str:
    return yuan.replace(".", "").lstrip("0")


WRITERS = {
    "csv": as_text("utf-8-sig"), "gb18030": as_text("gb18030"), "gbk": as_text("gbk"), "xlsx": as_xlsx,
    "fixed": as_fixed,
}  # fmt: skip


def returned(*rows: tuple[object, ...], batch_no: str | None = "B1") -> ReturnSheet:
    return bank_format("csv").parse_return(as_text("utf-8")(*rows), batch_no=batch_no, on=ON)


@pytest.mark.parametrize("format_id", FORMATS)
def test_a_good_return_is_read_typed_in_every_format(format_id: str) -> None:
    sheet = bank_format(format_id).parse_return(WRITERS[format_id](*ROWS, TOTAL), batch_no="B1", on=ON)
    assert sheet.errors == ()
    assert (sheet.batch_no, sheet.stated_count, sheet.stated_total_fen) == ("B1", 3, 139_306)
    assert [(line.line_no, line.amount_fen, line.outcome) for line in sheet.lines] == [
        (1, 81_900, Outcome.PAID), (2, 57_405, Outcome.FAILED), (3, 1, Outcome.BOUNCED),
    ]  # fmt: skip
    first, second, _ = sheet.lines
    assert (first.account, first.credited_on) == ("006217000000000001", date(2026, 11, 9))
    assert (second.reason, second.credited_on) == ("账号不存在", None)


def test_a_fixed_record_is_as_wide_as_agreed_in_bytes() -> None:
    records = bank_format("fixed").render(SAMPLE).split(b"\r\n")
    assert [len(record) for record in records] == [64, 180, 180, 180, 24, 0]
    assert records[2][9:73].decode("gb18030").rstrip() == "买买提·艾力"
    assert (records[1][73:105].rstrip(), records[1][105:120]) == (b"006217000000000001", b"000000000081900")


def test_what_does_not_fit_its_column_names_the_person() -> None:
    long = "古丽" * 17  # 68 bytes
    with pytest.raises(layout.BankTextTooLong, match=f"第 2 行 {long}：户名有 68 字节"):
        bank_format("fixed").render(batch_of("王建国", long))


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (lambda data: data[:-2], "header"),
        (lambda data: data.replace(b"\r\nR0", b"\r\nX0", 1), "header"),
        (lambda data: data.replace(b"\r\nR0", b"\r\nR", 1), "header"),
        (lambda data: data.replace(b"T00000003", b"T00000004"), "totals"),
        (lambda data: data.replace(b"000000000139306", b"000000000139307"), "totals"),
    ],
)
def test_a_fixed_return_that_is_not_whole_is_refused(broken: Callable[[bytes], bytes], code: str) -> None:
    with pytest.raises(BankFileRefused) as caught:
        bank_format("fixed").parse_return(broken(as_fixed(*ROWS, TOTAL)), batch_no="B1", on=ON)
    assert caught.value.code == code


@pytest.mark.parametrize("format_id", FORMATS)
def test_a_file_is_known_by_what_is_in_it(format_id: str) -> None:
    one = bank_format(format_id)
    known = kind_of(one.render(SAMPLE), f"a{one.suffix}")
    assert known == ("csv" if one.suffix == ".csv" else format_id)
    assert kind_of(WRITERS[format_id](*ROWS, TOTAL), f"a{one.suffix}") == known


def test_b03_return_of_another_batch_or_of_two_batches() -> None:
    with pytest.raises(BankFileRefused, match="这是批次 B1 的回盘，不是 B2") as caught:
        returned(*ROWS, batch_no="B2")
    assert caught.value.code == "batch"
    with pytest.raises(BankFileRefused, match="混有 2 个批次号"):
        returned(*ROWS, ("B9", "4", "62170000", "1.00", "成功", "", "2026-11-09"), batch_no=None)


def test_b04_half_of_the_lines_is_a_sound_partial_return() -> None:
    assert len(returned(ROWS[0]).lines) == 1


def test_b05_the_same_line_twice_is_an_error_on_both() -> None:
    sheet = returned(ROWS[0], ("B1", "1", "006217000000000001", "819.00", "失败", "账号不存在", ""))
    assert [(error.row, error.rule) for error in sheet.errors] == [
        (2, "line_no.duplicate"),
        (3, "line_no.duplicate"),
    ]


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "", "１"])
def test_b06_line_numbers_that_are_none(number: str) -> None:
    sheet = returned(("B1", number, *ROWS[0][2:]))
    assert [error.rule for error in sheet.errors] == ["line_no"]
    assert sheet.lines == ()


@pytest.mark.parametrize(
    "total",
    [
        ("合计", "4", "", "1393.06", "", "", ""),
        ("合计", "3", "", "1393.07", "", "", ""),
        ("合计", "三", "", "1", "", "", ""),
    ],
)
def test_b07_total_row_that_disagrees_refuses_the_file(total: tuple[str, ...]) -> None:
    with pytest.raises(BankFileRefused) as caught:
        returned(*ROWS, total)
    assert caught.value.code == "totals"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({3: "819.001"}, "amount.precision"),
        ({3: "-1"}, "amount.negative"),
        ({3: ""}, "amount.malformed"),
        ({3: "0.00"}, "amount.zero"),
        ({4: "已入账"}, "outcome"),
        ({6: ""}, "date.blank"),
        ({6: "2026-02-30"}, "date"),
        ({6: "2026-11-11"}, "date.future"),
        ({2: "6.217E+15"}, "account.malformed"),
        ({2: ""}, "account.number_cell"),
    ],
)
def test_bad_cells_are_row_errors(changed: dict[int, str], rule: str) -> None:
    row = tuple(changed.get(place, value) for place, value in enumerate(ROWS[0]))
    sheet = returned(row)
    assert [(error.row, error.rule) for error in sheet.errors] == [(2, rule)]
    assert "006217000000000001" not in sheet.errors[0].text


def test_account_in_a_number_cell_is_an_error() -> None:
    sheet = bank_format("xlsx").parse_return(
        as_xlsx(("B1", 1, 6217000000000002, 574.05, "成功", "", "2026-11-09"))
    )
    assert [error.rule for error in sheet.errors] == ["account.number_cell"]


def test_rows_after_the_total_are_errors() -> None:
    assert [
        error.rule for error in returned(ROWS[0], ("合计", "1", "", "819.00", "", "", ""), ROWS[1]).errors
    ] == ["after_total"]


def test_header_missing_or_nothing_inside() -> None:
    with pytest.raises(BankFileRefused, match="批次号、序号、账号"):
        bank_format("csv").parse_return("姓名,金额\r\n甲,1\r\n".encode())
    with pytest.raises(BankFileRefused, match="没有明细行"):
        returned()
    with pytest.raises(UploadRefused, match="0 字节"):
        bank_format("csv").parse_return(b"")


def test_columns_of_a_return_may_come_in_any_order() -> None:
    rows = [tuple(reversed(row)) for row in (RETURN_HEADER, *ROWS)]
    content = "\n".join(",".join(row) for row in rows).encode()
    assert len(bank_format("csv").parse_return(content, batch_no="B1", on=ON).lines) == 3


def test_export_header_is_the_agreed_one() -> None:
    assert ",".join(EXPORT_HEADER) == "批次号,序号,户名,账号,金额,摘要"
    assert ",".join(RETURN_HEADER) == "批次号,序号,账号,金额,结果,失败原因,入账日期"
