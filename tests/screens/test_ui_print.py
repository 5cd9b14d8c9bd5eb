"""The sheets on paper: every figure is there, nothing else is, and the same data give the same bytes."""

import datetime as dt
import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import cn2an
import pytest
from django.http import Http404
from django.template import engines

from doudi.law.masking import PublicRow
from doudi.law.workdays import Calendar
from doudi.records.areas.models import Area
from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.intake import services as intake
from doudi.records.postings.models import Posting
from doudi.records.postings.queries import on_board
from doudi.records.staff.models import User
from doudi.web.office.decisions import letters
from doudi.web.office.postings.sheets import NothingPosted, holidays, posting_sheet
from doudi.web.ui.print import drawing, printing
from doudi.web.ui.print.decision_sheets import (
    ApprovalForm,
    ConfirmationNotice,
    FormIncome,
    FormMember,
    FormProperty,
    FormSums,
    RefusalNotice,
    RefusalReason,
    Said,
)
from doudi.web.ui.print.intake_sheets import (
    AuthorisationSheet,
    GapNotice,
    HukouLetter,
    Receipt,
    SignerLine,
)
from doudi.web.ui.print.payment_sheets import HandoverSlip
from doudi.web.ui.print.qr import qr_svg
from doudi.web.ui.print.sheets import (
    REGISTER_ROWS,
    Board,
    PayRegister,
    PayRow,
    PostingSheet,
    RegisterTooLong,
    Sheet,
    Way,
)
from tests.services import golden_family as golden
from tests.services.test_road import accept, day, post, signed, survey

SEED = 20261012
MM = 72 / 25.4
URL = "https://example.org/jindu/"
SCHEME = "农村最低生活保障"
CASE: dict[str, Any] = {
    "unit": "汝州市民政局", "government": "汝州市人民政府", "township": "寄料镇人民政府", "no": "410482-2026-D000001",
    "case_no": "410482-2026-00123", "name": "赵甲", "village": "寄料镇寄料村", "scheme": SCHEME,
    "applied_on": dt.date(2026, 9, 14), "decided_on": dt.date(2026, 10, 12), "on": dt.date(2026, 10, 13),
    "phone": "0375-0000000", "url": URL,
}  # fmt: skip
SLIP: dict[str, Any] = {
    "unit": "寄料镇人民政府", "no": "410482-2026-00123", "name": "赵甲", "village": "寄料镇寄料村", "scheme": SCHEME,
    "fetched": ["居民身份证、户口簿信息"], "clerk": "测试经办", "on": dt.date(2026, 9, 14), "url": URL,
}  # fmt: skip

