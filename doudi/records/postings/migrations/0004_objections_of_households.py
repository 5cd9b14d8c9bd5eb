"""Every objection taken so far concerns the household and the case of its posting."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    objections = apps.get_model("postings", "Objection").objects.filter(household=None)
    postings = apps.get_model("postings", "Posting").objects.filter(pk=OuterRef("posting"))
    objections.update(
        household=Subquery(postings.values("case__household")[:1]),
        case=Subquery(postings.values("case")[:1]),
        village=Subquery(postings.values("village")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("postings", "0003_complaints_photos_hotlines")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
