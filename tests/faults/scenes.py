"""The money path in scenes: each is one act by the person whose it is, and may be done again from whatever it finds.

A scene names the points of doudi/store/failpoints.py it passes; together they are all of them.
"""

import datetime as dt
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db import transaction

from doudi.records.audit import anchor_files
from doudi.records.audit.models import Anchor
from doudi.records.audit.services import anchor
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Closing, Decision
from doudi.records.payments import services
from doudi.records.payments.models import Interception, PayLine, PayrollRun, Recovery, Release, ReturnDraft
from doudi.records.people.models import Person
from doudi.store.kept import folder
from doudi.store.leftovers import KEPT_SECONDS, sweep_leftovers
from doudi.store.secrets import secret
from doudi.store.today import move_to, today
from tests.faults.walk import ACTS, FEN, SCHEME, held_ones_settled, take_up, who
from tests.services import bank_answers, factories
from tests.services import golden_family as golden

MONTH, NEXT = 202611, 202612
AWARDS, STEP, LATE_FEN = 9, 1_000, 70_000
TO_REPAY, TO_GIVE_UP, TO_RECOVER, TO_CANCEL = 2, 3, 4, 5  # places among the awards
FAILING = (TO_REPAY, TO_GIVE_UP)


def stage() -> None:
    """Nine households; one more has no card and is paid by hand."""
    factories.office(dt.date(2026, 11, 5))
    factories.staff("jingban")
    factories.receiving(AWARDS, fen=FEN, step=STEP)
    factories.grants(factories.households(factories.persons(1)), [FEN + AWARDS * STEP])


def run_of(kind: str = "regular") -> PayrollRun:
    return PayrollRun.objects.get(kind=kind)


def award(place: int) -> Award:
    return Award.objects.get(amount_fen=FEN + place * STEP)


def line_of(place: int) -> PayLine:
    return PayLine.objects.get(award=award(place), run__kind="regular")


def build() -> None:
    services.build(scheme=SCHEME, month=MONTH, by=who("caiwu"))


def decide() -> None:
    for one in Interception.objects.filter(outcome=""):
        services.resolve(one, "by_hand", "没有银行卡, 当面发", who("fuhe"))


def lock() -> None:
    services.lock(run_of(), who("caiwu"))


def send_back() -> None:
    run = run_of()
    if run.round == 0:
        services.reopen(run, "卡号登记错了", who("fuhe"))


def approve_first() -> None:
    services.approve(run_of(), 1, who("fuhe"))


def approve_second() -> None:
    services.approve(run_of(), 2, who("pizhun"))


def export() -> None:
    services.export(run_of(), "csv", who("pizhun"))


def hand_over() -> None:
    services.hand_over(run_of(), who("pizhun"))


def pay_by_hand() -> None:
    line = line_of(AWARDS)
    services.pay_by_hand(
        line, signed_on=today(), signed_by=line.payee.name, is_agent=False, proof=golden.photo(),
        witness=who("jingban"), by=who("caiwu"),
    )  # fmt: skip


def bring_answer() -> None:
    numbers = {place: line_of(place).number or 0 for place in range(AWARDS)}
    results = {numbers[place]: "失败" for place in FAILING}
    rows = bank_answers.answer_rows(run_of(), only=sorted(numbers.values()), results=results)
    services.stage_return(run_of(), bank_answers.as_file(rows), "回盘.csv", who("caiwu"))


def check_answer() -> None:
    services.apply_return(ReturnDraft.objects.get(), who("fuhe"))


def close() -> None:
    services.close(run_of(), who("caiwu"))


def stop(place: int) -> None:
    """Decided by another desk the day after the lock, back to the month's first: no act of the money path."""
    stopped, day = award(place), dt.date(2026, 11, 6)
    move_to(day)
    if Closing.objects.filter(award=stopped).exists():
        return
    with transaction.atomic():
        decision = Decision.objects.create(
            no=f"S-{stopped.no}", kind="stop", scheme=SCHEME, household=stopped.household, decided_on=day,
            reason_code="income", reason="收入超过标准", basis="测试", by="test",
        )  # fmt: skip
        stopped.holdings.filter(released_on=None).update(released_on=day)
        Closing.objects.create(decision=decision, award=stopped, ends_on=dt.date(2026, 11, 1))


def repay() -> None:
    stop(TO_GIVE_UP)
    if not PayrollRun.objects.filter(kind="correction", state="closed").exists():
        services.build_correction(scheme=SCHEME, month=MONTH, by=who("caiwu"))


def finish_repaying() -> None:
    while (run := run_of("correction")).state != PayrollRun.State.CLOSED:
        if not held_ones_settled(run):
            ACTS[PayrollRun.State(run.state)](run)


def propose_release() -> None:
    services.propose_release(line_of(TO_GIVE_UP), "停发追溯到当月", who("caiwu"))