POSTING = PostingSheet(
    unit="寄料镇人民政府",
    village="寄料镇寄料村",
    boards=[
        Board(SCHEME, dt.date(2026, 9, 18), dt.date(2026, 9, 25), 7, [PublicRow("赵甲", 3, 81_900)]),
        Board(
            SCHEME, dt.date(2026, 9, 21), dt.date(2026, 9, 28), 7, [PublicRow("古丽米娜·买买提", 5, 123_456)]
        ),
    ],
    ways=[Way("打电话", "")],
    hotlines=[Way("政务服务便民热线", "12345")],
    on=dt.date(2026, 9, 21),
    url=URL,
)
CONFIRMATION = ConfirmationNotice(
    **CASE, members=3, amount_fen=81_900, parts=[("补差", "574.00"), ("分类施保增发", "245.00")],
    from_on=dt.date(2026, 11, 1), next_review_on=dt.date(2027, 4, 12), basis="社会救助暂行办法第十二条",
)  # fmt: skip
REFUSAL = RefusalNotice(
    **CASE, reasons=[RefusalReason("家庭人均收入不低于当地低保标准", "649号令 第九条")],
    figures=[("月人均收入", "555.56元")],
)  # fmt: skip
RECEIPT = Receipt(
    **SLIP, code="K7M2PQ", accepted_on=dt.date(2026, 9, 14), due_on=dt.date(2026, 10, 30), workdays=30,
    received=["最低生活保障申请书"], missing=[],
)  # fmt: skip
GAPS = GapNotice(
    **SLIP, applied_on=dt.date(2026, 9, 14), told_on=dt.date(2026, 9, 14),
    missing=["家庭经济状况核对授权书", "家庭收入、财产和支出申报表"], unsigned=["钱乙", "赵丙（监护人代签）"],
)  # fmt: skip
AUTHORISATION = AuthorisationSheet(
    unit="寄料镇人民政府", on=dt.date(2026, 9, 14), no="410482-2026-00123", name="赵甲", village="寄料镇寄料村",
    scheme=SCHEME, signers=[SignerLine("钱乙", "配偶"), SignerLine("赵丙", "子女", is_minor=True)],
)  # fmt: skip
LETTER = HukouLetter(
    unit="寄料镇人民政府", no="410482-2026-00123-1", to="湖北省枣阳市", name="钱乙", identity="0000************22",
    applicant="赵甲", village="寄料镇寄料村", scheme=SCHEME, asked_on=dt.date(2026, 9, 14), clerk="测试经办",
    on=dt.date(2026, 9, 14),
)  # fmt: skip
APPROVAL = ApprovalForm(
    unit="汝州市民政局", township="寄料镇人民政府", no="410482-2026-00123", decision_no="410482-2026-D000001",
    scheme=SCHEME, name="赵甲", village="寄料村", locality="农村", phone="100******00",
    applied_on=dt.date(2026, 9, 14), reason="妻子重残", granted=True, amount_fen=81_900, on=dt.date(2026, 10, 12),
    members=[FormMember("赵甲", "户主", "男", 45, "0000************11", "", True)],
    incomes=[FormIncome("工资性净收入", "工资 9,700.00，减就业成本 1,940.00", 776_000)],
    properties=[FormProperty("金融资产", "12,000.00 元", "不超过 35,280.00 元")],
    sums=FormSums(3, "C类", 1_076_000, 29_889, 49_000, 19_111, 57_400, 24_500, True),
    survey=Said("与申报相符。", "甲、乙", dt.date(2026, 9, 16)), posting=Said(), opinion=Said(), signed=Said(),
    county=Said("符合条件，予以确认", "测试审批", dt.date(2026, 10, 12)),
)  # fmt: skip


def register(rows: list[PayRow]) -> PayRegister:
    return PayRegister(
        unit="汝州市民政局", scheme=SCHEME, month=202611, batch_no="410482-202611-dibao_rural-0",
        on=dt.date(2026, 11, 9), rows=rows, maker="测试经办",
    )  # fmt: skip


def pay_row(number: int, fen: int, persons: int = 1) -> PayRow:
    return PayRow(
        number, "寄料镇寄料村", f"测试{number}", "汝州农商银行", f"{number % 10_000:04}", persons, fen
    )


REGISTER = register([pay_row(1, 81_900, 3), pay_row(2, 10_001, 1)])
HANDOVER = HandoverSlip(
    unit="汝州市民政局", scheme=SCHEME, months="2026年11月", batch_no="410482-202611-dibao_rural-0",
    format="通用文本 GB18030", filename="410482-202611-dibao_rural-0.csv", count=37_632, total_fen=1_001_123_456,
    sha256="0123abcd" * 8, exported_by="测试审批", exported_on=dt.date(2026, 11, 6), reviewer="测试复核",
    approver="测试审批", on=dt.date(2026, 11, 6),
)  # fmt: skip
# Each sheet with what must be readable on it.
SHEETS: dict[str, tuple[Sheet, tuple[str, ...]]] = {
    "posting": (POSTING, ("赵甲", "819.00", "1,234.56", "2026年9月25日", "共7日", "12345", "第 2 页 共 2 页")),
    "approval": (
        APPROVAL,
        ("7,760.00", "10,760.00", "35,280.00", "490.00", "191.11", "819.00", "C类", "人民币捌佰壹拾玖元整"),
    ),
    "confirmation": (
        CONFIRMATION,
        (
            "819.00元", "人民币捌佰壹拾玖元整", "2026年11月1日", "2027年4月12日", "60日", "第六十五条",
            "汝州市人民政府", "2026年10月12日", "补差574.00元",
        ),
    ),
    "refusal": (REFUSAL, ("家庭人均收入不低于", "第九条", "555.56元", "60日", "第六十五条", "2026年10月12日")),
    "register": (REGISTER, ("819.00", "100.01", "919.01", "人民币玖佰壹拾玖元零壹分", "2026年11月", "经办：测试经办")),
    "handover": (
        HANDOVER,
        ("410482-202611-dibao_rural-0", "37,632", "壹仟零壹万壹仟贰佰叁拾肆元伍角陆分", "0123abcd", "接收（银行）"),
    ),
    "receipt": (RECEIPT, ("410482-2026-00123", "K7M2PQ", "2026年10月30日", "30个工作日", "最低生活保障申请书")),
    "gaps": (
        GAPS,
        ("2件", "家庭经济状况核对授权书", "家庭收入、财产和支出申报表", "居民身份证、户口簿信息", "赵丙（监护人代签）"),
    ),
    "authorisation": (AUTHORISATION, ("410482-2026-00123", "钱乙", "监护人代签", "诚信承诺书")),
    "hukou_letter": (LETTER, ("湖北省枣阳市民政局", "0000************22", "第五条", "2026年9月14日")),
}  # fmt: skip
SIGNED_BY_THE_FAMILY = {"authorisation"}
each = pytest.mark.parametrize("name", SHEETS)
A4 = {(595, 842), (842, 595)}


