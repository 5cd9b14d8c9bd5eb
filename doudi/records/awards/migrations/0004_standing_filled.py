"""Whoever stands on the roll already: from here on the database keeps the table by itself (guards.py)."""

from django.db import migrations

FILL = """
INSERT INTO awards_standing
    (award_id, scheme, klass, household_id, village_id, persons, amount_fen, from_on, review_on)
SELECT a.id, a.scheme, a.klass, a.household_id, a.village_id, a.persons, a.amount_fen, a.from_on,
    (SELECT d.next_review_on FROM decisions_decision d WHERE d.household_id = a.household_id AND d.scheme = a.scheme
        AND d.next_review_on IS NOT NULL ORDER BY d.decided_on DESC, d.id DESC LIMIT 1)
FROM awards_award a
WHERE NOT EXISTS (SELECT 1 FROM decisions_closing c WHERE c.award_id = a.id)
"""


class Migration(migrations.Migration):
    # Apart from the table: PostgreSQL makes no index while rows wait for their foreign keys to be checked.
    dependencies = [("awards", "0003_standing"), ("decisions", "0005_decision_household")]

    operations = [migrations.RunSQL(FILL, "DELETE FROM awards_standing")]
