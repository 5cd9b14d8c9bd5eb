from typing import Any

from django.db import migrations


def move(apps: Any, editor: Any) -> None:
    """Two columns become rows; a finding that was explained when it came counts as dealt with."""
    visit, investigator = apps.get_model("checks", "VisitRecord"), apps.get_model("checks", "Investigator")
    pairs = visit.objects.order_by("pk").values_list("pk", "first_id", "second_id")
    investigator.objects.bulk_create(
        [investigator(visit_id=pk, user_id=user) for pk, *users in pairs for user in users], batch_size=500
    )
    finding, dealing = apps.get_model("checks", "Finding"), apps.get_model("checks", "FindingDealing")
    explained = finding.objects.filter(outcome="different").exclude(note="").order_by("pk")
    dealing.objects.bulk_create(
        [dealing(finding=one, verdict="accepted", note=one.note, on=one.on, by=one.by) for one in explained],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("checks", "0003_investigators_and_panels")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
