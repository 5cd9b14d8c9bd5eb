from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("checks", "0004_investigators_moved")]

    operations = [
        migrations.RemoveConstraint(model_name="visitrecord", name="two_investigators"),
        migrations.RemoveField(model_name="visitrecord", name="first"),
        migrations.RemoveField(model_name="visitrecord", name="second"),
    ]
