"""How the figures of a simulation are laid out; the same for a fresh one and for one that was kept."""

from collections.abc import Sequence
from typing import Any

from doudi.law.money import yuan
from doudi.records.checks.weighing import BIN_FEN, MOVES
from doudi.web.ui import charts
from doudi.web.ui import components as ui
from doudi.web.ui.chart_base import Chart, Point, Series
from doudi.web.ui.tables import Column, Row, Table

Figures = dict[str, Any]
CHANGES = (Column("参数"), Column("现行值"), Column("改为"))
MOVED = (
    Column("去向"), Column("户数", "number"), Column("改前人数", "number"), Column("改后人数", "number"),
    Column("改前月金额", "money"), Column("改后月金额", "money"), Column("每月增减", "change"),
)  # fmt: skip
PLACES = (
    Column("乡镇 (街道)"), Column("改前户", "number"), Column("改后户", "number"), Column("改前人", "number"),
    Column("改后人", "number"), Column("改前月金额", "money"), Column("改后月金额", "money"),
    Column("每月增减", "change"), Column("全年增减", "change"),
)  # fmt: skip
FUNDS = (
    Column("资金级次"), Column("占比", "percent"), Column("改前每月", "money"), Column("改后每月", "money"),
    Column("每月增减", "change"), Column("全年增减", "change"),
)  # fmt: skip
MOST_BARS = 12


def delta(fen: int) -> str:
    """增减写成 ▲ 1,234.00、▼ 1,234.00、0.00。"""
    return f"{'▲ ' if fen > 0 else '▼ ' if fen < 0 else ''}{yuan(abs(fen))}"


def shown(fen: int) -> str:
    """大数写成万元, 两位小数; 表里仍到分。"""
    hundredths = (abs(fen) + 5_000) // 10_000
    return f"{'-' if fen < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02}"


def change(fen: int) -> str:
    """增减的万元数, 带 ▲▼。"""
    return f"{'▲ ' if fen > 0 else '▼ ' if fen < 0 else ''}{shown(abs(fen))}"


def changes(rows: Sequence[dict[str, str]]) -> Table:
    """改了哪些参数。"""
    cells = [Row([one["label"], one["before"] or "没有取值", one["after"]]) for one in rows]
    return Table(CHANGES, cells, compact=True, key="changes", keyboard=False)


def tiles(told: Figures) -> list[ui.Tile]:
    """四个数: 每月、全年、在册户、受影响的户。"""
    before, after, moves = told["before"], told["after"], told["moves"]
    monthly = after["amount_fen"] - before["amount_fen"]
    rest = told["rest_of_year"]
    later = rest["after_fen"] - rest["before_fen"]
    return [
        ui.Tile("改后每月", shown(after["amount_fen"]), "万元",
                f"{change(monthly)} 万元{_share(monthly, before['amount_fen'])}"),
        ui.Tile("全年增减", change(12 * monthly), "万元", f"当年 {rest['months']} 个月 {change(later)} 万元"),
        ui.Tile("改后保障", f"{after['households']:,}", "户",
                f"{after['persons']:,} 人, 原 {before['households']:,} 户 {before['persons']:,} 人"),
        ui.Tile("新进 / 退出", f"{moves['in']['households']:,} / {moves['out']['households']:,}", "户",
                f"提高 {moves['up']['households']:,} 户, 降低 {moves['down']['households']:,} 户",
                tone="soon" if moves["out"]["households"] or moves["down"]["households"] else ""),
    ]  # fmt: skip


def _share(more: int, whole: int) -> str:
    """增减占原来的几成; 原来为零不写。"""
    if not whole or not more:
        return ""
    tenths = (2 * abs(more) * 1000 + whole) // (2 * whole)
    return f" ({tenths // 10}.{tenths % 10}%)"


def moved(told: Figures) -> Table:
    """各去向的户、人、金额; 合计等于改前改后。"""
    rows, before, after = [], told["before"], told["after"]
    for name, label in MOVES.items():
        one = told["moves"][name]
        rows.append(
            Row([label, one["households"], one["before_persons"], one["after_persons"], one["before_fen"],
                 one["after_fen"], one["after_fen"] - one["before_fen"]])
        )  # fmt: skip
    foot = ["合计", sum(one["households"] for one in told["moves"].values()), before["persons"], after["persons"],
            before["amount_fen"], after["amount_fen"], after["amount_fen"] - before["amount_fen"]]  # fmt: skip
    return Table(MOVED, rows, foot=foot, key="moves", keyboard=False)


