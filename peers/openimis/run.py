"""`python run.py PEOPLE.csv YYYY-MM`: a month in openIMIS, its return file, and the month once more; one JSON line.

PEOPLE.csv has the columns code, name, id_number, account, amount_fen. The peer runs in this process on a private
PostgreSQL that ends with it.
"""

import contextlib
import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = (
    "core",
    "individual",
    "social-protection",
    "payment-cycle",
    "payroll",
    "calcrule-social-protection",
)


def main(people, month):
    """Everything the modules print goes to standard error, so that the answer stands alone."""
    sys.path.append(str(HERE.parents[1]))
    from doudi.demo.private_postgres import PrivateCluster

    with (
        contextlib.redirect_stdout(sys.stderr),
        tempfile.TemporaryDirectory(prefix="peer-files-") as files,
        PrivateCluster() as cluster,
    ):
        os.environ |= {
            "PEER_DATABASE_URL": cluster.create("peer"),
            "PEER_MEDIA": files,
            "DJANGO_SETTINGS_MODULE": "settings",
        }
        answer = _measured(people, month)
    sys.stdout.write(json.dumps(answer) + "\n")


def _measured(people, month):
    """Import the modules only now: they read their settings, and the database, as they load."""
    import django

    django.setup()
    import measuring
    import paying
    import setting_up

    steps = measuring.Steps()
    with steps.step("tables"):
        setting_up.make_tables()
    setting_up.listen()
    rows = setting_up.read_people(people)
    with steps.step("load"):
        office = setting_up.open_office(rows, month)
    found = _one_month(steps, paying, office) | _the_month_again(steps, paying, office)
    return {
        "peer": f"openIMIS payroll {version('openimis-be-payroll')}",
        "versions": _versions(),
        "people": len(rows),
        "month": month,
        "total_fen_wanted": sum(int(one["amount_fen"]) for one in rows),
        "steps": steps.taken,
        "peak_mib": round(measuring.peak_mib(), 1),
        **found,
    }


def _one_month(steps, paying, office):
    """A payroll; the bank's file with a line too many, then without it."""
    with steps.step("build"):
        payroll = paying.build(office, "first")
    with steps.step("approve"):
        paying.approve(office, payroll)
    with steps.step("bank_file"):
        rows = paying.answered(paying.download(office, payroll))
    once = {
        "payments_per_person": paying.per_person(office),
        "total_fen": paying.total_fen(payroll),
        "wrong_amounts": paying.wrong_amounts(payroll),
    }
    with steps.step("return_with_unknown_line"):
        bad = paying.upload(office, payroll, paying.with_stranger(rows), "bad.csv")
    with steps.step("return_mended"):
        mended = paying.upload(office, payroll, rows, "mended.csv")
    return {"first": once, "return_with_unknown_line": bad, "return_mended": mended}


def _the_month_again(steps, paying, office):
    """A second payroll of the same month and plan, answered in full, one line with another amount."""
    with steps.step("build_again"):
        payroll = paying.build(office, "second")
    with steps.step("approve_again"):
        paying.approve(office, payroll)
    with steps.step("bank_file_again"):
        rows = paying.answered(paying.download(office, payroll))
    built = paying.per_person(office)
    with steps.step("return_whole"):
        whole = paying.upload(office, payroll, paying.with_wrong_amount(rows), "whole.csv")
    return {
        "again": {
            "payments_per_person": built,
            "made_per_person": paying.per_person(office, status="RECONCILED"),
        },
        "return_whole": whole | {"paid_in_file": sum(row["Paid"] == "Yes" for row in rows)},
    }


def _versions():
    wanted = [f"openimis-be-{name}" for name in MODULES] + ["django", "graphene-django", "psycopg"]
    return {"python": sys.version.split()[0]} | {name: version(name) for name in wanted}


if __name__ == "__main__":
    main(*sys.argv[1:])