def poppler(tool: str, pdf: bytes, *options: str) -> str:
    done = subprocess.run([tool, *options, "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def text_of(pdf: bytes, *options: str) -> str:
    return poppler("pdftotext", pdf, *options, "-")


def joined(pdf: bytes) -> str:
    """The text without line breaks, as a sentence runs on from line to line."""
    return re.sub(r"[ 　]+", " ", re.sub(r"[\n\f]", "", text_of(pdf, "-raw")))


@each
def test_a_sheet_carries_its_figures(name: str) -> None:
    sheet, wanted = SHEETS[name]
    text = joined(printing.render(sheet, demo=False))
    assert [words for words in wanted if words not in text] == []
    assert "第 1 页" in text or "— 1 —" in text
    assert ("盖章" in text) is (name not in SIGNED_BY_THE_FAMILY)


@each
def test_demo_data_says_so_and_real_data_does_not(name: str) -> None:
    sheet, _ = SHEETS[name]
    assert joined(printing.render(sheet, demo=True)).count("演示数据") >= 6
    assert "演示数据" not in joined(printing.render(sheet, demo=False))


@each
def test_the_same_data_give_the_same_bytes(name: str) -> None:
    """Also after other sheets, and from a compiler that has not drawn anything yet."""
    sheet, _ = SHEETS[name]
    first = printing.render(sheet, demo=True)
    printing.render(replace(RECEIPT, name="别人"), demo=False)
    assert printing.render(sheet, demo=True) == first
    drawing.compiler.cache_clear()
    assert printing.render(sheet, demo=True) == first


@each
def test_every_page_is_a4(name: str) -> None:
    found = re.findall(
        r"Page size:\s+([\d.]+) x ([\d.]+)", poppler("pdfinfo", printing.render(SHEETS[name][0], demo=True))
    )
    assert {(round(float(w)), round(float(h))) for w, h in found} <= A4


def margins_of(pdf: bytes) -> None:
    """GB/T 9704: 37 mm above, 28 mm at the binding edge, 26 mm at the other."""
    boxes = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"', text_of(pdf, "-bbox"))
    assert min(float(x) for x, _, _ in boxes) >= 28 * MM - 1
    assert min(float(y) for _, y, _ in boxes) >= 37 * MM - 8  # the box of a glyph is taller than its line
    assert max(float(x) for _, _, x in boxes) <= (210 - 26) * MM + 9  # so is that of a full stop at the edge


def test_a_notice_at_the_window_is_one_page_within_the_margins() -> None:
    pdf = printing.render(GAPS, demo=False)
    assert "第 1 页 共 1 页" in joined(pdf)
    margins_of(pdf)


@pytest.mark.parametrize("sheet", [CONFIRMATION, REFUSAL])
def test_an_official_document_is_laid_out_by_the_standard(sheet: Sheet) -> None:
    """GB/T 9704-2012: its block, size 3, 22 lines a page, at most 28 characters a line, the number between dashes."""
    pdf = printing.render(replace(sheet, document_no="民救〔2026〕12号"), demo=False)
    margins_of(pdf)
    assert "— 1 —" in joined(pdf)
    assert "民救〔2026〕12号" in joined(pdf)
    lines = text_of(pdf, "-f", "1", "-l", "1", "-raw").splitlines()
    assert 24 <= max(len(re.findall(r"[\u4e00-\u9fff]", line)) for line in lines) <= 28
    tops = [
        float(y) for y in re.findall(r'<line xMin="[\d.]+" yMin="([\d.]+)"', text_of(pdf, "-bbox-layout"))
    ]
    pitch = [round(b - a, 1) for a, b in pairwise(tops) if 28 < b - a < 30]
    assert len(pitch) >= 8, tops  # 225 mm over 22 lines is 29 pt


def test_a_long_notice_never_leaves_its_signature_alone() -> None:
    """What spills over takes its last paragraph along."""
    reasons = [
        RefusalReason("调查核实的情况与申报不一致，逐项说明如下" * n, "649号令 第九条") for n in (6, 7)
    ]
    for sheet in (replace(REFUSAL, reasons=reasons), replace(REFUSAL, reasons=reasons * 2)):
        last = text_of(printing.render(sheet, demo=False)).rstrip("\f").split("\f")[-1]
        assert "咨询查询" in last
        assert "汝州市民政局" in last


# ---- the board shows what the law allows ------------------------------------------------------------


@dataclass(frozen=True)
class Nosy(PublicRow):
    """A row with more than the law allows."""

    id_number: str = "000000198103010111"


@pytest.mark.parametrize("row", [{"name": "赵甲"}, ("赵甲", 3, 81_900), Nosy("赵甲", 3, 81_900)])
def test_a_board_takes_public_rows_only(row: Any) -> None:
    with pytest.raises(TypeError, match="PublicRow"):
        Board(SCHEME, dt.date(2026, 9, 18), dt.date(2026, 9, 25), 7, [row])


def test_a_public_row_reaches_the_template_with_three_fields_and_no_more() -> None:
    assert [field.name for field in fields(PublicRow)] == ["name", "members", "amount_fen"]
    content = printing.plain(POSTING)
    assert [list(row) for board in content["boards"] for row in board["rows"]] == [
        ["name", "members", "amount_yuan"]
    ] * 2


def test_holidays_in_the_period_are_told_by_name() -> None:
    rows = {dt.date(2026, 10, n): (False, "国庆节") for n in range(1, 8)} | {
        dt.date(2026, 9, 25): (False, "中秋节")
    }
    told = list(holidays(dt.date(2026, 9, 24), dt.date(2026, 10, 8), Calendar(rows)))
    assert told == ["9月25日（中秋节）", "10月1日至10月7日（国庆节）"]


# ---- the register adds up ----------------------------------------------------------------------------

ROW = re.compile(
    r"^\s*(\d+)\s+寄料镇寄料村\s+测试\d+\s+汝州农商银行\s+尾号 (\d{4})\s+(\d+)\s+([\d,]+\.\d\d)\s*$"
)
SUM = re.compile(r"^\s*(本页小计|合\s*计)\s+([\d,]+) ?户\s+([\d,]+)\s+([\d,]+\.\d\d)\s*$")


def fen(text: str) -> int:
    return int(re.sub(r"[,.]", "", text))


def test_the_totals_of_two_thousand_rows_are_the_sums_of_what_is_printed() -> None:
    chance = random.Random(SEED)
    rows = [pay_row(n, chance.randrange(1, 300_000), chance.randrange(1, 9)) for n in range(1, 2_000)]
    rows.append(
        pay_row(2_000, 100 - sum(row.amount_fen for row in rows) % 100 + 100, 1)
    )  # a total in whole 元
    printed_rows, pages, total = [], [], []
    text = text_of(printing.render(register(rows), demo=False), "-layout")
    for page in text.rstrip("\f").split("\f"):
        lines = [match.groups() for line in page.splitlines() if (match := ROW.match(line))]
        here = [(int(number), int(persons), fen(amount)) for number, _, persons, amount in lines]
        sums = [match.groups() for line in page.splitlines() if (match := SUM.match(line))]
        assert (len(here), sum(p for _, p, _ in here), sum(a for *_, a in here)) == tuple(
            map(fen, sums[0][1:])
        ), SEED
        printed_rows += here
        pages.append(sums[0])
        total += [tuple(map(fen, row[1:])) for row in sums[1:]]
    assert printed_rows == [(row.number, row.persons, row.amount_fen) for row in rows], SEED
    assert total == [(2_000, sum(row.persons for row in rows), sum(row.amount_fen for row in rows))], SEED
    assert re.search(rf"第 {len(pages)} 页\s+共 {len(pages)} 页", text)
    assert f"人民币{cn2an.an2cn(str(total[0][2] // 100), 'rmb')}" in text


def test_a_register_drawn_apart_is_the_same_to_the_byte() -> None:
    """Long ones are drawn by a process of their own, whose memory goes with it."""
    job = printing.job_of(register([pay_row(n, n) for n in range(1, 31)]), demo=True)
    assert drawing.draw_apart(job) == drawing.draw(job)


def test_an_empty_register_is_a_page_of_nothing() -> None:
    assert "人民币零元整" in joined(printing.render(register([]), demo=False))


def test_a_register_has_its_limit() -> None:
    rows = [pay_row(1, 1)] * (REGISTER_ROWS + 1)
    with pytest.raises(RegisterTooLong, match="请分乡镇打印"):
        register(rows)
    assert register(rows[:-1]).count == REGISTER_ROWS


def test_a_whole_account_cannot_be_put_on_the_register() -> None:
    with pytest.raises(ValueError, match="后四位"):
        PayRow(1, "寄料村", "赵甲", "汝州农商银行", "6299000000000000001", 3, 81_900)


# ---- around the sheets -------------------------------------------------------------------------------


def test_a_missing_font_is_named_with_its_package(tmp_path: Path) -> None:
    with pytest.raises(drawing.FontMissing, match=r"Noto Serif CJK SC.*fonts-noto-cjk"):
        drawing.fonts_in([str(tmp_path), "/nowhere"])


def test_a_receipt_for_an_incomplete_file_is_no_acceptance() -> None:
    text = joined(printing.render(replace(RECEIPT, missing=["核对授权书"]), demo=False))
    assert "收件回执" in text
    assert "还缺的材料（1件" in text
    assert "2026年10月30日" not in text


def test_a_sheet_without_an_address_has_no_code() -> None:
    assert qr_svg("") == ""
    assert qr_svg(URL) != qr_svg(URL + "x")
    assert len(printing.render(replace(RECEIPT, url=""), demo=False)) < len(
        printing.render(RECEIPT, demo=False)
    )


# ---- from the records to the paper ---------------------------------------------------------------------


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    return golden.county()


@pytest.fixture
def filed(staff: dict[str, User]) -> Case:
    return intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))


