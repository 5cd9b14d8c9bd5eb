from django.db import migrations

# The chain of events says who handed each run over before the run itself did.
TOLD = """
UPDATE payments_payrollrun SET handed_by_id = (
    SELECT u.id FROM staff_user u JOIN audit_event e ON e.actor = u.username
     WHERE e.action = 'payroll.hand_over' AND e.subject = 'payrollrun:' || payments_payrollrun.id
     ORDER BY e.seq LIMIT 1)
WHERE handed_by_id IS NULL AND state IN ('handed', 'closed')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_handed_by"),
        ("audit", "0001_initial"),
    ]

    operations = [migrations.RunSQL(TOLD, migrations.RunSQL.noop)]
