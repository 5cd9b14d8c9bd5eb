"""What cannot be got back is given up by two people, with the reason kept."""

from django.db import transaction

from doudi.law.money import yuan
from doudi.records.audit.services import record
from doudi.records.payments.duties import require
from doudi.records.payments.models import Recovery, WriteOff
from doudi.records.payments.recovery.recoveries import open_write_off, outstanding_of
from doudi.records.payments.recovery.refusals import (
    GroundMissing,
    NoWriteOffOpen,
    SameHandsOnRecovery,
    WriteOffOpen,
    WriteOffOutdated,
)
from doudi.records.payments.services.recovering import State, end_recovery, hold_recovery, post_write_off
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.models import KeptFile
from doudi.store.today import today


@step("write_off.propose")
def propose_write_off(recovery: Recovery, reason: str, by: User, proof: KeptFile | None = None) -> WriteOff:
    """提出核销还差的全部, 等另一人批准。

    Raises DutyNotYours, GroundMissing, RecoveryNotAt, WriteOffOpen.
    """
    require("提出核销", by)
    if not reason.strip():
        raise GroundMissing("提出核销")
    held = hold_recovery(recovery, "提出核销", by, State.ORDERED)
    if open_write_off(held):
        raise WriteOffOpen
    made = WriteOff.objects.create(
        recovery=held, fen=outstanding_of(held), reason=reason.strip(), proof=proof, proposed_on=today(),
        proposed_by=by,
    )  # fmt: skip
    record(by=by, action="recovery.ask_write_off", subject=held, no=held.no, fen=made.fen, reason=made.reason)
    return made


@step("write_off.approve")
def approve_write_off(recovery: Recovery, by: User) -> WriteOff:
    """批准核销: 由提出人以外的发放审批办, 余下的不再追, 记回这个项目的支出。

    Raises DutyNotYours, RecoveryNotAt, NoWriteOffOpen, SameHandsOnRecovery, WriteOffOutdated.
    """
    held, asked = _asked(recovery, by)
    if asked.fen != outstanding_of(held):
        raise WriteOffOutdated(yuan(asked.fen), yuan(outstanding_of(held)))
    asked.approved_on, asked.approved_by = today(), by
    asked.save(update_fields=["approved_on", "approved_by"])
    end_recovery(held, State.WRITTEN_OFF, asked.reason)
    post_write_off(held, asked.fen)
    record(by=by, action="recovery.write_off", subject=held, no=held.no, fen=asked.fen)
    return asked


@transaction.atomic
def decline_write_off(recovery: Recovery, reason: str, by: User) -> WriteOff:
    """退回核销, 接着追。Raises DutyNotYours, GroundMissing, RecoveryNotAt, NoWriteOffOpen, SameHandsOnRecovery."""
    if not reason.strip():
        raise GroundMissing("退回核销")
    held, asked = _asked(recovery, by)
    asked.declined_on, asked.declined_by, asked.declined_reason = today(), by, reason.strip()
    asked.save(update_fields=["declined_on", "declined_by", "declined_reason"])
    record(by=by, action="recovery.decline_write_off", subject=held, no=held.no, reason=reason.strip())
    return asked


def _asked(recovery: Recovery, by: User) -> tuple[Recovery, WriteOff]:
    require("批准核销", by)
    held = hold_recovery(recovery, "批准核销", by, State.ORDERED)
    asked = open_write_off(held)
    if asked is None:
        raise NoWriteOffOpen
    if asked.proposed_by_id == by.pk:
        raise SameHandsOnRecovery("这次核销")
    return held, asked
