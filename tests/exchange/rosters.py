"""造名册：合成的人，写成单位常见的各种样子。号码用不存在的区划 99，校验位正确。"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import openpyxl
import xlsxwriter

from doudi.exchange.sheets.child import read_sheets
from doudi.exchange.sheets.grid import Sheet, Workbook
from doudi.exchange.sheets.guard import file_kind, shown_name
from doudi.exchange.sheets.roster import Roster, read_roster
from doudi.law.identity import check_digit
from doudi.law.money import plain_yuan

ON = date(2026, 11, 5)
SURNAMES = "王李张刘陈杨赵黄周吴"
GIVEN = "建国秀英小明桂兰志强玉梅春花海燕文斌"


def identity_number(place: int, born_on: date = date(1970, 5, 17)) -> str:
    """第 place 个合成号码；同一 place 总是同一个人。"""
    born_on = born_on + timedelta(days=place // 999)
    first17 = f"990482{born_on:%Y%m%d}{place % 999 + 1:03d}"
    return first17 + check_digit(first17)


@dataclass(frozen=True)
class Person:
    """名册上该读出来的一个人。"""

    name: str
    identity: str
    relation: str


@dataclass(frozen=True)
class Household:
    """名册上该读出来的一户。"""

    village: str
    amount_fen: int
    account: str
    members: tuple[Person, ...]
    size: int = field(default=0)


def some_households(count: int, seed: int, *, most: int = 4) -> list[Household]:
    """按种子造 count 户，村子成片。"""
    dice = random.Random(seed)
    made: list[Household] = []
    person = 0
    for place in range(count):
        members = []
        for order in range(dice.randint(1, most)):
            name = dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, 2))
            relation = "户主" if order == 0 else dice.choice(("配偶", "长子", "女儿", "母亲"))
            members.append(Person(name, identity_number(person), relation))
            person += 1
        village = f"{'李张王'[place * 3 // count]}庄村"
        account = f"0{dice.randrange(10**17):017d}"
        made.append(Household(village, dice.randint(1, 200_000), account, tuple(members), len(members)))
    return made


@dataclass(frozen=True)
class Shape:
    """一种写法：按人还是按户、列的顺序与叫法、标题、两层表头、小计、签字、留空还是重复。"""

    by_person: bool
    order: tuple[int, ...]
    words: int = 0
    title: bool = False
    two_levels: bool = False
    subtotals: bool = False
    signature: bool = False
    repeat: bool = False
    as_csv: bool = False


PERSON_COLUMNS = ("village", "head", "name", "identity", "relation", "size", "amount", "account")
HOUSEHOLD_COLUMNS = ("seq", "village", "head", "identity", "size", "amount", "account", "odd")
HOUSEHOLD_LEVEL = {"village", "head", "size", "amount", "account"}
WORDS = {
    "seq": ("序号", "编号"),
    "village": ("村", "村（居）委会", "行政村"),
    "head": ("户主", "户主姓名", "申请人"),
    "name": ("姓名", "家庭成员姓名", "保障对象"),
    "identity": ("身份证号码", "公民身份号码", "身 份 证"),
    "relation": ("与户主关系", "关系", "与户主\n关系"),
    "size": ("保障人口", "享受人数", "保障人数（人）"),
    "amount": ("月保障金额（元）", "补差", "月发放金额"),
    "account": ("一卡通账号", "账号", "银行卡号"),
    "odd": ("包村干部", "网格", "第几批"),
}
GROUPS = {"name": "家庭成员", "identity": "家庭成员", "relation": "家庭成员"}


def roster_bytes(households: Sequence[Household], shape: Shape) -> tuple[bytes, str]:
    """照 shape 写出文件，返回字节与文件名。"""
    rows, merges = _rows(households, shape)
    if shape.as_csv:
        text = "\r\n".join(",".join(f'"{value}"' for value in row) for row in rows)
        return text.encode("gb18030"), "名册.csv"
    book = openpyxl.Workbook()
    page = book.active
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value != "":
                page.cell(number, column, value)
    for top, left, bottom, right in merges:
        page.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue(), "名册.xlsx"


def _rows(
    households: Sequence[Household], shape: Shape
) -> tuple[list[list[str]], list[tuple[int, int, int, int]]]:
    names = PERSON_COLUMNS if shape.by_person else HOUSEHOLD_COLUMNS
    names = tuple(names[place] for place in shape.order)
    rows: list[list[str]] = []
    merges: list[tuple[int, int, int, int]] = []
    if shape.title:
        people = sum(len(one.members) if shape.by_person else one.size for one in households)
        total = plain_yuan(sum(one.amount_fen for one in households))
        words = f"2026年10月农村低保花名册（共{len(households)}户{people}人，金额{total}元）"
        rows += [[words], ["填报单位：某某镇"]]
        merges.append((1, 1, 1, len(names)))
    rows += _header(names, shape, merges, len(rows) + 1)
    rows += _body(households, names, shape)
    if shape.signature:
        rows += [[], ["制表人：", "", "审核人：", "", "负责人（签字）："]]
    return rows, merges


def _header(names: Sequence[str], shape: Shape, merges: list, first: int) -> list[list[str]]:  # type: ignore[type-arg]
    words = [WORDS[name][shape.words % len(WORDS[name])] for name in names]
    if not (shape.two_levels and shape.by_person and not shape.as_csv):
        return [words]
    top = [GROUPS.get(name, word) for name, word in zip(names, words, strict=True)]
    sub = [word if name in GROUPS else "" for name, word in zip(names, words, strict=True)]
    for place in range(1, len(top) + 1):
        if not sub[place - 1]:
            merges.append((first, place, first + 1, place))
    return [top, sub]


def _body(households: Sequence[Household], names: Sequence[str], shape: Shape) -> list[list[str]]:
    rows: list[list[str]] = []
    last = ""
    section: list[Household] = []
    for number, one in enumerate(households, start=1):
        if shape.subtotals and section and one.village != section[-1].village:
            rows.append(_total(section, names, shape, "小计"))
            section = []
        section.append(one)
        rows += _household(one, names, shape, number, show_village=shape.repeat or one.village != last)
        last = one.village
    if shape.subtotals and section:
        rows += [_total(section, names, shape, "小计"), _total(households, names, shape, "合  计")]
    return rows


def _household(
    one: Household, names: Sequence[str], shape: Shape, number: int, *, show_village: bool
) -> list[list[str]]:
    rows = []
    for order, person in enumerate(one.members if shape.by_person else one.members[:1]):
        values = {
            "seq": str(number), "village": one.village if show_village else "", "head": one.members[0].name,
            "name": person.name, "identity": person.identity, "relation": person.relation,
            "size": str(one.size), "amount": plain_yuan(one.amount_fen), "account": one.account, "odd": "甲",
        }  # fmt: skip
        blank = HOUSEHOLD_LEVEL if order and not shape.repeat else {"amount"} if order else set()
        rows.append(["" if name in blank else values[name] for name in names])
    return rows


def _total(section: Sequence[Household], names: Sequence[str], shape: Shape, label: str) -> list[str]:
    people = sum(len(one.members) if shape.by_person else one.size for one in section)
    values = {
        "size": str(people),
        "amount": plain_yuan(sum(one.amount_fen for one in section)),
        "head": label,
    }
    return [values.get(name, "") for name in names]


def read_here(content: bytes, filename: str) -> Workbook:
    """在本进程里读（同一段代码，不起子进程）：快，供多次重复的试验用。"""
    sheets: list[Sheet] = read_sheets(content, file_kind(content, filename))
    return Workbook(shown_name(filename), "", tuple(sheets))


def roster_of(rows: Sequence[Sequence[object]], **options: int) -> Roster:
    """把几行值写成 xlsx 再当名册读。"""
    return read_roster(read_here(sheet_bytes(rows), "名册.xlsx"), on=ON, **options)


def sheet_bytes(rows: Sequence[Sequence[object]]) -> bytes:
    """几行值写成 xlsx：文字写文本格，数写数字格，日期写日期格，=开头的 Formula 写公式。"""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"strings_to_formulas": False})
    page, day = book.add_worksheet("名册"), book.add_format({"num_format": "yyyy-mm-dd"})
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, Formula):
                page.write_formula(row, column, value.text, None, value.cached)
            elif isinstance(value, date):
                page.write_datetime(row, column, value, day)  # type: ignore[arg-type]
            elif isinstance(value, str):
                page.write_string(row, column, value)
            elif value is not None:
                page.write(row, column, value)
    book.close()
    return content.getvalue()


@dataclass(frozen=True)
class Formula:
    """公式格：公式文字与文件里存着的上次结果。"""

    text: str
    cached: object
