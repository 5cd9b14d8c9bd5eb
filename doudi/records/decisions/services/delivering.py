"""Tell the family: who received the letter, and when."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.decisions.models import Decision, Delivery
from doudi.records.staff.models import User


@transaction.atomic
def deliver(*, decision: Decision, by: User, received_by: str, on: dt.date) -> Delivery:
    """登记告知书送达; 同一决定只登记一次。"""
    delivery, _ = Delivery.objects.get_or_create(
        decision=decision, defaults={"delivered_on": on, "received_by": received_by, "by": by.username}
    )
    record(by=by, action="decision.deliver", subject=f"decision:{decision.pk}", received_by=received_by)
    return delivery
