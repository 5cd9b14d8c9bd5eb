"""The gates of the special accounts: by two, never rewritten, no money into one that is not in use."""

from doudi.records.ledger.models import AccountMove, AccountScheme, FundReceipt, SchemeChange, SpecialAccount
from doudi.records.staff.models import Role
from doudi.store.triggers import refuse, write_once

_ROLE = "EXISTS (SELECT 1 FROM staff_user u WHERE u.id = NEW.{user} AND u.role = '{role}')"
_MAKER = _ROLE.format(user="registered_by_id", role=Role.PAYER.value)
_CHECKER = _ROLE.format(user="checked_by_id", role=Role.PAY_REVIEWER.value)
_CLOSER = _ROLE.format(user="closed_by_id", role=Role.PAY_REVIEWER.value)
_IN_USE = "EXISTS (SELECT 1 FROM ledger_specialaccount a WHERE a.state = 'open'{which})"
_NAMED = _IN_USE.format(which=" AND a.id = NEW.account_id")
_BOTH = " AND ".join(_IN_USE.format(which=f" AND a.id = NEW.{place}_id") for place in ("source", "target"))
_PAID_THEN = (
    "EXISTS (SELECT 1 FROM ledger_accountscheme s WHERE s.scheme = NEW.scheme AND s.until_on > NEW.from_on)"
)
_STATE = "(SELECT a.state FROM ledger_specialaccount a WHERE a.id = NEW.account_id)"
_BY_CHANGE = (
    "EXISTS (SELECT 1 FROM ledger_schemechange c WHERE c.account_id = NEW.account_id AND c.scheme = NEW.scheme "
    "AND c.state = 'applied' AND {adds} AND c.from_on = NEW.{day})"
)
_ADDED = _BY_CHANGE.format(adds="c.adds", day="from_on")
_REMOVED = _BY_CHANGE.format(adds="NOT c.adds", day="until_on")
_TITLE = SpecialAccount._meta.verbose_name

SPECIAL_ACCOUNT_GUARDS = [
    refuse(
        SpecialAccount,
        "INSERT",
        f"NEW.state <> 'waiting' OR NEW.checked_by_id IS NOT NULL OR NOT {_MAKER}",
        f"{_TITLE}要先由发放经办登记, 再由另一人核对",
        name="born",
    ),
    *write_once(
        SpecialAccount,
        may_change=["state", "checked_by", "checked_on", "declined_reason", "closed_by", "closed_on"],
    ),
    refuse(
        SpecialAccount,
        "UPDATE",
        "NOT ((OLD.state = 'waiting' AND NEW.state IN ('open', 'declined')) "
        "OR (OLD.state = 'open' AND NEW.state = 'closed' AND NEW.checked_by_id = OLD.checked_by_id))",
        f"{_TITLE}核对过了, 只能销户",
        name="settled",
    ),
    refuse(
        SpecialAccount,
        "UPDATE",
        f"(OLD.state = 'waiting' AND NOT {_CHECKER}) OR (NEW.state = 'closed' AND NOT {_CLOSER})",
        f"{_TITLE}由发放复核核对、销户",
        name="checked",
    ),
    refuse(
        SpecialAccount,
        "UPDATE",
        "NEW.state = 'declined' AND NEW.declined_reason = ''",
        f"退回{_TITLE}要写明理由",
        name="declined",
    ),
    refuse(AccountScheme, "INSERT", _PAID_THEN, "这个项目那时从另一个专户发放", name="overlap"),
    refuse(
        AccountScheme,
        "INSERT",
        f"{_STATE} <> 'waiting' AND NOT {_ADDED}",
        "用着的专户增加项目要两个人办",
        name="added",
    ),
    refuse(
        AccountScheme,
        "UPDATE",
        f"{_STATE} = 'open' AND NOT {_REMOVED}",
        "用着的专户移出项目要两个人办",
        name="removed",
    ),
    refuse(
        SchemeChange,
        "INSERT",
        f"NEW.state <> 'waiting' OR NEW.checked_by_id IS NOT NULL OR NOT {_MAKER} OR {_STATE} <> 'open'",
        "增减项目先由发放经办对用着的专户登记, 再由另一人核对",
        name="born",
    ),
    *write_once(SchemeChange, may_change=["state", "from_on", "checked_by", "checked_on", "declined_reason"]),
    refuse(
        SchemeChange,
        "UPDATE",
        f"OLD.state <> 'waiting' OR NOT {_CHECKER} OR (NEW.state = 'declined' AND NEW.declined_reason = '') "
        "OR (NEW.state = 'applied' AND NEW.from_on <= NEW.checked_on)",
        "增减项目由发放复核核对一次, 次日起算, 退回的写明理由",
        name="checked",
    ),
    *write_once(AccountScheme, may_change=["until_on"]),
    refuse(AccountScheme, "UPDATE", "OLD.until_on IS NOT NULL", "专户项目的止日写定后不能改动", name="ended"),
    refuse(
        FundReceipt,
        "INSERT",
        f"(NEW.account_id IS NOT NULL AND NOT {_NAMED}) "
        f"OR (NEW.account_id IS NULL AND {_IN_USE.format(which='')})",
        "到账要写明进了哪个在用的专户",
        name="account",
    ),
    refuse(
        FundReceipt,
        "UPDATE",
        f"NEW.account_id IS NOT NULL AND NEW.state <> 'declined' AND NOT {_NAMED}",
        "这个专户不在用, 不能记到账",
        name="into_closed",
    ),
    refuse(
        FundReceipt,
        "UPDATE",
        "OLD.account_id IS NOT NULL AND NEW.account_id IS DISTINCT FROM OLD.account_id",
        "到账专户写定后不能改动",
        name="account_moved",
    ),
    *(
        refuse(
            AccountMove,
            event,
            f"NEW.state <> 'declined' AND NOT ({_BOTH})",
            "划转要在两个在用的专户之间",
            name=f"open_{event.lower()}",
        )
        for event in ("INSERT", "UPDATE")
    ),
]
