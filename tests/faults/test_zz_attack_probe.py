import datetime as dt

import django.db
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from doudi.records.cases.models import Case
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.payments import services
from doudi.records.payments.models import *
from doudi.records.people import services as people
from doudi.records.postings import services as postings
from tests.services import factories
from tests.services.test_road import *

pytestmark = pytest.mark.django_db

@pytest.fixture
def office():
    return factories.office()

def test_web_lock_death(office):
    a = factories.receiving(2)[0]
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    people.report_death(by=office.caiwu, person=a.payee, died_on=dt.date(2026,11,3), on=dt.date(2026,11,5))
    office.caiwu.set_password("x"); office.caiwu.save()
    c = Client(); c.force_login(office.caiwu)
    url = reverse("payroll_lock", args=[run.pk])
    key = c.get(url).context["form"]["key"].value()
    r = c.post(url, {"key": str(key), "password": "x"})
    print(r.status_code, [e for e in r.context["form"].non_field_errors()])
    print("interceptions kept:", Interception.objects.count())
    assert Interception.objects.count() == 1

def test_send_back_posting(filed, staff):
    case = signed(filed, staff)
    decisions.send_back(case=case, by=staff["fuze"], text="x", on=day("09-28")) if case.station=="sign" else decisions.send_back(case=case, by=staff["shenpi"], text="再核", on=day("09-29"))
    case = Case.objects.get(pk=case.pk)
    checks.assess(case=case, by=staff["jingban"], on=day("09-30"))
    checks.give_opinion(case=case, by=staff["jingban"], recommends=True, text="x", on=day("09-30"))
    postings.send_up(case=case, by=staff["jingban"], on=day("09-30"))
    pytest.fail("sent up without a new posting; station now " + Case.objects.get(pk=case.pk).station)

def raw(sql, args=()):
    with transaction.atomic(), connection.cursor() as c:
        c.execute(sql, args)

def tries(sqls):
    out = []
    for name, sql, args in sqls:
        try:
            raw(sql, args); out.append(("OPEN", name))
        except django.db.Error as e:
            out.append(("refused", name, str(e)[:60]))
    for o in out: print(o)
    return [o for o in out if o[0] == "OPEN"]

