"""The road as BPMN 2.0: a pool with a lane for each role, user tasks, gateways, clocks as timers, and where they stand.

An export for reading elsewhere; the office itself walks the pack's road, not this file. Conditions use two names:
`refusing` (the opinion or the decision is against) and `back` (an objection was upheld, or the case was sent back).
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from doudi.law.road_map import Return, RoadMap, Stop

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SHAPES = "http://www.omg.org/spec/BPMN/20100524/DI"
AREA = "http://www.omg.org/spec/DD/20100524/DC"
POINTS = "http://www.omg.org/spec/DD/20100524/DI"
TYPED = "http://www.w3.org/2001/XMLSchema-instance"
PROCESS = "road"
OVERDUE = "overdue"
LANE, COLUMN, HEAD = 220, 220, 60
TASK, GATE, EVENT = (110, 60), (40, 40), (36, 36)
SPLIT, JOIN = "together_from", "together_until"
MERGE = "from_the_survey"  # a parallel gateway waits for every flow that enters it: the returns are joined before it


def bpmn(road: RoadMap) -> str:
    """一条路的 BPMN 2.0 文件（XML 文字）。空的路抛 ValueError。"""
    if not road.stops:
        raise ValueError("不立案的项目没有可以导出的路")
    return _File(road).text()


class _File:
    """One export: nodes and flows are added in the order of the road, then drawn."""

    def __init__(self, road: RoadMap) -> None:
        self.road = road
        self.nodes: dict[str, tuple[int, int, int, int]] = {}
        self.in_lane: dict[str, int] = {}
        self.flows: list[tuple[str, str, str]] = []
        self.root = Element(f"{{{MODEL}}}definitions", {"id": "doudi", "targetNamespace": "urn:doudi:road"})
        self.process = Element(f"{{{MODEL}}}process", {"id": PROCESS, "isExecutable": "true"})

    def text(self) -> str:
        pool = SubElement(self.root, f"{{{MODEL}}}collaboration", {"id": "office"})
        named = {"id": "pool", "name": self.road.title, "processRef": PROCESS}
        SubElement(pool, f"{{{MODEL}}}participant", named)
        self.root.append(self.process)
        lanes = SubElement(self.process, f"{{{MODEL}}}laneSet", {"id": "lanes"})
        self._nodes()
        self._flows()
        self._lanes(lanes)
        self._picture()
        for prefix, space in (
            ("bpmn", MODEL), ("bpmndi", SHAPES), ("dc", AREA), ("di", POINTS), ("xsi", TYPED),
        ):  # fmt: skip
            register_namespace(prefix, space)
        indent(self.root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(self.root, encoding="unicode") + "\n"

    # ---- nodes -------------------------------------------------------------------------------------------

    def _add(
        self, kind: str, known_as: str, at: tuple[int, int, int], size: tuple[int, int], **said: str
    ) -> Element:
        lane, x, y = at
        self.nodes[known_as] = (x, y + lane * LANE, *size)
        self.in_lane[known_as] = lane
        return SubElement(self.process, f"{{{MODEL}}}{kind}", {"id": known_as, **said})

    def _nodes(self) -> None:
        first, last = self.road.stops[0], self.road.stops[-1]
        self._add("startEvent", "start", (first.lane, HEAD + 40, 92), EVENT, name="申请")
        for stop in self.road.stops:
            if stop is not last:
                self._stop(stop)
        ends = {"name": last.label}
        self._add("endEvent", last.code, (last.lane, _left(last.column), 92), EVENT, **ends)
        if any(stop.days for stop in self.road.stops):
            self._add("userTask", OVERDUE, (0, _left(last.column), 20), TASK, name="超期督办")
            self._add("endEvent", "told", (0, _left(last.column) + 160, 32), EVENT, name="已督办")

    def _stop(self, stop: Stop) -> None:
        below = 80 * self._stacked(stop)
        task = self._add(
            "userTask", stop.code, (stop.lane, _left(stop.column), 20 + below), TASK, name=stop.label
        )
        SubElement(task, f"{{{MODEL}}}documentation").text = f"{stop.who}。{stop.told}。{stop.cite}"
        if stop.days and not stop.is_posting:
            self._timer(stop, below)
        if self._choices(stop):
            at = (stop.lane, _left(stop.column) + 140, 30)
            self._add(
                "exclusiveGateway", _gate(stop), at, GATE, default=_flow(_gate(stop), self._onward(stop))
            )
        if stop.code == self._together()[0] and len(self._together()) > 1:
            self._add("exclusiveGateway", MERGE, (stop.lane, _left(stop.column) - 100, 30), GATE)
            self._add("parallelGateway", SPLIT, (stop.lane, _left(stop.column) - 50, 30), GATE)
            self._add("parallelGateway", JOIN, (stop.lane, _left(stop.column) + 140, 30), GATE)

    def _timer(self, stop: Stop, below: int) -> None:
        at = (stop.lane, _left(stop.column) + 74, 62 + below)
        timer = self._add(
            "boundaryEvent", f"{stop.code}_due", at, EVENT, attachedToRef=stop.code, cancelActivity="false",
            name=stop.clock,
        )  # fmt: skip
        clock = SubElement(timer, f"{{{MODEL}}}timerEventDefinition")
        # ISO 8601 knows no working days: the words beside it say which days are meant.
        duration = SubElement(
            clock, f"{{{MODEL}}}timeDuration", {f"{{{TYPED}}}type": "bpmn:tFormalExpression"}
        )
        duration.text = f'"P{stop.days}D"'

    def _stacked(self, stop: Stop) -> int:
        same = [one for one in self.road.stops if (one.lane, one.column) == (stop.lane, stop.column)]
        return same.index(stop)

    def _together(self) -> tuple[str, ...]:
        road = self.road.terms
        return road.walked_with("survey") if "survey" in road.road else ("",)

    # ---- flows -------------------------------------------------------------------------------------------

    def _flows(self) -> None:
        together = self._together()
        self.flows.append(("start", self._enter(self.road.stops[0].code), ""))
        if len(together) > 1:
            self.flows.append((MERGE, SPLIT, ""))
            self.flows += [edge for code in together for edge in ((SPLIT, code, ""), (code, JOIN, ""))]
            self.flows.append((JOIN, self._enter(self.road.terms.after("survey") or ""), ""))
        for stop in self.road.stops[:-1]:
            if stop.code not in together or len(together) == 1:
                self.flows += self._leaving(stop)
            if f"{stop.code}_due" in self.nodes:
                self.flows.append((f"{stop.code}_due", OVERDUE, ""))
        if OVERDUE in self.nodes:
            self.flows.append((OVERDUE, "told", ""))
        for source, target, condition in self.flows:
            flow = {"id": _flow(source, target), "sourceRef": source, "targetRef": target}
            element = SubElement(self.process, f"{{{MODEL}}}sequenceFlow", flow)
            if condition:
                kind = {f"{{{TYPED}}}type": "bpmn:tFormalExpression"}
                SubElement(element, f"{{{MODEL}}}conditionExpression", kind).text = condition
                element.set("name", self._why(source, condition))

    def _leaving(self, stop: Stop) -> Iterator[tuple[str, str, str]]:
        choices = self._choices(stop)
        if not choices:
            yield stop.code, self._onward(stop), ""
            return
        yield stop.code, _gate(stop), ""
        yield _gate(stop), self._onward(stop), ""
        for target, condition in choices:
            yield _gate(stop), self._enter(target), condition

    def _choices(self, stop: Stop) -> list[tuple[str, str]]:
        """Where a stop leads besides onward: back to the investigation, or past the boards when it is refused."""
        terms = self.road.terms
        found = [(one.target, "back") for one in self._returns(stop)]
        if terms.has_passed("review", stop.code):
            onward, refusing = terms.after(stop.code), terms.after(stop.code, refusing=True)
            if refusing and refusing != onward and not stop.is_posting:
                found.append((refusing, "refusing and not back" if found else "refusing"))
        return found

    def _returns(self, stop: Stop) -> list[Return]:
        return [one for one in self.road.returns if one.source == stop.code]

    def _why(self, source: str, condition: str) -> str:
        if condition.startswith("refusing"):
            return "拟不予确认"
        code = source.removeprefix("after_")
        return next(one.why for one in self.road.returns if one.source == code)

    def _onward(self, stop: Stop) -> str:
        return self._enter(self.road.terms.after(stop.code) or "")

    def _enter(self, code: str) -> str:
        together = self._together()
        return MERGE if code == together[0] and len(together) > 1 else code

    # ---- lanes and picture -------------------------------------------------------------------------------

    def _lanes(self, lanes: Element) -> None:
        for number, (role, label) in enumerate(self.road.lanes):
            lane = SubElement(lanes, f"{{{MODEL}}}lane", {"id": f"lane_{role}", "name": label})
            for name, held in self.in_lane.items():
                if held == number:
                    SubElement(lane, f"{{{MODEL}}}flowNodeRef").text = name

    def _picture(self) -> None:
        diagram = SubElement(self.root, f"{{{SHAPES}}}BPMNDiagram", {"id": "picture"})
        plane = SubElement(diagram, f"{{{SHAPES}}}BPMNPlane", {"id": "plane", "bpmnElement": "office"})
        width = _left(self.road.columns) + 120
        _shape(plane, "pool", 0, 0, width, LANE * len(self.road.lanes), isHorizontal="true")
        for number, (role, _) in enumerate(self.road.lanes):
            _shape(plane, f"lane_{role}", 30, LANE * number, width - 30, LANE, isHorizontal="true")
        for name, place in self.nodes.items():
            _shape(plane, name, *place)
        for number, (source, target, condition) in enumerate(self.flows):
            self._edge(plane, source, target, above=8 + 4 * (number % 3) if condition == "back" else 0)

    def _edge(self, plane: Element, source: str, target: str, *, above: int) -> None:
        edge = {"id": f"{_flow(source, target)}_edge", "bpmnElement": _flow(source, target)}
        drawn = SubElement(plane, f"{{{SHAPES}}}BPMNEdge", edge)
        x, y, width, height = self.nodes[source]
        to_x, to_y, to_width, to_height = self.nodes[target]
        if above:  # back: over the top of the lanes
            points = [
                (x + width // 2, y), (x + width // 2, above), (to_x + to_width // 2, above),
                (to_x + to_width // 2, to_y),
            ]  # fmt: skip
        else:
            start, end = (x + width, y + height // 2), (to_x, to_y + to_height // 2)
            middle = (start[0] + end[0]) // 2
            points = [start, (middle, start[1]), (middle, end[1]), end]
        for at_x, at_y in points:
            SubElement(drawn, f"{{{POINTS}}}waypoint", {"x": str(at_x), "y": str(at_y)})


def _left(column: int) -> int:
    return HEAD + 140 + column * COLUMN


def _gate(stop: Stop) -> str:
    return f"after_{stop.code}"


def _flow(source: str, target: str) -> str:
    return f"{source}_to_{target}"


def _shape(plane: Element, name: str, x: int, y: int, width: int, height: int, **said: str) -> None:
    shape = SubElement(plane, f"{{{SHAPES}}}BPMNShape", {"id": f"{name}_shape", "bpmnElement": name, **said})
    bounds = {"x": str(x), "y": str(y), "width": str(width), "height": str(height)}
    SubElement(shape, f"{{{AREA}}}Bounds", bounds)
