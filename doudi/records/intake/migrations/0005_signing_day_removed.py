"""The signing day is in the signatures."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_signatures_of_applicants")]
    operations = [
        migrations.RemoveField(model_name="application", name="authorised_on"),
        migrations.RemoveField(model_name="application", name="promised_on"),
    ]
