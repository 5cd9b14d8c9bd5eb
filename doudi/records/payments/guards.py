"""The money path's own gates: legal states only, nothing changes after lock but the bank's answer."""

from itertools import pairwise

from doudi.records.payments.models import (
    Approval,
    BankFile,
    Interception,
    Paid,
    PayLine,
    PayrollRun,
    ReturnFile,
    ReturnLine,
)
from doudi.store.triggers import append_only, refuse

_ROAD = ("building", "draft", "locked", "reviewed", "approved", "exported", "handed", "closed")
_STEPS = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state = '{after}')" for before, after in pairwise(_ROAD)
)
_APPROVED = "(SELECT COUNT(*) FROM payments_approval a WHERE a.run_id = NEW.id AND a.step <= {step}) < {step}"
_RUN_STATE = "(SELECT r.state FROM payments_payrollrun r WHERE r.id = {row}.run_id)"
_LINE_ROAD = (
    "NEW.state = OLD.state OR (OLD.state = 'pending' AND NEW.state IN ('held', 'sent')) "
    "OR (OLD.state = 'held' AND NEW.state = 'pending') "
    "OR (OLD.state = 'sent' AND NEW.state IN ('paid', 'failed', 'unknown')) "
    "OR (OLD.state = 'unknown' AND NEW.state IN ('paid', 'failed')) OR (OLD.state = 'paid' AND NEW.state = 'returned')"
)
_FROZEN = " OR ".join(
    f'NEW."{column}" IS DISTINCT FROM OLD."{column}"'
    for column in (
        "run_id",
        "award_id",
        "month",
        "kind",
        "correction_no",
        "household_id",
        "payee_id",
        "persons",
        "amount_fen",
        "village_id",
    )
)
_COPIED = " OR ".join(
    f'NEW."{column}" IS DISTINCT FROM OLD."{column}"'
    for column in ("account", "account_bi", "holder_name", "bank", "number")
)
_AWAITED = "('sent', 'paid', 'failed', 'unknown', 'returned')"
_OUTSTANDING = "'pending', 'sent', 'unknown'"
_LINE_IN = "EXISTS (SELECT 1 FROM payments_payline l WHERE l.run_id = NEW.id AND l.state IN ({states}))"
_OPEN = (
    "EXISTS (SELECT 1 FROM payments_interception i JOIN payments_payline l ON l.id = i.line_id "
    "WHERE l.run_id = NEW.id AND i.outcome = '')"
)

GUARDS = [
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state <> OLD.state AND NOT ({_STEPS})",
        "发放批次不能跳步或倒退",
        name="road",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'reviewed' AND {_APPROVED.format(step=1)} "
        f"OR NEW.state = 'approved' AND {_APPROVED.format(step=2)}",
        "发放批次缺少审批",
        name="approved",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        "OLD.state NOT IN ('building', 'draft') AND (NEW.total_fen <> OLD.total_fen OR "
        "NEW.lines_count <> OLD.lines_count OR NEW.content_hash <> OLD.content_hash)",
        "已锁定的发放批次不能改数",
        name="total",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'locked' AND OLD.state <> 'locked' AND {_OPEN}",
        "还有拦截没有处理, 不能锁定",
        name="intercepted",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'closed' AND OLD.state <> 'closed' AND {_LINE_IN.format(states=_OUTSTANDING)}",
        "还有发放结果未知的行, 不能办结",
        name="outstanding",
    ),
    refuse(PayrollRun, "DELETE", "1=1", "发放批次不能删除"),
    refuse(
        PayLine,
        "INSERT",
        f"{_RUN_STATE.format(row='NEW')} NOT IN ('building', 'draft')",
        "发放批次已锁定, 不能再加行",
    ),
    refuse(PayLine, "UPDATE", _FROZEN, "发放行写定后不能改动"),
    refuse(
        PayLine,
        "UPDATE",
        f"{_RUN_STATE.format(row='NEW')} NOT IN ('building', 'draft') AND ({_COPIED})",
        "已锁定的发放行不能换账户",
        name="account",
    ),
    refuse(PayLine, "UPDATE", f"NOT ({_LINE_ROAD})", "发放行不能这样变更状态", name="road"),
    refuse(
        PayLine,
        "UPDATE",
        f"NEW.state <> OLD.state AND NEW.state IN {_AWAITED} AND "
        f"{_RUN_STATE.format(row='NEW')} NOT IN ('exported', 'handed', 'closed')",
        "没有交给银行的发放行不会有银行的结果",
        name="answered",
    ),
    refuse(PayLine, "DELETE", "1=1", "发放行不能删除"),
    refuse(Interception, "UPDATE", "OLD.outcome <> ''", "拦截已经处理, 不能改动"),
    refuse(Interception, "DELETE", "1=1", "拦截不能删除"),
    *append_only(Paid),
    *append_only(Approval),
    *append_only(BankFile),
    *append_only(ReturnLine),
    *append_only(ReturnFile),
]
