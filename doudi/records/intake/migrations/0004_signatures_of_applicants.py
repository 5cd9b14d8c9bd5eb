"""What an application said of its signing day becomes the applicant's two signatures."""

from typing import Any

from django.db import migrations

AT_ONCE = 2_000


def write_signatures(apps: Any, schema_editor: Any) -> None:
    """申请人的授权和承诺, 各记一条签字。"""
    application, signature = apps.get_model("intake", "Application"), apps.get_model("intake", "Signature")
    last = 0
    while batch := list(application.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        signature.objects.bulk_create(
            signature(
                case_id=one.case_id, what=what, person_id=one.applicant_id, way="hand", signed_on=day,
                noted_by="system",
            )
            for one in batch
            for what, day in (("authorise", one.authorised_on), ("promise", one.promised_on))
        )  # fmt: skip
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_signatures_suspicions_referrals")]
    operations = [migrations.RunPython(write_signatures, migrations.RunPython.noop)]
