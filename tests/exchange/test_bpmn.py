"""The BPMN export of every procedure: SpiffWorkflow reads it and walks it, forward, refusing, and back."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import TaskState

from doudi.exchange.bpmn import AREA, MODEL, POINTS, PROCESS, SHAPES, bpmn
from doudi.law.procedure import ONLY_WHEN_GRANTING, POSTINGS, resolve
from doudi.law.road_map import RoadMap, road_map
from tests.law.procedures import PROCEDURES, packs_of

ON = date(2026, 9, 14)
ROADS = ("full", "full_ability", "township_posted", "township", "short", "change", "list")
Answers = Callable[[str, int], dict[str, bool]]


def road(example: str, name: str = "full") -> RoadMap:
    rules = packs_of(example).resolve("410482", ON)
    return road_map(f"{example} {name}", resolve(name, "dibao", rules), "dibao", rules)


def walked(drawn: RoadMap, answers: Answers) -> list[str]:
    """The user tasks in the order they were done; `answers` says what each one found, the n-th time it is done."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(bpmn(drawn).encode()))
    flow, done = BpmnWorkflow(parser.get_spec(PROCESS)), []
    flow.do_engine_steps()
    while not flow.is_completed():
        ready: list[Any] = [task for task in flow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        assert ready, f"stands still after {done}"
        task = ready[0]
        code = task.task_spec.bpmn_id
        done.append(code)
        task.data.update(answers(code, done.count(code)))
        task.run()
        flow.do_engine_steps()
        assert len(done) < 60
    return done


def plain(code: str, time: int) -> dict[str, bool]:
    return {"back": False, "refusing": False}


def tasks(drawn: RoadMap) -> list[str]:
    return [stop.code for stop in drawn.stops[:-1]]


@pytest.mark.parametrize("name", ROADS)
@pytest.mark.parametrize("example", PROCEDURES)
def test_the_whole_road_from_start_to_end(example: str, name: str) -> None:
    drawn = road(example, name)
    assert sorted(walked(drawn, plain)) == sorted(tasks(drawn))


@pytest.mark.parametrize("example", PROCEDURES)
def test_an_upheld_objection_leads_back_to_the_survey_and_to_a_new_posting(example: str) -> None:
    drawn = road(example)
    done = walked(drawn, lambda code, time: {"back": code == "post" and time == 1, "refusing": False})
    again = {"survey", "verify", "panel", "review", "post"} & set(drawn.terms.road)
    assert {code for code in done if done.count(code) == 2} == again
    assert done.index("survey", done.index("post")) < done.index("post", done.index("post") + 1)


@pytest.mark.parametrize("example", PROCEDURES)
def test_the_county_sends_back_once(example: str) -> None:
    done = walked(
        road(example), lambda code, time: {"back": code == "confirm" and time == 1, "refusing": False}
    )
    assert (done.count("survey"), done.count("confirm")) == (2, 2)


@pytest.mark.parametrize("example", PROCEDURES)
def test_a_refusal_passes_no_board(example: str) -> None:
    drawn = road(example)
    done = walked(drawn, lambda code, time: {"back": False, "refusing": code not in ("accept", "survey")})
    posted_at_intake = [code for code in done if code == "post_intake"]
    assert not {*ONLY_WHEN_GRANTING} & {*done} - {*posted_at_intake}
    assert done[-2:] == ["confirm", "notify"]


@pytest.mark.parametrize("example", PROCEDURES)
def test_lanes_clocks_and_places(example: str) -> None:
    drawn, root = road(example), etree.fromstring(bpmn(road(example)).encode())
    nodes = {node.get("id") for node in root.iter() if str(node.tag).endswith(("Task", "Gateway", "Event"))}
    in_lanes = [ref.text for ref in root.iter(f"{{{MODEL}}}flowNodeRef")]
    assert sorted(in_lanes) == sorted(nodes)
    timers = {node.get("attachedToRef") for node in root.iter(f"{{{MODEL}}}boundaryEvent")}
    assert timers == {stop.code for stop in drawn.stops if stop.days and stop.code not in POSTINGS}
    shapes = {shape.get("bpmnElement") for shape in root.iter(f"{{{SHAPES}}}BPMNShape")}
    lanes = {f"lane_{role}" for role, _ in drawn.lanes}
    assert shapes == nodes | lanes | {"pool"}
    assert all(
        len(list(shape.iter(f"{{{AREA}}}Bounds"))) == 1 for shape in root.iter(f"{{{SHAPES}}}BPMNShape")
    )
    flows = {flow.get("id") for flow in root.iter(f"{{{MODEL}}}sequenceFlow")}
    edges = {edge.get("bpmnElement"): edge for edge in root.iter(f"{{{SHAPES}}}BPMNEdge")}
    assert set(edges) == flows
    assert all(len(list(edge.iter(f"{{{POINTS}}}waypoint"))) >= 2 for edge in edges.values())


def test_what_opens_no_case_has_no_file() -> None:
    with pytest.raises(ValueError, match="不立案"):
        bpmn(road("current", "none"))
