"""Sample contexts for every piece of web/ui, shared by the tests that render and photograph them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from django import forms
from django.forms import formset_factory

from doudi.web.ui import charts, frames, tables
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Link, Row, Table

CHINA = timezone(timedelta(hours=8))

NAV = [
    frames.NavGroup(
        "办理", [frames.NavItem("工作台", "#", active=True), frames.NavItem("受理", "#", count=12)]
    ),
    frames.NavGroup(
        "调查",
        [
            frames.NavItem("入户", "#", count=7),
            frames.NavItem("核对", "#"),
            frames.NavItem("测算初审", "#", count=4),
        ],
    ),
    frames.NavGroup(
        "公示与确认",
        [frames.NavItem("公示", "#", count=3), frames.NavItem("签批", "#"), frames.NavItem("确认", "#")],
    ),
    frames.NavGroup("资金", [frames.NavItem("发放", "#"), frames.NavItem("台账", "#")]),
    frames.NavGroup(
        "综合", [frames.NavItem("统计", "#"), frames.NavItem("标准与参数", "#"), frames.NavItem("设置", "#")]
    ),
]
FRAME = frames.Frame(
    unit_name="临汝镇社会救助经办服务中心",
    user_name="周文静",
    role="乡镇经办",
    search_url="/search",
    logout_url="/logout",
    todo_url="/todo",
    todo_count=18,
    demo_on=date(2026, 11, 5),
    help_phone="0375-0000000",
)
PUBLIC = frames.PublicFrame(unit_name="汝州市民政局", phone="0375-0000000", demo=True)

STEPPER = ui.Stepper(
    [
        ui.Stage("受理", "done", "09-14"),
        ui.Stage("入户调查", "done", "用 3 日"),
        ui.Stage("核对", "done", "未接入"),
        ui.Stage("测算初审", "done", "09-18"),
        ui.Stage("公示", "now", "第 4 天, 共 7 天"),
        ui.Stage("乡镇签批"),
        ui.Stage("县级确认"),
        ui.Stage("告知"),
        ui.Stage("在册"),
    ],
    used=9,
    limit=30,
    cite="民发〔2021〕57号 第二十二条",
)
IDENTITY = ui.Identity(
    "陈国强",
    facts=[("人数", "3 人"), ("类别", "农村低保"), ("受理号", "SL20260914003"), ("村", "临汝镇·郝寨村")],
    deadline=ui.Deadline(3, date(2026, 9, 25), "calendar"),
    flags=[ui.Flag("近亲属备案", "over"), ui.Flag("材料已补正", "good")],
    tabs=[ui.Tab("概览", "#", active=True), ui.Tab("家庭收支", "#"), ui.Tab("材料", "#", count=6)]
    + [ui.Tab(t, "#") for t in ("核对", "入户", "测算", "公示", "决定", "发放", "记录")],
)
TASKS = [
    ui.Task("核对身份与户籍", "done", "#"),
    ui.Task("录入家庭、收入、财产", "done", "#"),
    ui.Task("入户调查", "doing", "#", "两名调查人员, 本人签字", ui.Deadline(1, date(2026, 9, 17))),
    ui.Task(
        "一次性告知缺件", "todo", "#", "缺 2 件: 残疾证、土地流转合同", ui.Deadline(-2, date(2026, 9, 12))
    ),
    ui.Task("提交公示", "wait", "#", "要先有初审意见"),
]
TIMELINE = [
    ui.TimelineEntry("张贴公示", datetime(2026, 9, 18, 16, 20, tzinfo=CHINA), "周文静", "照片已回传", "#"),
    ui.TimelineEntry("初审意见: 建议纳入", datetime(2026, 9, 18, 11, 2, tzinfo=CHINA), "周文静", url="#"),
    ui.TimelineEntry("入户调查完成", datetime(2026, 9, 17, 15, 40, tzinfo=CHINA), "赵明、李晓红", url="#"),
    ui.TimelineEntry(
        "退回补正: 残疾证照片不清", datetime(2026, 9, 15, 9, 5, tzinfo=CHINA), "周文静", loud=True
    ),
    ui.TimelineEntry("受理", date(2026, 9, 14), "郝寨村协理员"),
]
NEXT = ui.NextStep(
    "签批后送县级确认",
    ui.Action("送县级确认", "/send", post=True),
    blocks=[
        ui.BlockLine("公示还有 3 天才期满, 09-26 起可以办", "民发〔2021〕57号 第十九条"),
        ui.BlockLine("第 7 天的公示照片没有回传", url="#"),
    ],
    deadline=ui.Deadline(5, date(2026, 9, 28), cite="收到后 10 个工作日·民发〔2021〕57号 第二十条"),
    others=[ui.Action("退回补正", "/back")],
)
WHY = ui.Why(
    "golden",
    "陈国强家每月补多少",
    81900,
    [
        ui.WhyStep(
            "务工成本",
            "9,700.00 × 20% = 1,940.00, 不超过 5,880.00 ÷ 2",
            "务工成本比例 20%",
            "演示县低保实施细则 (演示值)",
            "第九条",
            date(2026, 1, 1),
        ),
        ui.WhyStep("家庭年收入", "9,700.00 − 1,940.00 + 2,400.00 + 600.00 = 10,760.00 元"),
        ui.WhyStep(
            "补差保障金",
            "(5,880.00 × 3 人 − 10,760.00) ÷ 12 = 573.33… → 574.00",
            "农村低保标准 5,880.00 元/年",
            "国务院令 第649号",
            "第十二条",
            date(2026, 1, 1),
        ),
        ui.WhyStep(
            "重残补助 (乙)", "490.00 × 30% = 147.00", "分类施保 重残 30%", "演示县低保实施细则 (演示值)"
        ),
        ui.WhyStep(
            "未成年补助 (丙)", "490.00 × 20% = 98.00", "分类施保 未成年 20%", "演示县低保实施细则 (演示值)"
        ),
        ui.WhyStep("每月合计", "574.00 + 147.00 + 98.00 = 819.00"),
    ],
)
BATCH = ui.Batch(
    "batch", [ui.Action("批量确认", "/confirm"), ui.Action("退回", "/back", refuse=True)], matching=37
)

_PEOPLE = [
    ("陈国强", "SL20260914003", "临汝镇·郝寨村", "公示", "看期满情况", 3, 81900, ()),
    (
        "李秀英",
        "SL20260911017",
        "临汝镇·东营村",
        "入户调查",
        "定入户日期",
        -2,
        43250,
        (ui.Flag("近亲属备案", "over"),),
    ),
    ("王铁柱", "SL20260909008", "临汝镇·菜园村", "测算初审", "出初审意见", 0, 98000, ()),
    (
        "买买提·艾力",
        "SL20260908021",
        "临汝镇·关庙村",
        "受理",
        "发一次性告知书",
        2,
        None,
        (ui.Flag("缺 2 件", "soon"),),
    ),
    ("赵大山", "SL20260902002", "临汝镇·坡池村", "县级确认", "等县里确认", 8, 156700, ()),
    ("孙桂兰", "SL20260901011", "临汝镇·暴雨村", "告知", "送达通知书", 11, 31200, ()),
]


def worklist(batch: ui.Batch | None = BATCH) -> Table:
    rows = [
        Row(
            [
                Link(name, "/case"),
                number,
                place,
                stage,
                todo,
                ui.Deadline(left, date(2026, 9, 25)),
                fen,
                list(flags) or None,
            ],
            key=number,
            url="/case",
            amount_fen=fen,
            locked="有红旗, 要单独办理" if flags and flags[0].tone == "over" else "",
        )
        for name, number, place, stage, todo, left, fen, flags in _PEOPLE
    ]
    columns = [
        Column("户主"),
        Column("受理号"),
        Column("乡镇 / 村"),
        Column("阶段"),
        Column("待我做什么"),
        Column("剩余时限", "deadline", sort_url="#", sorted="ascending"),
        Column("每月", "money"),
        Column("标记", "flags"),
    ]
    return Table(columns, rows, foot=["合计", None, None, None, None, None, 411050, None], batch=batch)


class SampleForm(forms.Form):
    name = forms.CharField(label="申请人姓名", help_text="与身份证一致, 含“·”的照原样写")
    income = forms.CharField(label="全年务工收入 (元)", widget=forms.TextInput(attrs={"class": "w-money"}))
    kind = forms.ChoiceField(label="申请事项", choices=[("rural", "农村低保"), ("urban", "城市低保")])
    living = forms.ChoiceField(
        label="是否共同生活", widget=forms.RadioSelect, choices=[("y", "是"), ("n", "否, 在外单独居住")]
    )
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))


class FilterForm(forms.Form):
    town = forms.ChoiceField(label="村", choices=[("", "全部"), ("1", "郝寨村")])
    stage = forms.ChoiceField(label="阶段", choices=[("", "全部"), ("1", "公示")])
    left = forms.ChoiceField(label="时限", choices=[("", "不限"), ("1", "三日内到期")])
    word = forms.CharField(label="姓名或受理号", required=False)


class IncomeForm(forms.Form):
    person = forms.ChoiceField(choices=[("1", "陈国强"), ("2", "刘桂花"), ("3", "陈小雨")])
    kind = forms.ChoiceField(choices=[("wage", "务工"), ("crop", "种植"), ("rent", "土地流转")])
    amount = forms.CharField(widget=forms.TextInput(attrs={"class": "r", "inputmode": "decimal"}))
    cost = forms.CharField(
        widget=forms.TextInput(attrs={"class": "r", "inputmode": "decimal"}), required=False
    )
    proof = forms.CharField(required=False)


def income_grid() -> tables.Grid:
    initial = [
        {"person": "1", "kind": "wage", "amount": "9,700.00", "cost": "1,940.00", "proof": "务工证明"},
        {"person": "1", "kind": "crop", "amount": "2,400.00", "cost": "", "proof": "村级核实"},
        {"person": "2", "kind": "rent", "amount": "600.00", "cost": "", "proof": "流转合同"},
    ]
    formset = formset_factory(IncomeForm, extra=1)(initial=initial, prefix="income")
    columns = [
        Column("成员"),
        Column("种类"),
        Column("全年", "money"),
        Column("成本", "money"),
        Column("依据"),
    ]
    return tables.Grid("income-grid", "家庭收入 (按年)", formset, columns)


def sample_charts() -> list[charts.Chart]:
    towns = [
        "煤山",
        "风穴路",
        "钟楼",
        "洗耳河",
        "汝南",
        "寄料",
        "温泉",
        "临汝",
        "小屯",
        "杨楼",
        "蟒川",
        "庙下",
    ]
    rates = [96, 104, 141, 187, 212, 402, 298, 376, 251, 318, 455, 263]
    months = [f"{2025 + m // 12}-{m % 12 + 1:02d}" for m in range(10, 22)]
    rural = [9_180_000_00 + 41_000_00 * n for n in range(12)]
    urban = [712_000_00 - 3_500_00 * n for n in range(12)]
    return [
        charts.monthly(
            "spent",
            "十二个月支出平稳上升, 人数基本不变",
            "单位: 万元、人, 截至 2026-10-31, 演示数据",
            months,
            [charts.Series("农村低保", rural), charts.Series("城市低保", urban)],
            charts.Series("在册人数", [39_500 + 22 * n for n in range(12)]),
        ),
        charts.ranked(
            "cover",
            "蟒川、寄料的覆盖率是全县平均的一倍半",
            "单位: % (保障人数 ÷ 户籍人口), 截至 2026-10-31, 演示数据",
            [charts.Point(t, r, "#") for t, r in zip(towns, rates, strict=True)],
            unit="percent",
            dimension="乡镇",
            measure="覆盖率",
            line=charts.Point("全县", 276),
        ),
        charts.ageing(
            "age",
            "6 件超过 30 个工作日, 卡在入户调查",
            "单位: 件, 2026-11-05 在办, 演示数据",
            ["0–5", "6–10", "11–15", "16–20", "21–25", "26–30", "31–45", "45 以上"],
            [
                charts.Series("受理", [21, 9, 2, 0, 0, 0, 0, 0]),
                charts.Series("入户调查", [8, 14, 9, 5, 3, 2, 4, 1]),
                charts.Series("公示", [2, 11, 16, 8, 2, 0, 1, 0]),
            ],
            lines=[("限 30", 6), ("最长 45", 7)],
        ),
        charts.movements(
            "moves",
            "十一月净增 2.3 万元, 新增户是主因",
            "单位: 万元, 与 2026-10 相比, 演示数据",
            charts.Point("十月", 962_000_000),
            [
                charts.Point("新增", 4_850_000, "#"),
                charts.Point("调增", 1_120_000, "#"),
                charts.Point("调减", -980_000, "#"),
                charts.Point("停发", -2_690_000, "#"),
            ],
            charts.Point("十一月", 964_300_000),
        ),
        charts.shares(
            "classes",
            "A 类户占比最高的是寄料",
            "单位: 户, 截至 2026-10-31, 演示数据",
            ["寄料", "蟒川", "临汝", "小屯", "庙下"],
            [
                charts.Series("A 类", [310, 270, 190, 150, 120]),
                charts.Series("B 类", [402, 480, 420, 390, 310]),
                charts.Series("C 类", [120, 230, 260, 210, 260]),
            ],
            dimension="乡镇",
        ),
        charts.columns(
            "review",
            "明年一月到期复核最多",
            "单位: 户, 2026-11-05 起十二个月, 演示数据",
            [
                charts.Point(m, v, "#")
                for m, v in zip(
                    ["11月", "12月", "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月"],
                    [212, 380, 1204, 655, 590, 481, 420, 733, 402, 377, 360, 298],
                    strict=True,
                )
            ],
            dimension="月份",
            measure="到期户数",
        ),
    ]


DIFFERENCE = ui.Difference(
    ui.Change("2026-10 实发", 20_418, 37_631, 962_000_000),
    [
        ui.Change("新增", 34, 71, 4_850_000, "新批准 33 户, 跨县迁入 1 户", "#"),
        ui.Change("调增", 0, 12, 1_120_000, "家庭人口增加", "#"),
        ui.Change("调减", 0, -9, -980_000, "就业收入增加", "#"),
        ui.Change("停发", -22, -41, -2_690_000, "死亡 14 户, 收入超标 6 户, 自愿退出 2 户", "#"),
    ],
    ui.Change("2026-11 应发", 20_430, 37_664, 964_300_000),
)
JOBS = [
    ui.JobProgress(
        "生成 2026-11 农村低保发放名单", 3214, 8870, remaining="1 分钟", poll_url="/job", cancel_url="/x"
    ),
    ui.JobProgress("核对结果导入", 812, 812, "done", failed=3, result_url="#", key="job2"),
]
CONFIRM = ui.Confirm(
    "批量确认 34 户, 从 2026-12 起发放",
    [
        ui.SummaryLine("户数、人数", "34 户 71 人"),
        ui.SummaryLine("每月金额", "48,500.00 元", strong=True),
        ui.SummaryLine("起发月份", "2026-12"),
    ],
    "确认 34 户",
    "#",
    warning="确认后不能改动, 只能另作增减停发决定。",
    skipped=[("李秀英", "经办人近亲属, 要先入户"), ("赵大山", "公示未满 7 天")],
)
TILES = [
    ui.Tile("已超期", "2", "件", "最早超 2 日", "#", "over"),
    ui.Tile("三日内到期", "7", "件", "其中入户 4 件", "#", "soon"),
    ui.Tile("公示期满待签批", "5", "户", "", "#"),
    ui.Tile("退回补正", "3", "件", "等群众补材料", "#"),
    ui.Tile("本月在册", "1,842", "户", "3,377 人", "#"),
]
EMPTIES = [
    ui.Empty("nothing", "本月还没有受理申请", "有人来窗口时, 从这里开始登记。", ui.Action("去受理", "#")),
    ui.Empty("done", "待办已清空", "下一件在周四到期, 是王铁柱家的入户调查。"),
    ui.Empty("nomatch", "没有符合条件的案卷", "已选: 郝寨村、公示、三日内到期。", ui.Action("清除条件", "#")),
]
SIDES = ui.Sides(
    "申报、核对与入户所见",
    [
        ui.Side("务工收入 (元/年)", "9,700.00", "12,300.00", ""),
        ui.Side("存款 (元)", "12,000.00", "12,000.00", ""),
        ui.Side("住房 (处)", "1", "1", "1"),
    ],
)


def filters() -> ui.FilterBar:
    form = FilterForm({"town": "1", "stage": "1", "left": "1"})
    chips = [ui.Chip("郝寨村", "#"), ui.Chip("公示", "#"), ui.Chip("三日内到期", "#")]
    return ui.FilterBar(list(form), chips, "#")


def context() -> dict[str, Any]:
    """每个部件一份样例。"""
    wrong = SampleForm({"name": "", "income": "一千二", "kind": "rural", "living": "y"})
    wrong.is_valid()
    wrong.add_error("income", "请填阿拉伯数字, 如 1200 或 1,200.50")
    return {
        "frame": FRAME,
        "nav": NAV,
        "messages": [],
        "stepper": STEPPER,
        "identity": IDENTITY,
        "tasks": TASKS,
        "entries": TIMELINE,
        "next_step": NEXT,
        "why": WHY,
        "batch": BATCH,
        "table": worklist(),
        "plain_table": worklist(None),
        "filters": filters(),
        "pager": ui.Pager(1, 20, 37, "", "#"),
        "form": wrong,
        "grid": income_grid(),
        "charts": sample_charts(),
        "difference": DIFFERENCE,
        "jobs": JOBS,
        "confirm": CONFIRM,
        "tiles": TILES,
        "empties": EMPTIES,
        "sides": SIDES,
        "why_table": Table(
            [Column("项目"), Column("每月", "why")],
            [Row(["保障金合计", WHY])],
            key="why-table",
            keyboard=False,
        ),
    }


DOORS = [
    ("我要申请", "一次说清要带什么, 村里可以代办"),
    ("查进度", "用受理回执上的受理号和查询码"),
    ("看公示", "只公布姓名、人口和金额"),
    ("算一算", "六个问题, 不留记录"),
    ("打电话", "周一到周五 8:30 到 17:30"),
]
_PAGES = Path(__file__).parent / "ui_pages"
PAGES = {
    name: (_PAGES / f"{name}.html").read_text("utf-8")
    for name in ("home", "case", "forms", "money", "charts")
}
PUBLIC_HOME = (_PAGES / "public_home.html").read_text("utf-8")
PUBLIC_QUESTION = (_PAGES / "public_question.html").read_text("utf-8")
