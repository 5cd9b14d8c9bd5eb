"""The three who pay, at work: a month from the roll to the bank's answer, and what must have no effect."""

from collections.abc import Callable, Iterator

from doudi.demo.bench.payments.month import FORMAT, LAST_MONTH, MONTH, PAY_ON, SCHEME, Sent, answer
from doudi.records.payments import services
from doudi.records.payments.models import PayLine, PayrollRun
from doudi.records.payments.refusals import ReturnRefused
from doudi.records.payments.services.exporting import bank_batch
from doudi.records.staff.models import User
from doudi.store.today import move_to


class Office:
    """一个月的发放, 一步一步; `seen` 记下该没有作用的几步看到了什么。"""

    def __init__(self) -> None:
        self.payer, self.reviewer, self.approver = (
            User.objects.get(username=login) for login in ("caiwu", "fuhe", "pizhun")
        )
        self.run = PayrollRun()
        self.content = b""
        self.seen: dict[str, object] = {}
        move_to(PAY_ON)

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """各步的名字和做法, 照次序。What only prepares a step is done between two."""
        yield "first", self._first
        yield "build", self._build
        yield "lock", self._lock
        yield "approve", self._approve
        yield "export", self._export
        sent = self._sent()
        bad, good = (answer(self.run.batch_no, sent, stranger=stranger) for stranger in (True, False))
        yield "refuse", lambda: self._refuse(bad)
        yield "return", lambda: self._return(good)
        yield "again", lambda: self._again(good)

    def _first(self) -> None:
        """The month before, the first one here: every family of it is new and has to be explained by its decision."""
        services.lock(services.build(scheme=SCHEME, month=LAST_MONTH, by=self.payer), self.payer)

    def _build(self) -> None:
        self.run = services.build(scheme=SCHEME, month=MONTH, by=self.payer)

    def _lock(self) -> None:
        self.run = services.lock(self.run, self.payer)

    def _approve(self) -> None:
        services.approve(self.run, 1, self.reviewer)
        services.approve(self.run, 2, self.approver)

    def _export(self) -> None:
        _, self.content = services.export(self.run, FORMAT, self.approver)
        self.run = services.hand_over(self.run, self.approver)

    def _sent(self) -> list[Sent]:
        return [(line.line_no, line.account, line.amount_fen) for line in bank_batch(self.run).lines]

    def _refuse(self, bad: bytes) -> None:
        try:
            services.stage_return(self.run, bad, "bad.csv", self.payer)
        except ReturnRefused as refused:
            self.seen["refused_for"] = len(refused.errors)
        self.seen["after_refusal"] = PayLine.objects.filter(run=self.run, state=PayLine.State.SENT).count()

    def _return(self, good: bytes) -> None:
        draft = services.stage_return(self.run, good, "good.csv", self.payer)
        services.apply_return(draft, self.reviewer)

    def _again(self, good: bytes) -> None:
        """The month once more, the answer once more, the file once more."""
        again = services.build(scheme=SCHEME, month=MONTH, by=self.payer)
        self.seen["same_run"] = again.pk == self.run.pk
        self.seen["replay"] = services.stage_return(self.run, good, "good.csv", self.payer).is_replay
        self.seen["same_file"] = services.export(self.run, FORMAT, self.approver)[1] == self.content
