"""Databases for processes that are to die: each a copy of a migrated one, with a zygote over it."""

import copy
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from doudi.demo.private_postgres import PrivateCluster
from tests.faults.zygote import CHUNK

ROOT = Path(__file__).parents[2]


class Zygote:
    """The forking process and how to talk to it."""

    def __init__(self, folder: Path, url: str, chunk: int | None, log: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "DOUDI_VAR": str(folder),
            "DOUDI_KEYS": str(folder.parent / "keys"),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DOUDI_DATABASE_URL": url,
            CHUNK: str(chunk or ""),
        }
        self.log = log
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.zygote"], cwd=ROOT, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._hear() == "ready", self.told()

    def _hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def begin(self, command: str) -> int:
        """Start a child; its number."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return int(self._hear().removeprefix("child "))

    def end(self) -> int:
        """How the child left: 0, an error, or minus the signal."""
        return int(self._hear().removeprefix("exit "))

    def do(self, command: str) -> int:
        self.begin(command)
        return self.end()

    def must(self, command: str) -> None:
        """It does, without an error."""
        assert self.do(command) == 0, self.told()

    def told(self) -> str:
        """The end of what the children wrote."""
        return self.log.read_text()[-4_000:]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Ground:
    """A folder, on PostgreSQL a server of its own, and databases copied from a migrated one."""

    def __init__(self, folder: Path, migrated: Path, cluster: PrivateCluster | None) -> None:
        self.folder, self.cluster, self.logs = folder, cluster, folder
        if cluster is None:
            self.copy_file(migrated, folder / "migrated.sqlite3")
            return
        cluster.create("migrated")
        psql = [str(cluster.programs / "psql"), "-q", "-d", cluster.url("migrated"), "-f", str(migrated)]
        subprocess.run([*psql, "-v", "ON_ERROR_STOP=1"], check=True, stdout=subprocess.DEVNULL)

    def url(self, name: str) -> str:
        return self.cluster.url(name) if self.cluster else f"sqlite:///{self.folder / name}.sqlite3"

    def copy(self, name: str, of: str = "migrated") -> str:
        """A database of this name as the other is now, nobody being connected to that one; its address."""
        if self.cluster:
            return self.cluster.create(name, of)
        self.copy_file(self.folder / f"{of}.sqlite3", self.folder / f"{name}.sqlite3")
        return self.url(name)

    def drop(self, name: str, *, folder: bool = True) -> None:
        """The database and, unless told otherwise, the files beside it."""
        if self.cluster:
            with psycopg.connect(
                self.cluster.url(), autocommit=True
            ) as connection:  # a dead child may linger
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        else:
            for path in self.folder.glob(f"{name}.sqlite3*"):
                path.unlink()
        if folder:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def set(self, setting: str, value: str) -> None:
        """A setting of the server, from now on; nothing where there is none."""
        if self.cluster:
            with psycopg.connect(self.cluster.url(), autocommit=True) as connection:
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(setting), value))
                connection.execute("SELECT pg_reload_conf()")

    def zygote(self, name: str, chunk: int | None) -> Zygote:
        log = self.logs / f"{name}-{time.monotonic_ns()}.log"
        return Zygote(self.folder / name, self.url(name), chunk, log)

    def ask(self, name: str, question: str) -> list[Any]:
        """Plain SQL, past the product."""
        with closing(self.connected(name)) as books:
            return books.execute(question).fetchall()

    def connected(self, name: str) -> Any:
        if self.cluster:
            return psycopg.connect(self.cluster.url(name))
        return sqlite3.connect(self.folder / f"{name}.sqlite3")

    def at(self, folder: Path) -> "Ground":
        """The same kind of database in another folder, with nothing in it yet."""
        found = copy.copy(self)
        found.folder = folder
        return found

    @staticmethod
    def copy_file(source: Path, target: Path) -> None:
        """An SQLite database as it stands, journal and all."""
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)


def dumped(database: str, folder: Path, programs: Path, host: str, user: str) -> Path:
    """A migrated PostgreSQL database as a file, for servers of their own."""
    target = folder / "migrated.sql"
    command = [str(programs / "pg_dump"), "-h", host, "-U", user, "--no-owner", "-f", str(target), database]
    subprocess.run(command, check=True)
    return target
