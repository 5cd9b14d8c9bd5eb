"""名册：把单位自己做的花名册读成一户一户，错误、说明、不符之处各归各的清单。

Nothing here guesses: a value that cannot be read strictly is a row error, and a household that has
one is left out of `households`, so an importer that wants all or nothing looks at `errors` first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from doudi.exchange.sheets.findings import Contradiction, Findings, Note, RowError
from doudi.exchange.sheets.grid import Sheet, Workbook, column_letters
from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.headings import FIELD_TITLES, SEARCH_ROWS, Heading, find_heading
from doudi.exchange.sheets.households import Draft, RosterHousehold, draft_households, finished
from doudi.exchange.sheets.rows import RowKind, SheetRow, sort_rows
from doudi.exchange.sheets.stated import StatedTotal, Tally, check_totals, stated_totals, tally_rows, whole
from doudi.exchange.sheets.values import CellReader
from doudi.law.masking import mask_account

EXPECTED = "户主（或姓名、申请人）、身份证号码、月保障金额"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """一张表认出的列：(字段，标准名，列的字母)；extra 是没有采用的列。"""

    sheet: str
    heading_row: int
    by_person: bool
    columns: tuple[tuple[str, str, str], ...]
    extra: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """读好的名册。totals 是算出来的户、人、金额（含有错误的行里读得出的数）；stated 是表上写着的。"""

    filename: str
    sha256: str
    households: tuple[RosterHousehold, ...]
    errors: tuple[RowError, ...]
    notes: tuple[Note, ...]
    contradictions: tuple[Contradiction, ...]
    totals: Tally
    stated: tuple[StatedTotal, ...]
    maps: tuple[ColumnMap, ...]


@dataclass(slots=True)
class _SheetWork:
    """一张表读到一半的样子。"""

    reader: CellReader
    rows: list[SheetRow]
    drafts: list[Draft]
    tallies: dict[int, Tally]
    stated: list[StatedTotal]


def read_roster(workbook: Workbook, *, on: date, amount_cap_fen: int | None = None) -> Roster:
    """读一份名册；找不到表头或缺必填列时抛 UploadRefused（code=header）。

    on：判断出生日期早晚的日子。amount_cap_fen：单笔每月金额上限（分），超过的是行错误。
    """
    unread: list[Note] = []
    works = [_work(sheet, heading, on, amount_cap_fen) for sheet, heading in _headed(workbook, unread)]
    _refuse_twins([work.reader for work in works])
    households = [one for work in works for one in finished(work.reader, work.drafts)]
    _tell_shared_accounts(works, households)
    for work in works:
        check_totals(work.reader.findings, work.stated, work.rows, work.tallies)
    return _roster(workbook, works, households, unread)


def _headed(workbook: Workbook, unread: list[Note]) -> list[tuple[Sheet, Heading]]:
    found: list[tuple[Sheet, Heading]] = []
    lacking: list[tuple[Sheet, Heading]] = []
    for sheet in workbook.sheets:
        heading = find_heading(sheet) if sheet.visible else None
        if heading is not None and not heading.missing:
            found.append((sheet, heading))
        elif heading is not None:
            lacking.append((sheet, heading))
        elif sheet.height:
            why = "没有找到表头" if sheet.visible else "是隐藏的"
            unread.append(Note(sheet.name, 0, "", "sheet.unread", f"工作表“{sheet.name}”{why}，没有读取。"))
    if lacking or not found:
        raise _no_heading(lacking)
    return found


def _no_heading(lacking: list[tuple[Sheet, Heading]]) -> UploadRefused:
    if not lacking:
        text = f"前 {SEARCH_ROWS} 行里没有找到表头。表头至少要有这几列：{EXPECTED}。"
        return UploadRefused("header", text)
    sheet, heading = max(lacking, key=lambda one: len(one[1].columns))
    missing = "、".join(heading.missing)
    text = f"工作表“{sheet.name}”第 {heading.rows[-1]} 行的表头缺少：{missing}。至少要有：{EXPECTED}。"
    return UploadRefused("header", text)


def _work(sheet: Sheet, heading: Heading, on: date, amount_cap_fen: int | None) -> _SheetWork:
    findings = Findings(sheet.name)
    reader = CellReader(sheet, heading, findings, on, amount_cap_fen)
    rows = sort_rows(sheet, reader)
    _tell_layout(reader, rows)
    drafts = draft_households(reader, rows)
    tallies = tally_rows(drafts, by_person=heading.by_person)
    return _SheetWork(reader, rows, drafts, tallies, stated_totals(reader, rows))


def _tell_layout(reader: CellReader, rows: list[SheetRow]) -> None:
    heading, findings = reader.heading, reader.findings
    for column, title in heading.extra:
        findings.tell(heading.rows[-1], column, "column.extra", f"“{title}”这一列没有采用。")
    if heading.rows[0] > 1:
        findings.tell(
            heading.rows[-1], 0, "header.moved", f"表头在第 {heading.rows[-1]} 行，上面的按标题看待。"
        )
    words = {RowKind.HEADER: "是重复的表头，已跳过", RowKind.FOOTER: "是签字或说明，已跳过"}
    for row in rows:
        if row.kind in words:
            findings.tell(row.number, 0, f"row.{row.kind}", f"第 {row.number} 行{words[row.kind]}。")


def _refuse_twins(readers: Iterable[CellReader]) -> None:
    """同一个人在文件里出现两次：每一行都是错误，互相指明在哪里。"""
    places = defaultdict(list)
    for reader in readers:
        for seen in reader.seen:
            places[seen.matching].append((reader, seen.cell))
    for twins in places.values():
        for reader, cell in twins if len(twins) > 1 else ():
            others = "、".join(_place(other, one.row) for other, one in twins if one is not cell)
            reader.findings.refuse(
                cell, "identity.duplicate", f"身份证号码：与{others}是同一个人，请只保留一处。"
            )


def _place(reader: CellReader, row: int) -> str:
    return f"工作表“{reader.sheet.name}”第 {row} 行"


def _tell_shared_accounts(works: list[_SheetWork], households: list[RosterHousehold]) -> None:
    findings = {work.reader.sheet.name: work.reader.findings for work in works}
    by_account = defaultdict(list)
    for household in households:
        if household.account:
            by_account[household.account].append(household.source)
    for account, sources in by_account.items():
        for source in sources if len(sources) > 1 else ():
            text = f"账号 {mask_account(account)} 有 {len(sources)} 户共用，请人工核实。"
            findings[source.sheet].tell(source.row, 0, "account.shared", text)


def _roster(
    workbook: Workbook, works: list[_SheetWork], households: list[RosterHousehold], unread: list[Note]
) -> Roster:
    found = [work.reader.findings for work in works]
    totals = Tally()
    for work in works:
        totals = totals.plus(whole(work.tallies))
    return Roster(
        workbook.filename,
        workbook.sha256,
        tuple(households),
        tuple(dict.fromkeys(error for one in found for error in one.errors)),
        tuple(dict.fromkeys([*unread, *(note for one in found for note in one.notes)])),
        tuple(dict.fromkeys(item for one in found for item in one.contradictions)),
        totals,
        tuple(total for work in works for total in work.stated),
        tuple(_column_map(work.reader.sheet, work.reader.heading) for work in works),
    )


def _column_map(sheet: Sheet, heading: Heading) -> ColumnMap:
    columns = tuple(
        (name, FIELD_TITLES[name], column_letters(column))
        for name, column in sorted(heading.columns.items(), key=lambda item: item[1])
    )
    return ColumnMap(
        sheet.name, heading.rows[-1], heading.by_person, columns, tuple(title for _, title in heading.extra)
    )