def places(told: Figures) -> Table:
    """分乡镇; 每一列加起来是全县。"""
    rows = [Row([one["name"], *_sides(one["before"], one["after"])]) for one in told["townships"]]
    foot = ["合计", *_sides(told["before"], told["after"])]
    return Table(PLACES, rows, foot=foot, compact=True, key="places")


def _sides(before: dict[str, int], after: dict[str, int]) -> list[Any]:
    more = after["amount_fen"] - before["amount_fen"]
    return [before["households"], after["households"], before["persons"], after["persons"], before["amount_fen"],
            after["amount_fen"], more, 12 * more]  # fmt: skip


def funds(told: Figures) -> Table | None:
    """分资金级次, 按上年各级到账的比例; 账上没有拨款时不列。"""
    rows = told["funds"]
    received = sum(one["received_fen"] for one in rows)
    cells = []
    for one in rows:
        more = one["after_fen"] - one["before_fen"]
        share = one["received_fen"] * 10_000 // received
        cells.append(Row([one["label"], share, one["before_fen"], one["after_fen"], more, 12 * more]))
    more = told["after"]["amount_fen"] - told["before"]["amount_fen"]
    foot = [
        "合计",
        None,
        told["before"]["amount_fen"],
        told["after"]["amount_fen"],
        more,
        12 * more,
    ]
    return Table(FUNDS, cells, foot=foot, key="funds", keyboard=False) if rows else None


def spread(told: Figures) -> Chart:
    """户月金额的分布, 改前改后各一; 旁边没有别的图时占满一行。"""
    bins = told["histogram"]
    labels = [_bin(one["from_fen"], one is bins[-1]) for one in bins]
    before = Series("改前", [one["before"] for one in bins])
    after = Series("改后", [one["after"] for one in bins])
    title = f"户均月金额 {yuan(_average(told['before']))} 元变为 {yuan(_average(told['after']))} 元"
    subtitle = "户, 按每户每月金额分段; 上限不含在本段"
    return charts.paired(
        "spread",
        title,
        subtitle,
        labels,
        (before, after),
        dimension="每户月金额 (元)",
        wide=most_changed(told) is None,
    )


def _bin(low: int, last: bool) -> str:
    return f"{low // 100} 以上" if last else f"{low // 100}–{(low + BIN_FEN) // 100}"


def _average(side: dict[str, int]) -> int:
    count = side["households"]
    return (2 * side["amount_fen"] + count) // (2 * count) if count else 0


def most_changed(told: Figures) -> Chart | None:
    """每月增减最多的乡镇。None where nothing changes or all become less."""
    rows = [
        (one["name"], one["after"]["amount_fen"] - one["before"]["amount_fen"]) for one in told["townships"]
    ]
    risen = sorted((row for row in rows if row[1] > 0), key=lambda row: -row[1])[:MOST_BARS]
    if len(risen) < 2:
        return None
    title = f"{risen[0][0]}增得最多, 每月 {yuan(risen[0][1])} 元"
    points = [Point(name, fen) for name, fen in risen]
    return charts.ranked(
        "risen", title, f"万元, 每月增加; 增加最多的 {len(risen)} 个乡镇 (街道)", points, unit="money",
        dimension="乡镇 (街道)", measure="每月增加",
    )  # fmt: skip


def blind_spots(told: Figures) -> list[str]:
    """这次测算看不见、没有算进去的, 一条一句。"""
    said = [
        f"新进的只从已登记的家庭里找: 现有 {told['off_roll']:,} 户不在册、有资料。没有登记过的家庭算不到。",
        "用的是登记时的收入财产; 重新核定后的变化不在里面。",
        "提标的批量重新核定、告知和补发另行办理, 这里只定参数。",
    ]
    if told["unclaimed"]:
        said.append(
            f"有 {told['unclaimed']:,} 户按现行规则已符合但不在册 (多为退出后未再申请), 前后都没有计入。"
        )
    if told["lapsed"]:
        said.append(f"有 {told['lapsed']:,} 户在册但按现行资料算不出金额, 前后都没有计入; 请先复核这些户。")
    if told["differing"]:
        said.append(
            f"在册金额 {yuan(told['awarded_fen'])} 元, 有 {told['differing']:,} 户与按资料重算的不同; 增减以重算为准。"
        )
    return said
