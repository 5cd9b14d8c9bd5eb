"""The money path's own gates: legal states only, nothing changes after lock but the bank's answer."""

from itertools import pairwise

from doudi.records.cases.models import Act
from doudi.records.payments.funds.guards import FUNDING
from doudi.records.payments.in_person.guards import CUSTODY_GUARDS, HAND_GUARDS
from doudi.records.payments.models import (
    Approval,
    BankFile,
    Interception,
    PayLine,
    PayrollRun,
    ReturnDraft,
    ReturnFile,
    ReturnLine,
)
from doudi.records.payments.recovery.guards import RECOVERY_GUARDS
from doudi.records.payments.settling.guards import SETTLING
from doudi.records.payments.sides import MAKING, SENDING
from doudi.records.staff.models import Role
from doudi.store.triggers import append_only, refuse, write_once

_ROAD = ("building", "draft", "locked", "reviewed", "approved", "exported", "handed", "closed")
_STEPS = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state = '{after}')" for before, after in pairwise(_ROAD)
)
# Until the bank's file is made a locked run may be sent back to be done again, as another round.
_SENT_BACK = (
    "NEW.state = 'draft' AND OLD.state IN ('locked', 'reviewed', 'approved') AND NEW.round = OLD.round + 1 "
    "AND NOT EXISTS (SELECT 1 FROM payments_bankfile f WHERE f.run_id = NEW.id)"
)
_OTHER_ROUND = f"NEW.round <> OLD.round AND NOT ({_SENT_BACK})"
_APPROVED = (
    "(SELECT COUNT(*) FROM payments_approval a WHERE a.run_id = NEW.id AND a.round = NEW.round "
    "AND a.step <= {step}) < {step}"
)
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
        "repays_id",
    )
)
_COPIED = " OR ".join(
    f'NEW."{column}" IS DISTINCT FROM OLD."{column}"'
    for column in ("account", "account_bi", "account_last4", "holder_name", "bank", "number")
)
_AWAITED = "('sent', 'paid', 'failed', 'unknown', 'returned')"
_OUTSTANDING = "'pending', 'sent', 'unknown'"
_LINE_IN = "EXISTS (SELECT 1 FROM payments_payline l WHERE l.run_id = NEW.id AND l.state IN ({states}))"
_IDENTITY = " OR ".join(
    f'NEW."{column}" IS DISTINCT FROM OLD."{column}"'
    for column in ("scheme", "month", "from_month", "kind", "correction_no", "maker_id", "built_on")
)
# A regular run pays the months of its cycle, a back-pay run months before it, a correction up to its own.
_OTHER_MONTH = (
    "NOT EXISTS (SELECT 1 FROM payments_payrollrun r WHERE r.id = NEW.run_id "
    "AND r.kind = NEW.kind AND r.correction_no = NEW.correction_no AND NEW.month <= r.month AND ("
    "r.kind = 'correction' OR r.kind = 'backpay' AND NEW.month < r.month OR r.kind = 'regular' AND NEW.month >= "
    "CASE WHEN r.from_month = 0 THEN r.month ELSE r.from_month END))"
)
_REPAYS_ANOTHER = (
    "(NEW.kind = 'correction' AND NEW.repays_id IS NULL) OR (NEW.repays_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM payments_payline o WHERE o.id = NEW.repays_id AND o.award_id = NEW.award_id AND "
    "o.month = NEW.month AND o.state IN ('failed', 'returned')))"
)
# A correction pays again only what failed or came back: one award has one living line a month.
_LIVING = (
    "EXISTS (SELECT 1 FROM payments_payline o WHERE o.award_id = NEW.award_id AND o.month = NEW.month "
    "AND o.state IN ('pending', 'sent', 'unknown', 'paid'))"
)
# The month is held by the line itself, or for back-pay on top of what was paid by an earlier line of the household.
_HOLDS_MONTH = (
    "EXISTS (SELECT 1 FROM payments_paid p WHERE p.line_id = l.id) OR (l.kind = 'backpay' AND EXISTS "
    "(SELECT 1 FROM payments_payline o JOIN payments_paid p ON p.line_id = o.id "
    "WHERE o.household_id = l.household_id AND p.month = l.month))"
)
_PAYING = "FROM payments_payline l WHERE l.run_id = NEW.id AND l.state <> 'held'"
_UNVERIFIED = " OR ".join(
    (
        "NEW.content_hash = ''",
        f"(SELECT COUNT(DISTINCT l.number) {_PAYING}) <> NEW.lines_count",
        f"(SELECT COALESCE(SUM(l.amount_fen), 0) {_PAYING}) <> NEW.total_fen",
        f"EXISTS (SELECT 1 {_PAYING} AND l.number IS NULL)",
        "EXISTS (SELECT 1 FROM payments_payline l WHERE l.run_id = NEW.id AND l.state = 'held' "
        "AND l.number IS NOT NULL)",
        f"NEW.kind <> 'correction' AND EXISTS (SELECT 1 {_PAYING} AND NOT ({_HOLDS_MONTH}))",
    )
)
# What was locked without an account is paid by hand: the bank's file is about the rest.
_WITH_BANK = (
    "FROM payments_payline l WHERE l.run_id = NEW.id AND l.number IS NOT NULL AND l.account_bi IS NOT NULL"
)
_FILED = (
    "EXISTS (SELECT 1 FROM payments_bankfile f WHERE f.run_id = NEW.id AND f.count = (SELECT COUNT(DISTINCT l.number) "
    "{lines}) AND f.total_fen = (SELECT COALESCE(SUM(l.amount_fen), 0) {lines}))"
)
_NO_FILE = f"EXISTS (SELECT 1 {_WITH_BANK}) AND NOT {_FILED.format(lines=_WITH_BANK)}"
_STEP = (
    "NEW.step = {step} AND r.state = '{state}' AND r.round = NEW.round AND EXISTS "
    "(SELECT 1 FROM staff_user u WHERE u.id = NEW.user_id AND u.role = '{role}')"
)
_THEIR_RUN = (
    "EXISTS (SELECT 1 FROM payments_payrollrun r WHERE r.id = NEW.run_id AND r.maker_id = NEW.maker_id "
    "AND ({first} OR {second}))"
)
_THEIR_STEP = _THEIR_RUN.format(
    first=_STEP.format(step=1, state="locked", role=Role.PAY_REVIEWER.value),
    second=_STEP.format(step=2, state="reviewed", role=Role.PAY_APPROVER.value),
)
_UNANSWERED = (
    "NOT EXISTS (SELECT 1 FROM payments_payline g JOIN payments_returnline t ON t.line_id = g.id "
    "WHERE g.run_id = NEW.run_id AND g.number = NEW.number AND NOT t.is_queried AND "
    "(NEW.state = 'paid' AND t.result IN ('成功', '退票') OR NEW.state = 'failed' AND t.result = '失败' "
    "OR NEW.state = 'returned' AND t.result = '退票')) AND NOT (NEW.state = 'paid' AND EXISTS "
    "(SELECT 1 FROM payments_handreceipt h WHERE h.line_id = NEW.id))"
)
# A file counts once somebody else than who brought it has checked it.
_BY_ROLE = "EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.{user} AND u.role = '{role}')"
_UNCHECKED = (
    "NOT EXISTS (SELECT 1 FROM payments_returndraft d WHERE d.run_id = NEW.run_id AND d.sha256 = NEW.sha256 "
    "AND d.state = 'applied' AND d.checked_by_id <> d.uploaded_by_id)"
)
_LINE_RUN_STATE = (
    "(SELECT r.state FROM payments_payrollrun r JOIN payments_payline l ON l.run_id = r.id "
    "WHERE l.id = NEW.line_id)"
)
# Who accepted, reviewed or confirmed a household's case has no hand in its money, and the other way round.
_WORKED_ON_ONE = (
    "EXISTS (SELECT 1 FROM cases_hand h JOIN cases_case c ON c.id = h.case_id "
    "JOIN payments_payline l ON l.household_id = c.household_id WHERE l.run_id = {run} AND h.user_id = {user})"
)
_PAID_THEM = (
    "EXISTS (SELECT 1 FROM cases_case c JOIN payments_payline l ON l.household_id = c.household_id "
    "JOIN payments_payrollrun r ON r.id = l.run_id WHERE c.id = NEW.case_id AND (r.maker_id = NEW.user_id "
    "OR EXISTS (SELECT 1 FROM payments_approval a WHERE a.run_id = r.id AND a.user_id = NEW.user_id) "
    "OR EXISTS (SELECT 1 FROM audit_event e JOIN staff_user u ON u.username = e.actor WHERE u.id = NEW.user_id "
    "AND e.subject = 'payrollrun:' || r.id AND e.action IN {acts})))"
)
# Whoever made or reviewed the run does not send it, nor who worked on one of its households' cases.
_SENDER = '(SELECT u.id FROM staff_user u WHERE u.username = NEW."by")'
_OTHER_SIDE = (
    "EXISTS (SELECT 1 FROM payments_payrollrun r WHERE r.id = {run} AND r.maker_id = {who}) "
    "OR EXISTS (SELECT 1 FROM payments_approval a WHERE a.run_id = {run} AND a.step = 1 "
    "AND a.user_id = {who}) OR EXISTS (SELECT 1 FROM audit_event e WHERE e.actor = {login} "
    "AND e.subject = 'payrollrun:' || {run} AND e.action IN {acts}) OR {worked}"
)
_EXPORTS = _OTHER_SIDE.format(
    run="NEW.run_id",
    who=_SENDER,
    login='NEW."by"',
    acts=MAKING,
    worked=_WORKED_ON_ONE.format(run="NEW.run_id", user=_SENDER),
)
# A run paid wholly by hand has no bank file: who sends it is told by the run itself.
_HANDS_OVER = _OTHER_SIDE.format(
    run="NEW.id",
    who="NEW.handed_by_id",
    login="(SELECT u.username FROM staff_user u WHERE u.id = NEW.handed_by_id)",
    acts=MAKING,
    worked=_WORKED_ON_ONE.format(run="NEW.id", user="NEW.handed_by_id"),
)
_OPEN = (
    "EXISTS (SELECT 1 FROM payments_interception i JOIN payments_payline l ON l.id = i.line_id "
    "WHERE l.run_id = NEW.id AND i.outcome = '')"
)