@pytest.fixture
def confirmed(filed: Case, staff: dict[str, User]) -> Decision:
    return decisions.confirm(case=signed(filed, staff), by=staff["shenpi"], on=day("10-12"))


@pytest.fixture
def refused(filed: Case, staff: dict[str, User]) -> Decision:
    case = signed(filed, staff)
    return decisions.refuse(
        case=case, by=staff["shenpi"], reason_code="R01", text="存款漏报，重新核实后超过标准", on=day("10-12")
    )


def letter(decision: Decision, user: User, kind: str) -> str:
    found = letters.decisions_of(user).get(pk=decision.pk)
    return joined(letters.render(found, kind, day("10-13")))


NUMBERS = re.compile(r"(?<!\d)(?:0{6}\d{11}[\dX]|62\d{17}|1\d{10})(?!\d)")


def test_the_golden_notice_says_how_much_from_when_and_what_to_do_against_it(
    confirmed: Decision, staff: dict[str, User]
) -> None:
    text = letter(confirmed, staff["shenpi"], "gaozhi")
    for words in (
        "农村最低生活保障确认通知书", "赵甲：", "保障人口3人", "819.00元", "捌佰壹拾玖元整", "补差574.00元",
        "分类施保增发245.00元",
        "2026年11月1日", "2027年4月12日", "60日内依法向汝州市人民政府申请行政复议", "汝州市民政局", "2026年10月12日",
    ):  # fmt: skip
        assert words in text, words
    assert "残疾" not in text
    assert NUMBERS.search(text) is None


