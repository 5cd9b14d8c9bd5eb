"""The picture of a rulebook: places of law.diagram in pixels, titles broken into lines."""

from dataclasses import dataclass

from doudi.law.diagram import Box, Diagram, Lane

WIDTH, HEIGHT = 140, 40
ACROSS, DOWN = 17, 22
EDGE, HEAD = 6, 40
LETTERS = 20  # half-widths on a line
LINES = 2
CORNER = 5
HANGING = "，、。）”"  # never begin a line
SPREAD = (0, 3, -3, 6, -6)  # neighbouring lines keep apart


@dataclass(frozen=True)
class Mark:
    """一个值的方框: 左上角、写成几行的中文名、说明。"""

    name: str
    x: int
    y: int
    rows: tuple[tuple[int, str], ...]
    title: str
    kind: str
    paid: bool
    parameters: int
    missing: bool


@dataclass(frozen=True)
class Curve:
    """一条折线: 从被用的值到用它的值。"""

    need: str
    user: str
    path: str


@dataclass(frozen=True)
class Strip:
    """一类对象的一栏。"""

    label: str
    x: int
    width: int
    middle: int


@dataclass(frozen=True)
class Picture:
    """一张图, 单位是像素。"""

    width: int
    height: int
    strips: tuple[Strip, ...]
    marks: tuple[Mark, ...]
    curves: tuple[Curve, ...]


def picture(drawn: Diagram, missing: frozenset[str]) -> Picture:
    """把行列换成像素。`missing`: 这一天没有取值的参数路径。"""
    boxes = {box.name: box for box in drawn.boxes}
    shared = {entity for lane in drawn.lanes if len(lane.entities) > 1 for entity in lane.entities}
    turns = {box.name: SPREAD[number % len(SPREAD)] for number, box in enumerate(drawn.boxes)}
    return Picture(
        width=2 * EDGE + drawn.columns * (WIDTH + ACROSS),
        height=HEAD + drawn.lines * (HEIGHT + DOWN) + EDGE,
        strips=tuple(_strip(lane) for lane in drawn.lanes),
        marks=tuple(_mark(box, missing, box.entity in shared) for box in drawn.boxes),
        curves=tuple(
            Curve(need, user, _path(boxes[need], boxes[user], turns[need])) for need, user in drawn.needs
        ),
    )


def _strip(lane: Lane) -> Strip:
    x, width = EDGE + lane.column * (WIDTH + ACROSS), lane.columns * (WIDTH + ACROSS)
    label = "、".join(entity.label for entity in lane.entities)
    fits = len(label) * 13 < width
    return Strip(label if fits else f"{lane.entities[0].label}等", x, width, x + width // 2)


def _mark(box: Box, missing: frozenset[str], shared: bool) -> Mark:
    x, y = _corner(box)
    told = shared and not box.label.startswith(box.entity.label)
    rows = broken(f"{box.entity.label}: {box.label}" if told else box.label)
    top = y + HEIGHT // 2 + (5 if len(rows) == 1 else -3)
    return Mark(
        box.name, x, y, tuple((top + 16 * number, row) for number, row in enumerate(rows)), box.label, box.kind,
        box.paid, len(box.parameters), any(path in missing for path in box.parameters),
    )  # fmt: skip


def _corner(box: Box) -> tuple[int, int]:
    return EDGE + ACROSS // 2 + box.column * (WIDTH + ACROSS), HEAD + box.line * (HEIGHT + DOWN)


def _path(need: Box, user: Box, turn: int) -> str:
    """从被用的值底边出来, 沿格间的空当走到用它的值的顶边, 不从别的方框底下穿过。"""
    (left, top), (right, bottom) = _corner(need), _corner(user)
    start, end = left + WIDTH // 2, right + WIDTH // 2 + turn
    leave = top + HEIGHT + DOWN // 2 + turn
    if user.line == need.line + 1:
        return _rounded([(start, top + HEIGHT), (start, leave), (end, leave), (end, bottom)])
    beside = left - ACROSS // 2 if right < left else left + WIDTH + ACROSS // 2
    arrive = bottom - DOWN // 2 + turn
    return _rounded([
        (start, top + HEIGHT), (start, leave), (beside + turn, leave), (beside + turn, arrive), (end, arrive),
        (end, bottom),
    ])  # fmt: skip


def _rounded(points: list[tuple[int, int]]) -> str:
    """折线, 拐角处圆一点。"""
    path = [f"M{points[0][0]} {points[0][1]}"]
    for (x0, y0), (x, y), (x1, y1) in zip(points, points[1:], points[2:], strict=False):
        path.append(f"L{_toward(x, x0)} {_toward(y, y0)}Q{x} {y} {_toward(x, x1)} {_toward(y, y1)}")
    return "".join(path) + f"L{points[-1][0]} {points[-1][1]}"


def _toward(here: int, there: int) -> int:
    """离拐角 CORNER 个像素的地方; 太近就只走一半。"""
    gap = there - here
    step = min(CORNER, abs(gap) // 2)
    return here + step if gap > 0 else here - step


def broken(label: str) -> tuple[str, ...]:
    """中文名折成至多两行, 放不下的以省略号结尾。"""
    rows, width = [""], 0
    for letter in label:
        size = 1 if letter.isascii() else 2
        if width + size > LETTERS and letter not in HANGING:
            rows, width = [*rows, ""], 0
        rows[-1] += letter
        width += size
    if len(rows) > LINES:
        return (*rows[: LINES - 1], rows[LINES - 1][:-1] + "…")
    return tuple(rows)
