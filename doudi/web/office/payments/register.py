"""The pay register as a sheet: the locked lines of a township or of the whole, with those who signed for it."""

import datetime as dt

from doudi.records.areas.models import Area
from doudi.records.payments import queries
from doudi.records.payments.models import PayrollRun
from doudi.records.policies.queries import scheme_name
from doudi.web.ui.print import printing
from doudi.web.ui.print.sheets import PayRegister, PayRow


def register_pdf(run: PayrollRun, area: Area | None, *, unit_name: str, on: dt.date, demo: bool) -> bytes:
    """发放清册 PDF。Raises RegisterTooLong."""
    steps = {step.key: step.by for step in queries.stepper(run)}
    rows = [_row(one) for one in queries.register_rows(run, area.code if area else "")]
    sheet = PayRegister(
        unit=unit_name, scheme=scheme_name(run.scheme), month=run.month, batch_no=run.batch_no, on=on, rows=rows,
        area=area.name if area else "", maker=steps["build"], reviewer=steps["review"], approver=steps["approve"],
    )  # fmt: skip
    return printing.render(sheet, demo=demo)


def _row(one: queries.RegisterRow) -> PayRow:
    return PayRow(
        one.number, one.village, one.payee, one.bank, one.account_last4, one.persons, one.amount_fen
    )
