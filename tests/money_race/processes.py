"""Servers and a database as processes that can be killed at any moment, and come back."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.domain.instants import DAY
from serving.access.api_keys import ApiKey, Secret, digest_of, new_id, new_secret, written
from serving.access.key_store import keep_key
from serving.access.scopes import Scope
from serving.ledger.sqlite.ledger import system_clock
from tests.money_race.commands import AUTHORITY

ROOT = Path(__file__).parents[2]
READY_SECONDS = 90.0
STARTS = 20
OF_AGENT = {Scope.RESERVE, Scope.COMMIT, Scope.REVERSE, Scope.OWE}


@dataclass
class Server:
    """A server of ours: its port, its settings, and its process."""

    port: int
    settings: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    async def start(self) -> None:
        """Start it, again where its database is not there yet, and wait until it answers."""
        for _ in range(STARTS):
            self.process = subprocess.Popen(
                [sys.executable, "-m", "serving"],
                cwd=ROOT,
                env={**os.environ, **self.settings},
                stderr=subprocess.DEVNULL,
            )
            if await self._ready(self.process):
                return
        raise TimeoutError(f"the server on port {self.port} does not start")

    async def _ready(self, process: subprocess.Popen[bytes]) -> bool:
        async with asyncio.timeout(READY_SECONDS):
            while process.poll() is None:
                if await asyncio.to_thread(_listens, self.port):
                    return True
                await asyncio.sleep(0.02)
        return False

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.kills += 1

    def stop(self) -> None:
        """End it in peace."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)


@dataclass
class Database:
    """A PostgreSQL of the wheel; started: its handle."""

    started: Any
    kills: int = 0

    def kill(self) -> None:
        """End postmaster and backends at once, as the loss of their machine would."""
        every = _tree(self.started.get_pid())
        for one in every:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        until = time.monotonic() + READY_SECONDS
        while any(Path(f"/proc/{one}").exists() for one in every) and time.monotonic() < until:
            time.sleep(0.01)
        self.kills += 1

    async def start(self) -> None:
        """Start it again; it recovers from its log."""
        for _ in range(STARTS):
            try:
                await asyncio.to_thread(self.started.ensure_postgres_running)
            except subprocess.SubprocessError:
                await asyncio.sleep(0.2)
            else:
                return
        raise TimeoutError("the database does not start")


@dataclass(frozen=True)
class Keys:
    """The two keys of a race: ids and secrets."""

    agent: str
    agent_secret: str
    head: str
    head_secret: str


def make_keys(url: str) -> Keys:
    """Keep a key that reserves within an authority, and one that may do all."""
    agent, agent_secret = _made(url, "agent", OF_AGENT, AUTHORITY)
    head, head_secret = _made(url, "head", {Scope.ADMIN}, None)
    return Keys(agent, agent_secret, head, head_secret)


def _made(url: str, name: str, scopes: set[Scope], authority: int | None) -> tuple[str, str]:
    now, secret = system_clock(), new_secret()
    key = ApiKey(
        key_id=new_id(),
        name=name,
        scopes=frozenset(scopes),
        created_at=now,
        expires_at=now + DAY,
        secrets=(Secret(digest_of(secret), now),),
        team=None,
        authority_minor=authority,
        requests_per_second=1_000_000,
    )
    keep_key(url, key)
    return key.key_id, written(key.key_id, secret)


def server_on(serving: Path, stores: Path, ledger_url: str, name: str = "first") -> Server:
    """A server, not started, of a served folder; keys are shared by all that have the same stores."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "HOLDFAST_SERVING_DIR": str(serving),
        "HOLDFAST_PORT": str(port),
        "HOLDFAST_LOG_REQUESTS": "false",
        "HOLDFAST_REQUESTS_PER_SECOND": "1000000",
        "HOLDFAST_AUDIT_DIR": str(stores / f"audit-{name}"),
        "HOLDFAST_KEYS_URL": keys_url(stores),
        "HOLDFAST_STORE_URL": f"sqlite:///{stores / name}-events.db",
        "HOLDFAST_LEDGER_URL": ledger_url,
        "OMP_NUM_THREADS": "1",
    }
    return Server(port, settings)


def keys_url(stores: Path) -> str:
    """Where the keys of a race are."""
    return f"sqlite:///{stores / 'keys.db'}"


def _tree(process: int) -> list[int]:
    """A process and those below it, the first of them first."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(each for child in children for each in _tree(int(child)))]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
