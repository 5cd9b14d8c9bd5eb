"""Families registered before addresses were indexed get their index."""

from typing import Any

from django.db import migrations

from doudi.records.people.models import plain_address
from doudi.store.crypto import blind

AT_ONCE = 2_000


def index_addresses(apps: Any, schema_editor: Any) -> None:
    """逐批补写住址索引。"""
    household = apps.get_model("people", "Household")
    waiting = household.objects.exclude(address=None).filter(address_bi=None).order_by("pk")
    last = 0
    while batch := list(waiting.filter(pk__gt=last)[:AT_ONCE]):
        for one in batch:
            index = blind(plain_address(one.address), "people_household.address")
            household.objects.filter(pk=one.pk).update(address_bi=index)
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("people", "0003_obligors_and_filings")]
    operations = [migrations.RunPython(index_addresses, migrations.RunPython.noop)]
