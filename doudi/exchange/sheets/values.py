"""一格一格地读：格子变成姓名、号码、金额、日期、人数；读不准就记行错误，不猜。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from doudi.exchange.sheets.findings import Findings
from doudi.exchange.sheets.grid import Cell, Kind, Sheet
from doudi.exchange.sheets.headings import FIELD_TITLES, Heading
from doudi.law import identity as identities
from doudi.law.identity import BadIdentity, Identity
from doudi.law.money import BadAmount, parse_yuan, yuan

NAME_LIMIT = 50
TEXT_LIMIT = 300
COUNT_LIMIT = 50
FIRST_YEAR, LAST_YEAR = 1901, 2100
SAME_AS_ABOVE = frozenset(("同上", "同前", "〃", "″", '"', "“", "”", "''", "＂"))
ACCOUNT_AS_NUMBER = "存成了数字，会丢掉末位或前面的 0，请把该列存为文本后重新填写"
SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+\Z")
ACCOUNT = re.compile(r"[0-9]{6,32}\Z")
COUNT = re.compile(r"([1-9][0-9]?)(人|口|口人)?\Z")
WRITTEN_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?\Z")
PLAIN_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?\Z")
GRADE = re.compile(r"([一二三四壹贰叁肆1234])级|\A([一二三四壹贰叁肆1234])\Z")
GRADES = {mark: 1 + place % 4 for place, mark in enumerate("一二三四壹贰叁肆1234")}
NO_DISABILITY = frozenset(("", "无", "否", "没有", "非", "/", "-", "—", "0", "健全"))


@dataclass(frozen=True, slots=True)
class Seen:
    """见过的一个身份号码：所在格与比对用的写法，查重用。"""

    cell: Cell
    matching: str


class CellReader:
    """按认出的表头取一行里的字段，同时记下错误与统一。

    on 是判断日期早晚的日子；amount_cap_fen 是单笔金额上限（分），None 表示不设。
    """

    def __init__(
        self, sheet: Sheet, heading: Heading, findings: Findings, on: date, amount_cap_fen: int | None
    ) -> None:
        self.sheet, self.heading, self.findings = sheet, heading, findings
        self.on, self.amount_cap_fen = on, amount_cap_fen
        self.seen: list[Seen] = []

    def cell(self, row: int, field: str) -> Cell | None:
        """取字段所在的格；没有这一列时为 None。"""
        column = self.heading.columns.get(field)
        return None if column is None else self.sheet.cell(row, column)

    def is_blank(self, row: int, field: str) -> bool:
        """没有这一列、没填、或写着“同上”。"""
        cell = self.cell(row, field)
        return cell is None or _says_nothing(cell)

    def raw(self, row: int, field: str) -> str:
        """不作检查的文字，只用于认行。"""
        cell = self.cell(row, field)
        return "" if cell is None or _says_nothing(cell) else cell.text

    def text(self, row: int, field: str) -> str:
        """一般文字：压掉多余空白和零宽字符。"""
        cell = self._usable(row, field)
        if cell is None:
            return ""
        shown = " ".join(_visible(cell.text).split())
        if len(shown) > TEXT_LIMIT:
            self._refuse(cell, field, "text.length", f"超过 {TEXT_LIMIT} 个字")
        return shown

    def name(self, row: int, field: str) -> str:
        """姓名：统一写法并核对长短与字符；没填是错误。"""
        cell = self.cell(row, field)
        if cell is None or cell.is_blank:
            return self._blank(row, field, "name.blank")
        if self._usable(row, field) is None:
            return ""
        name = identities.canonical_name(cell.text)
        fault = _name_fault(cell, name)
        if fault:
            self._refuse(cell, field, *fault)
        elif isinstance(cell.value, str) and name != cell.value:
            self._tell(cell, field, "name.normalised", f"已统一写成“{name}”")
        return name

    def identity(self, row: int, field: str, *, of_member: bool = True) -> Identity | None:
        """身份号码：必须是文本格，逐项校验；of_member 的号码参加同表查重。"""
        cell = self.cell(row, field)
        if cell is None or cell.is_blank:
            self._blank(row, field, "identity.blank")
            return None
        if self._usable(row, field) is None:
            return None
        if cell.kind is not Kind.TEXT or SCIENTIFIC.match(cell.text):
            self._refuse(
                cell, field, "identity.number_cell", "存成了数字，号码会丢位，请把该列存为文本后重新填写"
            )
            return None
        if of_member:
            self.seen.append(Seen(cell, identities.for_matching(cell.text)))
        return self._parsed_identity(cell, field)

    def _parsed_identity(self, cell: Cell, field: str) -> Identity | None:
        number = identities.normalise(cell.text)
        if re.fullmatch("[0-9]{15}", number):
            self._refuse(cell, field, "identity.old_15", "是 15 位旧号码，请按现用证件填写 18 位号码")
            return None
        try:
            found = identities.parse(cell.text, on=self.on)
        except BadIdentity as bad:
            self._refuse(cell, field, f"identity.{bad.code}", bad.text)
            return None
        if number != cell.value:
            self._tell(cell, field, "identity.normalised", "已去掉空格并统一为半角大写")
        return found

    def amount(self, row: int, field: str, *, zero: bool = False) -> int | None:
        """金额，单位分；没填为 None（是否必填由调用者定），写法不严格是错误。"""
        cell = self._usable(row, field)
        if cell is None:
            return None
        try:
            return self._fen(cell, zero, None if field == "income" else self.amount_cap_fen)
        except BadAmount as bad:
            self._refuse(cell, field, f"amount.{bad.code}", bad.text)
            return None

    @staticmethod
    def _fen(cell: Cell, zero: bool, cap: int | None) -> int:
        if cell.kind not in (Kind.TEXT, Kind.NUMBER):
            raise BadAmount("malformed", "这一格不是金额，请填 1234.50 这样的数字")
        fen = parse_yuan(cell.text, zero=zero)
        if cap is not None and fen > cap:
            raise BadAmount("cap", f"金额超过上限 {yuan(cap)} 元，请核对；确有其事须另行审批")
        return fen

    def day(self, row: int, field: str, *, month_is_enough: bool = False) -> date | None:
        """日期；认 2026-01-05、2026/1/5、20260105、2026年1月5日和日期格；month_is_enough 时年月算当月一日。"""
        cell = self._usable(row, field)
        if cell is None:
            return None
        written = unicodedata.normalize("NFKC", cell.text).replace(" ", "")
        parts = WRITTEN_DAY.match(written) or PLAIN_DAY.match(written)
        if (
            parts is None
            or cell.kind not in (Kind.TEXT, Kind.NUMBER, Kind.DATE)
            or isinstance(cell.value, float)
        ):
            self._refuse(
                cell, field, "date.malformed", "不是日期，请填 2026-01-05 这样的日期，或把该列设为日期格式"
            )
            return None
        if parts.group(3) is None and not month_is_enough:
            self._refuse(cell, field, "date.no_day", "只有年月，请填到日")
            return None
        return self._real_day(cell, field, parts)

    def _real_day(self, cell: Cell, field: str, parts: re.Match[str]) -> date | None:
        year, month, day = (int(part or 1) for part in parts.groups())
        try:
            found = date(year, month, day)
        except ValueError:
            self._refuse(cell, field, "date.unreal", "这一天不存在，请核对")
            return None
        if not FIRST_YEAR <= year <= LAST_YEAR:
            self._refuse(cell, field, "date.range", f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，请核对")
            return None
        if found.isoformat() != cell.text or cell.kind is Kind.DATE:
            self._tell(cell, field, "date.normalised", f"读作 {found.isoformat()}")
        return found

    def account(self, row: int, field: str) -> str:
        """银行账号：必须是文本格，前面的 0 保留，空格与横线去掉。"""
        cell = self._usable(row, field)
        if cell is None:
            return ""
        if cell.kind is not Kind.TEXT or SCIENTIFIC.match(cell.text):
            self._refuse(cell, field, "account.number_cell", ACCOUNT_AS_NUMBER)
            return ""
        number = re.sub(r"[\s-]", "", _visible(unicodedata.normalize("NFKC", cell.text)))
        if not ACCOUNT.match(number):
            self._refuse(cell, field, "account.malformed", "应为 6 到 32 位数字，请对照存折或卡面核对")
            return ""
        if number != cell.value:
            self._tell(cell, field, "account.normalised", "已去掉空格或横线")
        return number

    def count(self, row: int, field: str) -> int | None:
        """人数：1 到 50 的整数，可带“人”字；没填为 None。"""
        cell = self._usable(row, field)
        if cell is None:
            return None
        found = COUNT.match(unicodedata.normalize("NFKC", cell.text).replace(" ", ""))
        if found is None or int(found.group(1)) > COUNT_LIMIT:
            self._refuse(cell, field, "count.malformed", f"应为 1 到 {COUNT_LIMIT} 的整数")
            return None
        return int(found.group(1))

    def derived(self, row: int, field: str, read: Callable[[int, str], str]) -> str:
        """能由身份号码得出的字段（性别等）：是公式就不采用，只作说明。"""
        cell = self.cell(row, field)
        if cell is not None and cell.kind in (Kind.FORMULA, Kind.ERROR):
            self._tell(cell, field, "formula.ignored", "是公式，未采用，以身份证号为准")
            return ""
        return read(row, field)

    def grade(self, row: int) -> int | None:
        """残疾等级 1–4；写“无”为 None，认不出时说明并当作没有。"""
        text = self.text(row, "disability")
        if text in NO_DISABILITY:
            return None
        found = GRADE.search(unicodedata.normalize("NFKC", text))
        if found is None:
            cell = self.cell(row, "disability")
            if cell is not None:
                self._tell(cell, "disability", "disability.unread", "认不出等级，未采用")
            return None
        return GRADES[found.group(1) or found.group(2)]

    def _usable(self, row: int, field: str) -> Cell | None:
        cell = self.cell(row, field)
        if cell is None or _says_nothing(cell):
            return None
        if cell.kind is Kind.FORMULA:
            self._refuse(cell, field, "formula", "是公式，请复制后用“选择性粘贴—数值”改成数值")
            return None
        if cell.kind is Kind.ERROR:
            self._refuse(cell, field, "error_value", "是错误值（如 #N/A），请改正")
            return None
        return cell

    def _blank(self, row: int, field: str, rule: str) -> str:
        cell = Cell(row, self.heading.columns.get(field, 0), Kind.EMPTY, None)
        self._refuse(cell, field, rule, "没有填写")
        return ""

    def _refuse(self, cell: Cell, field: str, rule: str, text: str) -> None:
        self.findings.refuse(cell, rule, f"{FIELD_TITLES[field]}：{text}。")

    def _tell(self, cell: Cell, field: str, rule: str, text: str) -> None:
        self.findings.tell(cell.row, cell.column, rule, f"{FIELD_TITLES[field]}：{text}。")


def _says_nothing(cell: Cell) -> bool:
    return cell.is_blank or cell.text in SAME_AS_ABOVE


def _visible(text: str) -> str:
    if text.isascii():
        return text
    return "".join(ch for ch in text if unicodedata.category(ch) != "Cf")


def _name_fault(cell: Cell, name: str) -> tuple[str, str] | None:
    if not name:
        return "name.blank", "没有填写"
    if cell.kind is not Kind.TEXT:
        return "name.number", "应为文字"
    if len(name) > NAME_LIMIT:
        return "name.length", f"超过 {NAME_LIMIT} 个字"
    if any(unicodedata.category(ch) in ("Cc", "Co", "Cs", "Cn") for ch in name):
        return "name.characters", "含有系统认不出的字，请用国家标准字库里的字重新录入"
    return None
