"""表上写着的合计：标题里的、小计行的、总计行的，逐个与算出来的对。"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from doudi.exchange.sheets.findings import Findings
from doudi.exchange.sheets.grid import Cell, Kind, value_text
from doudi.exchange.sheets.households import Draft
from doudi.exchange.sheets.rows import RowKind, SheetRow
from doudi.exchange.sheets.values import CellReader
from doudi.law.money import BadAmount, parse_yuan, yuan

HOUSEHOLDS = re.compile(r"(?<![0-9])([0-9]{1,6})户")
PERSONS = re.compile(r"(?<![0-9])([0-9]{1,6})(?:人(?![0-9户均])|口人)")
YUAN = re.compile(
    r"(?:共|合计|总计|金额|资金|总额|发放|小计)[^0-9户人]{0,6}([0-9]{1,9}(?:\.[0-9]{1,2})?)元(?!/)"
)
BARE_YUAN = re.compile(r"(?:户|人)[^0-9均准]{0,4}([0-9]{1,9}(?:\.[0-9]{1,2})?)元(?!/)")
PER_EACH = re.compile("均|标准|每")


@dataclass(frozen=True, slots=True)
class Tally:
    """户数、人数、金额（分）。"""

    households: int = 0
    persons: int = 0
    amount_fen: int = 0

    def plus(self, other: Tally) -> Tally:
        """两份相加。"""
        return Tally(
            self.households + other.households,
            self.persons + other.persons,
            self.amount_fen + other.amount_fen,
        )


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """表上写的一处合计；没写的项为 None。label 是原来的叫法。"""

    sheet: str
    row: int
    label: str
    households: int | None
    persons: int | None
    amount_fen: int | None


def tally_rows(drafts: list[Draft], *, by_person: bool) -> dict[int, Tally]:
    """每一行贡献的户、人、金额；户和金额记在户的首行。"""
    rows: dict[int, Tally] = {}
    for draft in drafts:
        persons = 0 if by_person else draft.size or 1
        rows[draft.first] = Tally(1, persons, draft.amount_fen or 0)
        for person in draft.persons if by_person else ():
            rows[person.row] = rows.get(person.row, Tally()).plus(Tally(0, 1, 0))
    return rows


def stated_totals(reader: CellReader, rows: list[SheetRow]) -> list[StatedTotal]:
    """标题与合计行里写着的数，按行先后；标题在表头之上。"""
    found = [_titled(reader, row) for row in range(1, reader.heading.rows[0])]
    found += [_written(reader, row) for row in rows if row.kind in (RowKind.SUBTOTAL, RowKind.TOTAL)]
    return [one for one in found if (one.households, one.persons, one.amount_fen) != (None, None, None)]


def check_totals(
    findings: Findings, stated: list[StatedTotal], rows: list[SheetRow], tallies: dict[int, Tally]
) -> None:
    """逐处核对；小计对上一小计以来的行，合计对本段或全表，哪个也对不上才记不符。"""
    kinds = {row.number: row.kind for row in rows}
    breaks = {RowKind.SUBTOTAL: 0, RowKind.TOTAL: 0}
    for one in stated:
        kind = kinds.get(one.row)
        if kind is None:
            _compare(findings, one, [_sum(tallies, 0, None)])
            continue
        section = _sum(tallies, breaks[kind], one.row)
        so_far = _sum(tallies, 0, one.row)
        _compare(findings, one, [section] if kind is RowKind.SUBTOTAL else [so_far, section])
        breaks[RowKind.SUBTOTAL] = one.row
        breaks[kind] = one.row


def whole(tallies: dict[int, Tally]) -> Tally:
    """全表相加。"""
    return _sum(tallies, 0, None)


def _sum(tallies: dict[int, Tally], after: int, before: int | None) -> Tally:
    total = Tally()
    for row, tally in tallies.items():
        if row > after and (before is None or row < before):
            total = total.plus(tally)
    return total


def _compare(findings: Findings, one: StatedTotal, candidates: list[Tally]) -> None:
    pairs = ("households", "户数", "户"), ("persons", "人数", "人")
    if any(_agrees(one, tally) for tally in candidates):
        return
    tally = candidates[0]
    for kind, title, unit in pairs:
        stated, computed = getattr(one, kind), getattr(tally, kind)
        if stated is not None and stated != computed:
            findings.contradict(
                one.row, kind, f"{stated} {unit}", f"{computed} {unit}", f"“{one.label}”{title}"
            )
    if one.amount_fen is not None and one.amount_fen != tally.amount_fen:
        shown = f"{yuan(one.amount_fen)} 元", f"{yuan(tally.amount_fen)} 元"
        findings.contradict(one.row, "amount", *shown, f"“{one.label}”金额")


def _agrees(one: StatedTotal, tally: Tally) -> bool:
    return (
        one.households in (None, tally.households)
        and one.persons in (None, tally.persons)
        and one.amount_fen in (None, tally.amount_fen)
    )


def _titled(reader: CellReader, row: int) -> StatedTotal:
    cells = list(reader.sheet.row_cells(row))
    words = _words(cells)
    return StatedTotal(reader.sheet.name, row, "标题", *_spoken(words))


def _written(reader: CellReader, row: SheetRow) -> StatedTotal:
    households, persons, amount = _spoken(_words(list(reader.sheet.row_cells(row.number))))
    size = _number(reader.cell(row.number, "size"))
    persons = persons if size is None else size
    column = "amount" if "amount" in reader.heading.columns else "per_head"
    in_column = _money(reader.cell(row.number, column))
    amount = amount if in_column is None else in_column
    return StatedTotal(reader.sheet.name, row.number, row.label[:20], households, persons, amount)


def _words(cells: list[Cell]) -> str:
    text = "".join(cell.text for cell in cells if isinstance(cell.value, str))
    return re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text))


def _spoken(words: str) -> tuple[int | None, int | None, int | None]:
    households, persons = HOUSEHOLDS.search(words), PERSONS.search(words)
    amounts = [found for found in (YUAN.search(words), BARE_YUAN.search(words)) if found]
    amounts = [found for found in amounts if not PER_EACH.search(found.group(0))]
    fen = (
        parse_yuan(str(amounts[0].group(1)), zero=True) if amounts and _strict(amounts[0].group(1)) else None
    )
    return (int(households.group(1)) if households else None, int(persons.group(1)) if persons else None, fen)


def _strict(text: str) -> bool:
    return not re.match("0[0-9]", text)


def _number(cell: Cell | None) -> int | None:
    text = _total_text(cell).removesuffix("人")
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else None


def _money(cell: Cell | None) -> int | None:
    try:
        return parse_yuan(_total_text(cell).removesuffix("元"), zero=True)
    except BadAmount:
        return None


def _total_text(cell: Cell | None) -> str:
    """合计格里的数；公式格取文件里存着的结果，合计只用来核对，不用来发钱。"""
    if cell is None or cell.kind is Kind.ERROR:
        return ""
    return re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", value_text(cell.value)))