def test_the_golden_form_shows_the_sums_the_decision_rests_on(
    confirmed: Decision, staff: dict[str, User]
) -> None:
    text = letter(confirmed, staff["shenpi"], "shenpi")
    for words in (
        "7,760.00", "减就业成本 1,940.00", "种植 2,400.00", "土地流转 600.00", "10,760.00", "12,000.00 元",
        "35,280.00 元", "残疾人两项补贴 840.00", "肢体残疾2级", "490.00", "191.11", "捌佰壹拾玖元整", "无异议",
        "测试fuze", "测试shenpi",
    ):  # fmt: skip
        assert words in text, words
    assert NUMBERS.search(text) is None


def test_a_refusal_says_why_and_on_what_figures(refused: Decision, staff: dict[str, User]) -> None:
    text = letter(refused, staff["shenpi"], "gaozhi")
    for words in (
        "不予确认通知书", "家庭人均收入不低于当地低保标准。存款漏报，重新核实后超过标准", "649号令 第九条",
        "10,760.00元", "当地保障标准每人每月490.00元", "60日", "第六十五条",
    ):  # fmt: skip
        assert words in text, words
    assert "不予确认" in letter(refused, staff["shenpi"], "shenpi")


def test_a_decision_has_two_papers_and_only_for_those_who_see_the_case(
    confirmed: Decision, staff: dict[str, User]
) -> None:
    with pytest.raises(Http404):
        letter(confirmed, staff["shenpi"], "fapiao")
    elsewhere = Area.objects.create(
        code="410482102000", name="温泉镇", level="township", parent_id=golden.COUNTY
    )
    stranger = User.objects.create(username="jingban9", name="他镇", role="jingban", area=elsewhere)
    assert not letters.decisions_of(stranger).exists()
    assert letters.decisions_of(staff["jingban"]).get() == confirmed