def test_raw(office):
    factories.receiving(3)
    extra = factories.staff("caiwu2"); other = factories.staff("jingban")
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    l = list(PayLine.objects.order_by("pk"))
    sqls = [
      ("draft approval step1 before lock", "INSERT INTO payments_approval (run_id, step, user_id, maker_id, \"on\", at) VALUES (%s,1,%s,%s,'2026-11-05','2026-11-05')", [run.pk, other.pk, office.caiwu.pk]),
      ("approval step0", "INSERT INTO payments_approval (run_id, step, user_id, maker_id, \"on\", at) VALUES (%s,0,%s,%s,'2026-11-05','2026-11-05')", [run.pk, office.fuhe.pk, office.caiwu.pk]),
      ("maker approves with forged maker", "INSERT INTO payments_approval (run_id, step, user_id, maker_id, \"on\", at) VALUES (%s,2,%s,%s,'2026-11-05','2026-11-05')", [run.pk, office.caiwu.pk, extra.pk]),
      ("change maker", "UPDATE payments_payrollrun SET maker_id=%s WHERE id=%s", [extra.pk, run.pk]),
      ("change month", "UPDATE payments_payrollrun SET month=202612 WHERE id=%s", [run.pk]),
      ("run born exported", "INSERT INTO payments_payrollrun (scheme,month,kind,correction_no,state,maker_id,lines_count,total_fen,content_hash,built_on) VALUES ('dibao_rural',202612,'regular',0,'exported',%s,0,0,'','2026-11-05')", [office.caiwu.pk]),
      ("run born closed correction", "INSERT INTO payments_payrollrun (scheme,month,kind,correction_no,state,maker_id,lines_count,total_fen,content_hash,built_on) VALUES ('dibao_rural',202611,'correction',1,'approved',%s,0,0,'','2026-11-05')", [office.caiwu.pk]),
      ("second line other kind same award", "INSERT INTO payments_payline (run_id,award_id,month,kind,correction_no,household_id,payee_id,village_id,persons,amount_fen,state,holder_name,bank,account_last4,reason) SELECT run_id,award_id,month,'correction',7,household_id,payee_id,village_id,persons,amount_fen,'pending','','','','' FROM payments_payline WHERE id=%s", [l[0].pk]),
      ("line other month than run", "INSERT INTO payments_payline (run_id,award_id,month,kind,correction_no,household_id,payee_id,village_id,persons,amount_fen,state,holder_name,bank,account_last4,reason) SELECT run_id,award_id,202610,'regular',0,household_id,payee_id,village_id,persons,amount_fen,'pending','','','','' FROM payments_payline WHERE id=%s", [l[0].pk]),
      ("line born paid", "INSERT INTO payments_payline (run_id,award_id,month,kind,correction_no,household_id,payee_id,village_id,persons,amount_fen,state,holder_name,bank,account_last4,reason) SELECT run_id,award_id,202609,'regular',0,household_id,payee_id,village_id,persons,amount_fen,'paid','','','','' FROM payments_payline WHERE id=%s", [l[0].pk]),
      ("jump to locked with no lock", "UPDATE payments_payrollrun SET state='locked' WHERE id=%s", [run.pk]),
    ]
    for s in sqls:
        sid = transaction.savepoint()
        tries([s])
        transaction.savepoint_rollback(sid)
    services.lock(run, office.caiwu)
    services.approve(run, 1, office.fuhe)
    for s in [
      ("maker approves with forged maker", "INSERT INTO payments_approval (run_id, step, user_id, maker_id, \"on\", at) VALUES (%s,2,%s,%s,'2026-11-05','2026-11-05')", [run.pk, office.caiwu.pk, extra.pk]),
      ("step 0 as second", "INSERT INTO payments_approval (run_id, step, user_id, maker_id, \"on\", at) VALUES (%s,0,%s,%s,'2026-11-05','2026-11-05')", [run.pk, other.pk, office.caiwu.pk]),
      ("change month", "UPDATE payments_payrollrun SET month=202612 WHERE id=%s", [run.pk]),
      ("last4", "UPDATE payments_payline SET account_last4='9999' WHERE id=%s", [l[0].pk]),
      ("paid delete", "DELETE FROM payments_paid", []),
      ("iq", "INSERT INTO payments_interception (line_id,cause,about,detail,outcome,reason,\"by\") VALUES (%s,'closed','x','x','dropped','x','x')", [l[0].pk]),
      ("pending->held after lock", "UPDATE payments_payline SET state='held' WHERE id=%s", [l[0].pk]),
    ]:
        sid = transaction.savepoint()
        tries([s])
        transaction.savepoint_rollback(sid)
    services.approve(run, 2, office.pizhun)
    for s in [
      ("exported without a file", "UPDATE payments_payrollrun SET state='exported' WHERE id=%s", [run.pk]),
    ]:
        sid = transaction.savepoint(); tries([s]); transaction.savepoint_rollback(sid)
    services.export(run, "csv", office.pizhun); services.hand_over(run, office.pizhun)
    for s in [
      ("paid without an answer", "UPDATE payments_payline SET state='paid' WHERE id=%s", [l[0].pk]),
      ("all paid, then closed, no return", "UPDATE payments_payline SET state='paid' WHERE run_id=%s", [run.pk]),
      ("bankfile second format forged", "INSERT INTO payments_bankfile (run_id,format,sha256,count,total_fen,epoch,\"by\",\"on\") VALUES (%s,'x','x',1,1,1,'x','2026-11-05')", [run.pk]),
    ]:
        sid = transaction.savepoint(); tries([s]); transaction.savepoint_rollback(sid)

def test_truncate_cascade(office):
    factories.receiving(2)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, office.caiwu)
    if connection.vendor == "postgresql":
        for t in ["payments_paid","payments_payline","payments_payrollrun","ledger_txn","ledger_entry","awards_award","people_person","people_account","decisions_decision","staff_user","payments_interception","people_relative","cases_case","postings_objection"]:
            sid = transaction.savepoint(); tries([(t, f"TRUNCATE {t} CASCADE", [])]); transaction.savepoint_rollback(sid)

def test_locker_approves(office):
    factories.receiving(2)
    c2 = factories.staff("caiwu2")
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    services.lock(run, c2)
    c2.role = "fuhe"; c2.save()
    services.approve(run, 1, c2)
    pytest.fail("locker approved")

def test_months(office):
    factories.receiving(2)
    for m in (202001, 202801, 202612):
        try:
            run = services.build(scheme="dibao_rural", month=m, by=office.caiwu); services.lock(run, office.caiwu); print(m, run.state)
        except Exception as e: print(m, type(e), e)

def test_account_swap(office):
    a, b = factories.receiving(2)
    run = services.build(scheme="dibao_rural", month=202610, by=office.caiwu)
    services.lock(run, office.caiwu)
    run = services.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    people.set_account(by=factories.staff("jingban"), person=a.payee, bank="x", number="6217000000000000001", holder_name=a.payee.name, on=dt.date(2026,11,5))
    services.lock(run, office.caiwu)
    pytest.fail("swapped account locked: " + PayLine.objects.get(run=run, award=a).account)
