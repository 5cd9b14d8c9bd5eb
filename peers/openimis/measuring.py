"""Seconds and SQL statements of each step."""

import os
import time
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


class Steps:
    """What each step took: wall seconds, seconds of this process and of its database's, statements, savepoints."""

    def __init__(self):
        self.taken = {}

    @contextmanager
    def step(self, name):
        """Measure what happens inside; nothing is kept when it fails."""
        counter = _Counter()
        began, worked, served = time.perf_counter(), time.process_time(), _database_seconds()
        with connection.execute_wrapper(counter):
            yield
        self.taken[name] = {
            "seconds": round(time.perf_counter() - began, 3),
            "cpu": round(time.process_time() - worked, 3),
            "database_cpu": round(_database_seconds() - served, 3),
            "statements": counter.statements,
            "savepoints": counter.savepoints,
        }


class _Counter:
    """Django's hook around every statement; BEGIN and COMMIT go past it, savepoints do not."""

    def __init__(self):
        self.statements = self.savepoints = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        self.savepoints += "SAVEPOINT" in sql[:20]
        return execute(sql, params, many, context)


def _database_seconds():
    """Processor seconds of the one database process that serves this one."""
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text(encoding="utf-8")
    spent = stat.rpartition(")")[2].split()[11:13]  # fields 14 and 15: user and system ticks
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def peak_mib():
    """The most memory this process has had resident."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:")), 0.0)
