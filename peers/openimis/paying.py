"""The peer's month: a payroll, its approval, the bank's answer through the upload page, and what came of it."""

import csv
import io
from collections import Counter
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from payroll.models import (
    BenefitConsumption,
    BenefitConsumptionStatus,
    CsvReconciliationUpload,
    Payroll,
    PayrollStatus,
)
from payroll.services import PayrollService
from payroll.strategies import StrategyOfflinePayment
from payroll.views import CSVReconciliationAPIView
from rest_framework.test import APIRequestFactory, force_authenticate
from setting_up import done
from tasks_management.models import Task
from tasks_management.services import TaskService

FAILED_EVERY = 50  # 2 % of the lines
STRANGER = "NOBODYS1"
OFF_BY_FEN = 12345


def build(office, name):
    """A payroll of the month with a benefit and a bill for everybody on the plan."""
    answer = PayrollService(office.user).create(
        {
            "name": name,
            "payment_plan_id": office.plan.id,
            "payment_cycle_id": office.cycle.id,
            "status": PayrollStatus.PENDING_APPROVAL,
            "payment_method": StrategyOfflinePayment.__name__,
            "date_valid_from": office.cycle.start_date,
            "date_valid_to": office.cycle.end_date,
        }
    )
    return Payroll.objects.get(id=done(answer)["id"])


def approve(office, payroll):
    """Complete the task that the payroll waits for; the offline way of paying sends nothing anywhere."""
    task = Task.objects.get(entity_id=str(payroll.id), source="payroll")
    done(TaskService(office.user).complete_task({"id": task.id}))
    payroll = Payroll.objects.get(id=payroll.id)
    if payroll.status != PayrollStatus.APPROVE_FOR_PAYMENT:
        raise RuntimeError(f"the payroll is {payroll.status}")


def download(office, payroll):
    """The file of the payroll as the peer offers it for the bank's answer: its rows, as texts."""
    request = APIRequestFactory().get("/", {"payroll_id": str(payroll.id), "blank": "true"})
    answer = _asked(office, request)
    if answer.status_code != 200:
        raise RuntimeError(f"the file was not given: {answer.data}")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def answered(rows):
    """The bank's answer in that file: paid, but for every fiftieth line."""
    return [
        row | {"Paid": "Yes" if place % FAILED_EVERY else "No", "Receipt": f"R{row['Code']}"}
        for place, row in enumerate(rows, start=1)
    ]


def with_stranger(rows):
    """The same with a line in the middle that belongs to no payment."""
    middle = len(rows) // 2
    return [*rows[:middle], rows[middle] | {"Code": STRANGER}, *rows[middle:]]


def with_wrong_amount(rows):
    """The same with another amount on the first line."""
    first = rows[0]
    return [first | {"Amount": str(Decimal(first["Amount"]) + Decimal(OFF_BY_FEN) / 100)}, *rows[1:]]


def upload(office, payroll, rows, name):
    """Hand the file in at the peer's upload page. What the peer says of it, and the lines it kept."""
    before = reconciled(payroll)
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile(name, text.getvalue().encode(), "text/csv")
    # The page reads the payroll from the address, the file from the body.
    request = APIRequestFactory().post(f"/?payroll_id={payroll.id}", {"file": file}, format="multipart")
    answer = _asked(office, request)
    record = CsvReconciliationUpload.objects.filter(payroll=payroll).order_by("-date_created").first()
    return {
        "lines": len(rows),
        "answered": answer.status_code,
        "error": str(answer.data.get("error") or ""),
        "status": record.status,
        "said_changed": record.json_ext["extra_info"]["affected_rows"],
        "changed": reconciled(payroll) - before,
    }


def reconciled(payroll):
    """Payments of the payroll that count as made."""
    return _benefits(
        payrollbenefitconsumption__payroll=payroll, status=BenefitConsumptionStatus.RECONCILED
    ).count()


def per_person(office, **which):
    """How many persons have how many payments in the month: {payments: persons}."""
    held = _benefits(payrollbenefitconsumption__payroll__payment_cycle=office.cycle, **which)
    each = Counter(held.values_list("individual_id", flat=True))
    return {str(payments): persons for payments, persons in sorted(Counter(each.values()).items())}


def total_fen(payroll):
    """What the payroll pays."""
    amounts = _benefits(payrollbenefitconsumption__payroll=payroll).values_list("amount", flat=True)
    return int(sum(amounts, Decimal()) * 100)


def wrong_amounts(payroll):
    """Payments of the payroll whose amount is not the person's."""
    held = _benefits(payrollbenefitconsumption__payroll=payroll).select_related("individual")
    return sum(int(one.amount * 100) != one.individual.json_ext["level"] for one in held)


def _benefits(**which):
    return BenefitConsumption.objects.filter(is_deleted=False, **which)


def _asked(office, request):
    force_authenticate(request, user=office.user)
    return CSVReconciliationAPIView.as_view()(request)
