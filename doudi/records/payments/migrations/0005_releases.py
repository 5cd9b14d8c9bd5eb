"""A debt the bank could not pay and nobody is due any more is given up by two."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_money_exactly_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=400, verbose_name="取消理由")),
                ("proposed_on", models.DateField(verbose_name="提出日期")),
                ("approved_on", models.DateField(null=True, verbose_name="批准日期")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="release",
                        to="payments.payline",
                        verbose_name="发放行",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "取消应付",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", None))
                        | models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                        name="release_by_two",
                    )
                ],
            },
        ),
    ]
