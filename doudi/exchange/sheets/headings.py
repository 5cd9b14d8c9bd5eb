"""认表头：列的各种叫法归到一个字段，找到表头在第几行、几层。"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from doudi.exchange.sheets.grid import Sheet

SEARCH_ROWS = 15
BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
UNIT_NOT_MONTHLY_YUAN = re.compile("万元|年|季")
NOISE = re.compile(r"[\s:：*/、,，.。_\-]+")

AREA_FIELDS = ("township", "village", "group")

FIELD_TITLES = {
    "seq": "序号", "township": "乡镇", "village": "村", "group": "村民小组", "household_no": "户编号",
    "head_name": "户主姓名", "head_identity": "户主身份证号", "size": "保障人口", "family_size": "家庭人口",
    "amount": "月保障金额", "per_head": "人均补差", "category": "类别", "bank": "开户行", "account": "账号",
    "account_name": "开户人", "phone": "联系电话", "start": "起始时间", "income": "年收入", "address": "住址",
    "cause": "致贫原因", "name": "姓名", "identity": "身份证号码", "relation": "与户主关系", "sex": "性别",
    "birth": "出生日期", "age": "年龄", "ethnicity": "民族", "disability": "残疾等级",
    "disability_kind": "残疾类别", "health": "健康状况", "labour": "劳动能力", "remark": "备注",
}  # fmt: skip

SYNONYMS = {
    "seq": "序号 编号 序 号 序列 行号",
    "township": "乡镇 乡 镇 街道 乡镇街道 所属乡镇 镇街 乡镇名称 乡镇办 街道办事处 镇办",
    "village": "村 村委会 行政村 村社区 村居 社区 所属村 村名 村居名称 村居委会 居委会 所在村 村委",
    "group": "组 村民小组 小组 村组 组别 自然村",
    "household_no": "户编号 户号 家庭编号 低保证号 低保证编号 证号 低保证 保障证号 户编码 家庭编码 低保证号码 "
    "救助证号",
    "head_name": "户主 户主姓名 申请人 申请人姓名 户主名 家庭户主 户主申请人",
    "head_identity": "户主身份证 户主身份证号 户主身份证号码 申请人身份证 申请人身份证号 申请人身份证号码 "
    "户主公民身份号码 户主证件号码 户主身份号码",
    "size": "保障人口 享受人数 保障人数 享受人口 保障人口数 低保人数 低保人口 保障对象人数 享受低保人数 人数 救助人数",
    "family_size": "家庭人口 家庭人数 家庭人口数 家庭总人口 共同生活人数 户籍人口 家庭成员数 家庭成员人数",
    "amount": "补差 保障金 月发放金额 月保障金 月保障金额 保障金额 月补差 补差金额 月补差金额 发放金额 补助金额 "
    "救助金额 月救助金额 低保金 月低保金 低保金额 月补助金额 户月保障金 户月保障金额 户月补差 户月补差金额 金额 "
    "月发放额 本月发放金额 月享受金额 享受金额 实发金额 户发放金额 家庭月保障金 家庭月保障金额 "
    "家庭月补差 核定金额 核定保障金 月核定金额 个人月保障金 个人保障金额 个人补差 个人月补差",
    "per_head": "人均补差 人均补差金额 月人均补差 人均保障金 人均补助 人均补助金额 月人均补助 人均月补差 人均月保障金",
    "category": "类别 保障类别 低保类别 分类 类型 保障类型 低保类型 救助类别 档次 等级 保障等级 分类施保类别 对象类别",
    "bank": "开户行 开户银行 银行 银行名称 发放银行 代发银行 开户行名称 开户网点",
    "account": "账号 卡号 一卡通账号 银行账号 银行卡号 一卡通卡号 一卡通号 帐号 银行帐号 一卡通帐号 惠农卡号 存折账号 "
    "社保卡号 社会保障卡号 社保卡账号 账户 银行账户 惠农一卡通账号 收款账号 开户账号 存折号",
    "account_name": "户名 开户人 开户名 账户名 账户名称 开户人姓名 账户姓名 持卡人 收款人 持卡人姓名",
    "phone": "联系电话 电话 手机 手机号 手机号码 联系方式 电话号码 联系人电话 户主电话 联系号码",
    "start": "起始时间 开始时间 享受时间 起始日期 开始享受时间 批准时间 享受起始时间 审批时间 纳入时间 起始年月 "
    "享受起始日期 批准日期 审批日期 起保时间 开始日期 低保起始时间 纳入日期",
    "income": "年收入 家庭年收入 家庭年总收入 年总收入 家庭收入 家庭全年收入 年家庭收入 家庭年纯收入",
    "address": "住址 家庭住址 地址 家庭地址 详细地址 现住址 户籍地址 居住地址 家庭详细住址",
    "cause": "致贫原因 致困原因 申请原因 困难原因 主要致贫原因 保障原因 享受原因 救助原因",
    "name": "姓名 成员姓名 家庭成员姓名 保障对象姓名 保障人员姓名 享受人姓名 对象姓名 人员姓名 享受人员姓名 家庭成员 "
    "保障对象 保障人员 享受人员 成员 低保对象 低保对象姓名 名字 受助人姓名",
    "identity": "身份证 身份证号 身份证号码 公民身份号码 身份号码 公民身份证号码 证件号码 证件号 身份证件号码 "
    "居民身份证号 居民身份证号码 成员身份证号 成员身份证号码 成员身份证 家庭成员身份证号 家庭成员身份证号码 "
    "保障对象身份证号 保障对象身份证号码 享受人员身份证号码 公民身份证号 成员公民身份号码 对象身份证号",
    "relation": "与户主关系 与申请人关系 关系 家庭关系 与户主的关系 成员关系 与户主之关系 称谓 同户主关系",
    "sex": "性别",
    "birth": "出生日期 出生年月 出生年月日 生日 出生时间 出生",
    "age": "年龄 周岁",
    "ethnicity": "民族 民族成份 民族成分",
    "disability": "残疾等级 残疾级别 残疾程度 残疾 是否残疾 残疾情况 伤残等级 残疾类别等级 残疾类别及等级",
    "disability_kind": "残疾类别 残疾类型 残疾种类",
    "health": "健康状况 身体状况 健康情况 身体健康状况 健康状态",
    "labour": "劳动能力 劳动力 劳动力状况 有无劳动能力 劳动能力状况",
    "remark": "备注 说明 备考",
}

PERSON_REQUIRED = (
    ("姓名", frozenset(("name",))),
    ("身份证号码", frozenset(("identity",))),
    ("月保障金额", frozenset(("amount", "per_head"))),
)
HOUSEHOLD_REQUIRED = (
    ("户主（或姓名、申请人）", frozenset(("head_name",))),
    ("身份证号码", frozenset(("head_identity",))),
    ("月保障金额", frozenset(("amount", "per_head"))),
)
HEAD_GROUPS = frozenset(
    ("户主", "申请人", "户主信息", "户主情况", "户主基本情况", "申请人信息", "户主基本信息")
)
HEAD_COUNTERPART = {"name": "head_name", "identity": "head_identity"}


def _spread(synonyms: dict[str, str]) -> dict[str, str]:
    spread: dict[str, str] = {}
    for field, names in synonyms.items():
        for name in names.split():
            if spread.setdefault(name, field) != field:
                raise ValueError(f"表头叫法“{name}”同时归了两个字段")
    return spread


FIELD_OF = _spread(SYNONYMS)


@dataclass(frozen=True, slots=True)
class Heading:
    """认出的表头：columns 是字段 → 列号；extra 是认不出的列（列号，原文)；rows 是表头占的行。"""

    columns: dict[str, int]
    extra: tuple[tuple[int, str], ...]
    rows: tuple[int, ...]
    titles: dict[str, str]

    @property
    def by_person(self) -> bool:
        """一行一人，还是一行一户。"""
        return "relation" in self.columns or {"name", "head_name"} <= self.columns.keys()

    @property
    def missing(self) -> tuple[str, ...]:
        """还缺的必填列的标准名称。"""
        required = PERSON_REQUIRED if self.by_person else HOUSEHOLD_REQUIRED
        return tuple(title for title, fields in required if not self.columns.keys() & fields)


def find_heading(sheet: Sheet) -> Heading | None:
    """在前 15 行里找最像表头的一行或相连两行；认出的列少于两个就算没有。"""
    last = min(sheet.height, SEARCH_ROWS)
    single = [(row,) for row in range(1, last + 1)]
    double = [(row, row + 1) for row in range(1, last) if row + 1 <= sheet.height]
    best: Heading | None = None
    # Single rows first: a title above the header must stay a title unless two levels say more.
    for rows in (*single, *double):
        found = _heading(sheet, rows)
        if len(found.columns) > (len(best.columns) if best else 1):
            best = found
    return best


def plain_title(text: str) -> str:
    """表头文字去掉空白、换行、括号里的话和标点。"""
    return NOISE.sub("", BRACKETS.sub("", unicodedata.normalize("NFKC", text)))


def _heading(sheet: Sheet, rows: tuple[int, ...]) -> Heading:
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    extra: list[tuple[int, str]] = []
    for column in range(1, sheet.width + 1):
        top, sub = _levels(sheet, rows, column)
        field = _field(top, sub)
        if field and field not in columns:
            columns[field], titles[field] = column, top + sub
        elif top or sub:
            extra.append((column, (sub or top).replace("\n", "")))
    return Heading(_settled(columns), tuple(extra), rows, titles)


def _settled(columns: dict[str, int]) -> dict[str, int]:
    """一行一户的表里，“姓名”“身份证”说的就是户主；一行一人时单独的“户主身份证”才另算。"""
    if "relation" in columns or {"name", "head_name"} <= columns.keys():
        return columns
    settled = dict(columns)
    for person, head in HEAD_COUNTERPART.items():
        if person in settled and head not in settled:
            settled[head] = settled.pop(person)
    return settled


def _levels(sheet: Sheet, rows: tuple[int, ...], column: int) -> tuple[str, str]:
    top = sheet.cell(rows[0], column).text
    if len(rows) == 1:
        return top, ""
    sub = sheet.cell(rows[1], column).text
    return top or (_from_left(sheet, rows[0], column) if sub else ""), sub


def _from_left(sheet: Sheet, row: int, column: int) -> str:
    """合并的上层表头只在最左格有字，向左找到它；没有合并信息的文本就取左边最近的字。"""
    for first_row, left, last_row, right in sheet.merges:
        if first_row <= row <= last_row and left <= column <= right:
            return sheet.cell(first_row, left).text
    if sheet.merges:
        return ""
    return next((sheet.cell(row, c).text for c in range(column, 0, -1) if sheet.cell(row, c).text), "")


def _field(top: str, sub: str) -> str | None:
    if not sub:
        return _single(top)
    field = _single(top + sub) or _single(sub)
    if field in HEAD_COUNTERPART and plain_title(top) in HEAD_GROUPS:
        return HEAD_COUNTERPART[field]
    return field


def _single(title: str) -> str | None:
    field = FIELD_OF.get(plain_title(title))
    if field in ("amount", "per_head") and UNIT_NOT_MONTHLY_YUAN.search(title):
        return None
    if field == "income" and "万元" in title:
        return None
    return field
