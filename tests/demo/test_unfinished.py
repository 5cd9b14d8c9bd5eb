"""A load that was cut off is recognised and made afresh. Its own module: it must not meet the loaded county."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from doudi.demo import loading
from doudi.demo.plan import OPENS_ON
from doudi.records.areas.services import load_county
from doudi.records.audit.services import record
from doudi.records.people.models import Household
from doudi.store.today import today


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_unfinished_load_is_made_afresh() -> None:
    with transaction.atomic():
        record(by="demo", action=loading.BEGUN, subject="demo:county", seed=1)
    load_county("410482")
    assert loading.state() == "partial"
    told = StringIO()
    call_command("demo", "--no-serve", "--scale", "0.001", "--seed", "7", stdout=told)
    assert loading.state() == "loaded"
    assert "种子 7" in told.getvalue()
    assert today() == OPENS_ON
    assert Household.objects.exists()
