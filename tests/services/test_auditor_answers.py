"""What a bank's file is held against: what it said first, not what it said again."""

import pytest

from doudi.records.payments.models import ReturnFile
from doudi.records.reports.auditor import differences
from tests.services import bank_answers, factories
from tests.services import payroll_months as months

pytestmark = pytest.mark.django_db


def test_a_bounced_line_and_a_repeated_answer_are_no_difference() -> None:
    """The bank's first word may be that a payment came back, and it may send the same lines once more."""
    office = factories.office()
    factories.receiving(3)
    run = months.answered(months.sent(months.built(office, 202611), office), office, {1: "退票", 2: "失败"})
    again = bank_answers.answer_rows(
        run, results={1: "退票", 2: "失败", 3: "退票"}, on=months.day_in(202611, 26)
    )
    months.move_to(months.day_in(202611, 26))
    bank_answers.taken_in(run, bank_answers.as_file(again))
    files = ReturnFile.objects.order_by("pk").values_list("paid_count", "failed_count", "returned_count")
    assert list(files) == [(2, 1, 1), (0, 0, 1)]
    assert [str(one) for one in differences()] == []
