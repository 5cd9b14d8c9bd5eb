"""读名册时的发现：行错误、已作的统一、前后不符之处，各带位置。"""

from __future__ import annotations

from dataclasses import dataclass, field

from doudi.exchange.sheets.grid import Cell, column_letters


@dataclass(frozen=True, slots=True)
class Source:
    """出处：哪张表第几行。"""

    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class RowError:
    """一处行错误；column 是列的字母，空串表示整行。rule 是规则代号，text 给经办人看。"""

    sheet: str
    row: int
    column: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """一处说明：系统统一了写法、跳过了一行或忽略了一列。row 为 0 表示整张表。"""

    sheet: str
    row: int
    column: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """表上写的与算出来的不一致；kind 为 households persons amount size birth sex per_head 之一，金额单位分。"""

    sheet: str
    row: int
    kind: str
    stated: str
    computed: str
    text: str


@dataclass(slots=True)
class Findings:
    """一张表的发现，边读边记。"""

    sheet: str
    errors: list[RowError] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)

    def refuse(self, cell: Cell, rule: str, text: str) -> None:
        """记一处行错误。"""
        self.errors.append(RowError(self.sheet, cell.row, column_letters(cell.column), rule, text))

    def tell(self, row: int, column: int, rule: str, text: str) -> None:
        """记一处说明；column 为 0 表示整行。"""
        self.notes.append(Note(self.sheet, row, column_letters(column), rule, text))

    def contradict(self, row: int, kind: str, stated: str, computed: str, what: str) -> None:
        """记一处不符。"""
        text = f"第 {row} 行{what}写的是 {stated}，算出来是 {computed}，请核对。"
        self.contradictions.append(Contradiction(self.sheet, row, kind, stated, computed, text))
