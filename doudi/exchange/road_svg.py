"""The road as a picture: SVG with presentation attributes only, so that it may stand in a page or in a file."""

from html import escape

from doudi.law.road_map import OBJECTION, RETURN, Return, RoadMap, Stop

LANE_HEAD, COLUMN, LANE = 84, 94, 104
BOX_WIDTH, BOX_HEIGHT, SIDE_BY_SIDE = 80, 40, 52
TOP, TRACK, FOOT = 44, 26, 60
FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
INK, SOFT, LINE, GROUND, PAPER = "#1b2426", "#536166", "#dbe2e1", "#f4f7f6", "#ffffff"
GREEN, PALE, RED, AMBER = "#0f6f65", "#eef6f4", "#b23a2e", "#9a5600"
COLOURS = {OBJECTION: RED, RETURN: AMBER}


def svg(road: RoadMap) -> str:
    """一条路的图：上方是退回的线，每栏一个岗位，站下写时限，底下写全程时限和抽查。"""
    reasons = list(dict.fromkeys(one.why for one in road.returns))
    lanes_from = TOP + TRACK * len(reasons) + 8
    heights = [_lane_height(road, lane) for lane in range(len(road.lanes))]
    tops = [lanes_from + sum(heights[:lane]) for lane in range(len(road.lanes))]
    width = LANE_HEAD + COLUMN * max(road.columns, 4) + 8
    height = lanes_from + sum(heights) + FOOT
    places = {stop.code: _place(road, stop, tops) for stop in road.stops}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="{FONT}" font-size="13" role="img">',
        f"<title>{escape(road.title)}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        _text(12, 26, road.title, size=16, weight=600, anchor="start"),
    ]
    for lane, (_, label) in enumerate(road.lanes):
        parts += _lane(label, tops[lane], heights[lane], width, even=lane % 2 == 0)
    for number, why in enumerate(reasons):
        y = TOP + TRACK * number + 14
        parts += _track([one for one in road.returns if one.why == why], places, y, number)
    parts += _onward(road, places)
    for stop in road.stops:
        parts += _box(stop, *places[stop.code])
    below = lanes_from + sum(heights)
    parts.append(_text(12, below + 26, road.whole, weight=600, anchor="start"))
    parts.append(_text(12, below + 48, f"{road.sampling}。时限自次日起算。", colour=SOFT, anchor="start"))
    return "\n".join([*parts, "</svg>", ""])


def _stacked(road: RoadMap, stop: Stop) -> int:
    """How many stops of its lane stand above it in its column."""
    same = [one for one in road.stops if (one.lane, one.column) == (stop.lane, stop.column)]
    return same.index(stop)


def _lane_height(road: RoadMap, lane: int) -> int:
    most = max((_stacked(road, stop) for stop in road.stops if stop.lane == lane), default=0)
    return LANE + most * (SIDE_BY_SIDE + 12)


def _place(road: RoadMap, stop: Stop, tops: list[int]) -> tuple[int, int]:
    x = LANE_HEAD + stop.column * COLUMN + (COLUMN - BOX_WIDTH) // 2
    return x, tops[stop.lane] + 22 + _stacked(road, stop) * (SIDE_BY_SIDE + 12)


def _lane(label: str, top: int, height: int, width: int, *, even: bool) -> list[str]:
    fill = GROUND if even else PAPER
    return [
        f'<rect x="4" y="{top}" width="{width - 8}" height="{height}" fill="{fill}" stroke="{LINE}"/>',
        _text(LANE_HEAD // 2, top + height // 2 + 4, label, colour=SOFT, weight=600),
    ]


def _box(stop: Stop, x: int, y: int) -> list[str]:
    fill, edge = (PALE, GREEN) if stop.is_posting else (PAPER, INK)
    radius = BOX_HEIGHT // 2 if stop.code == "roll" else 4
    told = " · ".join(part for part in (stop.label, stop.who, stop.told, stop.cite) if part)
    middle = x + BOX_WIDTH // 2
    parts = [
        f"<g><title>{escape(told)}</title>",
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="{radius}" fill="{fill}"'
        f' stroke="{edge}" stroke-width="1.2"/>',
        _text(middle, y + 25, stop.label, weight=600, size=13 if len(stop.label) < 6 else 12),
    ]
    for number, line in enumerate(stop.told.split("，") if stop.told else ()):
        parts.append(_text(middle, y + BOX_HEIGHT + 16 * (number + 1), line, colour=SOFT, size=12))
    return [*parts, "</g>"]


def _onward(road: RoadMap, places: dict[str, tuple[int, int]]) -> list[str]:
    """From each stop to the next column; what is done alongside has its line to the same place."""
    parts = []
    for stop in road.stops:
        following = next((one for one in road.stops if one.column == stop.column + 1), None)
        if following:
            (x, y), (to_x, to_y) = places[stop.code], places[following.code]
            start, end = x + BOX_WIDTH, y + BOX_HEIGHT // 2
            turn, arrive = (start + to_x) // 2, to_y + BOX_HEIGHT // 2
            line = f"M{start} {end}H{turn}V{arrive}H{to_x - 1}"
            parts.append(f'<path d="{line}" fill="none" stroke="{INK}" marker-end="url(#tip)"/>')
    return parts


def _track(returns: list[Return], places: dict[str, tuple[int, int]], y: int, number: int) -> list[str]:
    """One line above the lanes for one reason: up from each source, left, down to where the road begins again."""
    colour, target = COLOURS[returns[0].why], places[returns[0].target]
    down = target[0] + BOX_WIDTH // 2 + 14 * number - 7
    last = max(places[one.source][0] for one in returns) + BOX_WIDTH // 2
    stroke = f'fill="none" stroke="{colour}" stroke-width="1.3" stroke-dasharray="5 3"'
    parts = [f'<path d="M{last} {y}H{down}V{target[1] - 1}" {stroke} marker-end="url(#tip)"/>']
    for one in returns:
        x, top = places[one.source]
        parts.append(f'<path d="M{x + BOX_WIDTH // 2} {top}V{y}" {stroke}/>')
    return [*parts, _text(down + 12, y - 5, returns[0].why, colour=colour, size=12, anchor="start")]


def _text(
    x: int, y: int, text: str, *, colour: str = INK, size: int = 13, weight: int = 400, anchor: str = "middle"
) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}" font-size="{size}"'
        f' font-weight="{weight}">{escape(text)}</text>'
    )
