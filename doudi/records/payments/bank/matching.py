"""What a return file does to the lines of its batch: a pure function, so that it can be tried on any history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from doudi.exchange.bank.batches import Outcome, ReturnLine
from doudi.law.money import yuan
from doudi.records.payments.models import PayLine

State = PayLine.State
AWAITED = (State.SENT, State.UNKNOWN)
# (state of the line, the bank's word) → the states it passes through; absent: a contradiction
STEPS: dict[tuple[str, Outcome], tuple[str, ...]] = {
    **{(state, Outcome.PAID): (State.PAID,) for state in AWAITED},
    **{(state, Outcome.FAILED): (State.FAILED,) for state in AWAITED},
    **{(state, Outcome.BOUNCED): (State.PAID, State.RETURNED) for state in AWAITED},
    (State.PAID, Outcome.PAID): (),
    (State.PAID, Outcome.BOUNCED): (State.RETURNED,),
    (State.FAILED, Outcome.FAILED): (),
    (State.RETURNED, Outcome.PAID): (),
    (State.RETURNED, Outcome.BOUNCED): (),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """交给银行的一笔: 由哪些发放行组成、账号、金额 (分)、现在的状态。"""

    lines: tuple[tuple[int, int], ...]  # the pay lines of this number, each with its 分
    account: str
    amount_fen: int
    state: str


# what was sent under a number and what the bank said of it
Answer = tuple[Sent, ReturnLine]


@dataclass(slots=True)
class Settlement:
    """一份回盘的效果: 哪些行成功、失败、退票, 哪些待查; `errors` 不为空则一行也不动。"""

    paid: list[Answer] = field(default_factory=list)
    failed: list[Answer] = field(default_factory=list)
    returned: list[Answer] = field(default_factory=list)
    queried: list[Answer] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def settle(sent: Mapping[int, Sent], lines: Iterable[ReturnLine]) -> Settlement:
    """把回盘各行与交出的各行对上: 序号、账号、金额都相符才算数, 金额或账号不符的留待查。

    A repeated answer changes nothing; an unknown or repeated number or a contradiction is an error of the whole file.
    """
    found, seen = Settlement(), set()
    for line in lines:
        ours = sent.get(line.line_no)
        if ours is None:
            found.errors.append(f"第 {line.row} 行: 这个批次没有序号 {line.line_no}")
        elif line.line_no in seen:
            found.errors.append(f"第 {line.row} 行: 序号 {line.line_no} 在文件里重复")
        elif (line.account, line.amount_fen) != (ours.account, ours.amount_fen):
            found.queried.append((ours, line))
        else:
            _apply(found, line, ours)
        seen.add(line.line_no)
    return found


def _apply(found: Settlement, line: ReturnLine, ours: Sent) -> None:
    steps = STEPS.get((ours.state, line.outcome))
    if steps is None:
        before = State(ours.state).label
        found.errors.append(
            f"第 {line.row} 行: 序号 {line.line_no} ({yuan(line.amount_fen)} 元) 此前已登记为“{before}”, "
            f"这次是“{line.outcome}”, 前后矛盾, 请向银行核实"
        )
        return
    places = {State.PAID: found.paid, State.FAILED: found.failed, State.RETURNED: found.returned}
    for step in steps:
        places[State(step)].append((ours, line))