def approve_release() -> None:
    services.approve_release(Release.objects.get(), who("fuhe"))


def order(place: int) -> Recovery:
    stop(place)
    known = Recovery.objects.filter(household=award(place).household).first()
    return known or services.order_recovery(
        household=award(place).household, scheme=SCHEME, cause="stopped", reason="停发追溯到当月", basis="测试依据",
        by=who("fuhe"),
    )  # fmt: skip


def order_recovery() -> None:
    order(TO_RECOVER)


def confirm_recovery() -> None:
    services.confirm_recovery(order(TO_RECOVER), who("pizhun"))


def receive_recovery() -> None:
    services.receive_recovery(
        order(TO_RECOVER), document_no="SJ-1", on=today(), fen=1_000, how="cash", by=who("caiwu")
    )


def propose_write_off() -> None:
    found = order(TO_RECOVER)
    if not found.write_offs.exists():
        services.propose_write_off(found, "本人已经无力退还", who("fuhe"))


def approve_write_off() -> None:
    if order(TO_RECOVER).state != Recovery.State.WRITTEN_OFF:
        services.approve_write_off(order(TO_RECOVER), who("pizhun"))


def cancel_recovery() -> None:
    services_done = order(TO_CANCEL)
    if services_done.state != Recovery.State.CANCELLED:
        services.cancel_recovery(services_done, "决定更正", who("pizhun"))


def pay_late_ones() -> None:
    """Decided when November had been paid: owed since, and built with December."""
    move_to(dt.date(2026, 12, 3))
    if not Award.objects.filter(amount_fen=LATE_FEN).exists():
        factories._sequence = count(10 * Person.objects.count())  # a new process counts from the beginning
        with transaction.atomic():
            factories.receiving(5, LATE_FEN, from_on=dt.date(2026, 11, 1), decided_on=dt.date(2026, 11, 18))
    services.build_backpay(scheme=SCHEME, month=NEXT, by=who("caiwu"))


def leave_anchor() -> None:
    if not Anchor.objects.exists():
        anchor(by="system", on=today())
    anchor_files.write_missing()


def make_key() -> None:
    secret(Path(settings.KEYS), "scene")


def clear_up() -> None:
    """A day later: whatever lies about is older than what anybody may still be writing."""
    places = [Path(settings.VAR) / "anchors", Path(settings.KEYS), folder()]
    for path in [path for place in places if place and place.is_dir() for path in place.iterdir()]:
        age = path.stat().st_mtime - 2 * KEPT_SECONDS
        os.utime(path, (age, age))
    sweep_leftovers()


def both(*names: str) -> list[str]:
    return [f"{name}.{side}" for name in names for side in ("before", "after")]


JOB = ["job.claimed", "job.progress", "job.finished"]
KEPT = ["kept.written", "kept.synced"]
ANCHOR_FILE = ["anchor.written", "anchor.synced", "anchor.renamed", "anchor.folder_synced"]
CHUNKS = {"regular.chunk.before:2", "regular.chunk.after:2"}  # the second of several, beside the first

SCENES: list[tuple[Callable[[], None], list[str]]] = [
    (build, [*both("regular.open", "regular.chunk", "regular.complete", "job.start"), *JOB, "state.draft",
             *sorted(CHUNKS)]),
    (decide, both("resolve")),
    (lock, [*both("lock"), "state.locked"]),
    (send_back, both("reopen")),
    (lock, []),
    (approve_first, [*both("approve"), "state.reviewed"]),
    (approve_second, ["state.approved"]),
    (export, [*both("export"), "state.exported"]),
    (hand_over, [*both("hand_over"), "state.handed"]),
    (pay_by_hand, both("by_hand")),
    (bring_answer, [*both("return.stage"), *KEPT]),
    (check_answer, both("return.apply")),
    (close, [*both("close"), "state.closed"]),
    (repay, both("correction.open", "correction.chunk", "correction.complete")),
    (finish_repaying, []),
    (propose_release, both("release.propose")),
    (approve_release, both("release.approve")),
    (order_recovery, both("recovery.order")),
    (confirm_recovery, both("recovery.confirm")),
    (receive_recovery, both("recovery.receive")),
    (propose_write_off, both("write_off.propose")),
    (approve_write_off, both("write_off.approve")),
    (cancel_recovery, both("recovery.cancel")),
    (pay_late_ones, both("backpay.open", "backpay.chunk", "backpay.complete")),
    (leave_anchor, [*both("anchor"), *ANCHOR_FILE]),
    (make_key, ["key.written", "key.linked"]),
]  # fmt: skip


def scene(place: str) -> None:
    """As the office goes on after a restart: the worker takes up what it had, the person does his act (again)."""
    take_up()
    SCENES[int(place)][0]()