def test_a_decision_not_yet_delivered_shows_as_such(
    confirmed: Decision, staff: dict[str, User], django_assert_num_queries: Callable[..., Any]
) -> None:
    page = engines["django"].from_string(
        "{% if decision.delivered %}{{ decision.delivered.received_by }}{% else %}未送达{% endif %}"
    )
    found = letters.decisions_of(staff["shenpi"]).get()
    with django_assert_num_queries(0):
        assert page.render({"decision": found}) == "未送达"
    decisions.deliver(decision=confirmed, by=staff["shenpi"], received_by="赵甲", on=day("10-13"))
    assert page.render({"decision": letters.decisions_of(staff["shenpi"]).get()}) == "赵甲"


def test_the_village_board_shows_the_golden_family_by_name_size_and_amount(
    filed: Case, staff: dict[str, User]
) -> None:
    survey(accept(filed, staff), staff)
    village = Area.objects.select_related("parent").get(code=golden.VILLAGE)
    with pytest.raises(NothingPosted):
        posting_sheet(village, list(on_board(village.code, day("09-20"))), day("09-20"), Calendar({}))
    post(Case.objects.get(pk=filed.pk), staff)
    content = posting_sheet(village, list(on_board(village.code, day("09-20"))), day("09-20"), Calendar({}))
    text = joined(content)
    for words in ("赵甲", "819.00", "2026年9月18日", "2026年9月25日", "共7日", "寄料镇人民政府", "12345"):
        assert words in text, words
    for words in ("钱乙", "赵丙", "残", "重病", "收入", "寄料村 1 组", filed.no, filed.query_code):
        assert words not in text, words
    assert NUMBERS.search(text) is None


def test_a_stored_row_with_more_than_the_law_allows_is_not_printed(
    filed: Case, staff: dict[str, User]
) -> None:
    survey(accept(filed, staff), staff)
    post(Case.objects.get(pk=filed.pk), staff)
    posting = Posting.objects.select_related("case").get()
    posting.row = {**posting.row, "id_number": "000000198103010111"}
    village = Area.objects.select_related("parent").get(code=golden.VILLAGE)
    with pytest.raises(TypeError, match="id_number"):
        posting_sheet(village, [posting], day("09-20"), Calendar({}))


def test_a_receipt_with_every_gap_is_still_one_page() -> None:
    missing = [
        "最低生活保障申请书",
        "核对授权书",
        "收入财产申报表",
        "近亲属备案承诺",
        "委托办理的委托书（委托他人时）",
    ]
    waiting = ["孙小妹（诚信承诺书）", "孙小妹", "孙丁（监护人代签）", "孙大成（义务人）"]
    fetched = [
        "居民身份证、户口簿信息",
        "婚姻登记信息",
        "残疾人证信息",
        "存款、车辆、不动产、工商登记信息",
        "社会保险信息",
    ]
    sheet = replace(
        RECEIPT, received=[], missing=missing, unsigned=waiting, fetched=fetched, phone="0375-0000000"
    )
    text = joined(printing.render(sheet, demo=False))
    assert "共 1 页" in text
    assert "孙大成（义务人）" in text