GUARDS = [
    *SETTLING,
    *FUNDING,
    *RECOVERY_GUARDS,
    refuse(PayrollRun, "INSERT", "NEW.state <> 'building'", "发放批次要从生成开始", name="born"),
    refuse(PayrollRun, "UPDATE", _IDENTITY, "发放批次的项目、月份和经办人不能改动", name="identity"),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state <> OLD.state AND NOT ({_STEPS} OR {_SENT_BACK})",
        "发放批次不能跳步或倒退",
        name="road",
    ),
    refuse(PayrollRun, "UPDATE", _OTHER_ROUND, "退回重做一次才算一次", name="round"),
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
        f"NEW.state = 'locked' AND OLD.state <> 'locked' AND ({_UNVERIFIED})",
        "清册没有编号、占住当月或合计不符, 不能锁定",
        name="verified",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'exported' AND OLD.state <> 'exported' AND {_NO_FILE}",
        "没有与清册相符的代发文件, 不能记为已导出",
        name="exported",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'closed' AND OLD.state <> 'closed' AND {_LINE_IN.format(states=_OUTSTANDING)}",
        "还有发放结果未知的行, 不能办结",
        name="outstanding",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        "NEW.state = 'locked' AND OLD.state <> 'locked' AND "
        + _WORKED_ON_ONE.format(run="NEW.id", user="NEW.maker_id"),
        "编制人办理过其中家庭的申请, 不能锁定",
        name="other_hands",
    ),
    refuse(
        Approval,
        "INSERT",
        _WORKED_ON_ONE.format(run="NEW.run_id", user="NEW.user_id"),
        "办理过其中家庭申请的人不能审批发放",
        name="other_hands",
    ),
    refuse(
        Act,
        "INSERT",
        _PAID_THEM.format(acts=MAKING + SENDING),
        "您办理过这一户的发放, 不能再办它的案件, 请换一个人",
        name="other_hands",
    ),
    refuse(
        BankFile,
        "INSERT",
        _EXPORTS,
        "编制、复核过这一批或办理过其中家庭申请的人不能导出银行文件",
        name="other_hands",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        f"NEW.state = 'handed' AND OLD.state <> 'handed' AND (NEW.handed_by_id IS NULL OR {_HANDS_OVER})",
        "编制、复核过这一批或办理过其中家庭申请的人不能交银行",
        name="handed",
    ),
    refuse(
        PayrollRun,
        "UPDATE",
        "NEW.handed_by_id IS DISTINCT FROM OLD.handed_by_id AND NOT (NEW.state = 'handed' AND OLD.state = 'exported')",
        "交银行的人在交银行时写定",
        name="handed_by",
    ),
    refuse(PayrollRun, "DELETE", "1=1", "发放批次不能删除"),
    refuse(
        PayLine,
        "INSERT",
        f"{_RUN_STATE.format(row='NEW')} NOT IN ('building', 'draft')",
        "发放批次已锁定, 不能再加行",
    ),
    refuse(PayLine, "INSERT", _OTHER_MONTH, "发放行的月份和种类要与批次相同", name="month"),
    refuse(PayLine, "INSERT", _REPAYS_ANOTHER, "更正的行要写明重发的是哪一行没有发成的", name="repays"),
    refuse(PayLine, "INSERT", _LIVING, "这份待遇这个月已经有一行在发或已发, 不能再加行", name="living"),
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
    refuse(
        PayLine,
        "UPDATE",
        f"NEW.state <> OLD.state AND (NEW.state = 'held' OR OLD.state = 'held') AND "
        f"{_RUN_STATE.format(row='NEW')} NOT IN ('building', 'draft')",
        "已锁定的发放行不能再拦截或放行",
        name="held",
    ),
    refuse(
        PayLine,
        "UPDATE",
        f"NEW.state <> OLD.state AND NEW.state IN ('paid', 'failed', 'returned') AND {_UNANSWERED}",
        "没有银行回盘的发放行不能记结果",
        name="unanswered",
        by_key=True,
    ),
    refuse(PayLine, "DELETE", "1=1", "发放行不能删除"),
    refuse(
        Interception,
        "INSERT",
        f"NEW.outcome <> '' OR {_LINE_RUN_STATE} NOT IN ('building', 'draft')",
        "拦截记下时还没有处理, 锁定之后不能再记",
        name="born",
    ),
    *write_once(Interception, may_change=["outcome", "reason", "by", "on"]),
    refuse(
        Interception,
        "UPDATE",
        f"OLD.outcome <> '' OR {_LINE_RUN_STATE} NOT IN ('building', 'draft')",
        "拦截已经处理, 不能改动",
        name="settled",
    ),
    *append_only(Approval),
    refuse(Approval, "INSERT", f"NOT {_THEIR_STEP}", "审批要由这一级的岗位在批次到这一级时办理", name="step"),
    *append_only(BankFile),
    refuse(
        BankFile,
        "INSERT",
        f"{_RUN_STATE.format(row='NEW')} NOT IN ('approved', 'exported', 'handed', 'closed')",
        "没有批完两级的批次不能有代发文件",
        name="approved",
    ),
    *append_only(ReturnLine),
    refuse(
        ReturnDraft,
        "INSERT",
        "NEW.state <> 'waiting' OR NOT " + _BY_ROLE.format(user="uploaded_by_id", role=Role.PAYER.value),
        "回盘由发放经办上传, 上传时还没有核对",
        name="born",
    ),
    *write_once(ReturnDraft, may_change=["state", "checked_by", "checked_on", "reason"]),
    refuse(
        ReturnDraft,
        "UPDATE",
        "OLD.state <> 'waiting' OR NOT "
        + _BY_ROLE.format(user="checked_by_id", role=Role.PAY_REVIEWER.value),
        "回盘由发放复核核对一次, 之后不能改动",
        name="checked",
    ),
    *append_only(ReturnFile),
    refuse(ReturnFile, "INSERT", _UNCHECKED, "回盘要由上传人以外的人核对才能入账", name="by_two"),
    refuse(
        ReturnFile,
        "INSERT",
        f"{_RUN_STATE.format(row='NEW')} NOT IN ('exported', 'handed', 'closed')",
        "没有交给银行的批次不会有回盘",
        name="answered",
    ),
    *CUSTODY_GUARDS,
    *HAND_GUARDS,
]
