"""Throw-away counties to measure on: a folder and a database each, on SQLite or on a private PostgreSQL."""

import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from doudi.demo.private_postgres import PrivateCluster


@dataclass(frozen=True)
class Place:
    """一个县的记录在哪里: 文件夹和数据库地址。"""

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """在这个县里运行一个进程要用的环境。"""
        ours = {
            "DJANGO_SETTINGS_MODULE": "doudi.settings.dev",
            "DOUDI_VAR": str(self.folder),
            "DOUDI_KEYS": str(self.folder / "keys"),
            "DOUDI_DATABASE_URL": self.url,
            "DOUDI_SITE": "office",
        }
        return os.environ | ours


class Ground(ABC):
    """一种数据库: 给一个空县, 照样抄一个县, 用完扔掉。"""

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fresh(self, name: str) -> Place:
        """一个还没有建表的县。"""
        folder = self.folder / name
        folder.mkdir(parents=True)
        return Place(folder, self._new(folder, name))

    def copied(self, source: Place, name: str) -> Place:
        """照抄一个县: 文件夹 (密钥在里面) 和数据库。Nobody may have the source open."""
        folder = self.folder / name
        shutil.copytree(source.folder, folder, ignore=shutil.ignore_patterns("*.sqlite3*"))
        return Place(folder, self._copy(source, folder, name))

    def discard(self, place: Place) -> None:
        """扔掉一个县。"""
        self._drop(place)
        shutil.rmtree(place.folder)

    def close(self) -> None:
        """用完了。"""
        shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def _new(self, folder: Path, name: str) -> str: ...

    @abstractmethod
    def _copy(self, source: Place, folder: Path, name: str) -> str: ...

    @abstractmethod
    def _drop(self, place: Place) -> None: ...


class SqliteGround(Ground):
    """SQLite: 一个县一个文件。"""

    name = "sqlite"

    def _new(self, folder: Path, name: str) -> str:
        return f"sqlite:///{folder / 'db.sqlite3'}"

    def _copy(self, source: Place, folder: Path, name: str) -> str:
        url = self._new(folder, name)
        with closing(sqlite3.connect(_path(source.url))) as old, closing(sqlite3.connect(_path(url))) as new:
            old.backup(new)
        return url

    def _drop(self, place: Place) -> None:
        """The file goes with its folder."""


class PostgresGround(Ground):
    """PostgreSQL: 一个私有的服务器, 一个县一个库。"""

    name = "postgres"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.cluster = PrivateCluster()
        self.cluster.start()

    def close(self) -> None:
        self.cluster.stop()
        self.cluster.remove()
        super().close()

    def _new(self, folder: Path, name: str) -> str:
        return self.cluster.create(name)

    def _copy(self, source: Place, folder: Path, name: str) -> str:
        return self.cluster.create(name, template=source.folder.name)

    def _drop(self, place: Place) -> None:
        self.cluster.drop(place.folder.name)


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")


GROUNDS: dict[str, type[Ground]] = {"sqlite": SqliteGround, "postgres": PostgresGround}
