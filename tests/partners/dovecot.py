# SPDX-License-Identifier: EUPL-1.2
"""Debian's own dovecot on a free port, with one mailbox in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

PASSWORD = "hunter2-sesam"
USER = "buurt"
_BINARY = shutil.which("dovecot") or "/usr/sbin/dovecot"
_numbers = count(1)


def missing() -> str:
    """Say why dovecot cannot run here; nothing when it can."""
    imap = Path("/usr/lib/dovecot/imap")
    if not Path(_BINARY).exists() or not imap.exists():
        return "dovecot is not installed: apt-get install dovecot-imapd"
    if os.geteuid() != 0:
        return "dovecot keeps its processes apart with users of its own, which takes root"
    return ""


@dataclass
class Dovecot:
    """A running server."""

    port: int
    folder: Path

    @property
    def _maildir(self) -> Path:
        return self.folder / "mail" / USER

    def add(self, *raws: bytes) -> None:
        """Deliver mails as a Maildir wants it: written elsewhere, then moved into place."""
        for raw in raws:
            name = f"1795262340.M{next(_numbers)}P1.here"
            temporary = self._maildir / "tmp" / name
            temporary.write_bytes(raw)
            _give(temporary)
            temporary.rename(self._maildir / "new" / name)

    def forget_numbers(self) -> None:
        """Lose the index, as a restored backup does: UIDVALIDITY and UIDs start anew."""
        for path in self._maildir.glob("dovecot*"):
            path.unlink()

    def names(self) -> list[str]:
        """Return the folder and flags of each mail."""
        found = [*self._maildir.glob("new/*"), *self._maildir.glob("cur/*")]
        return sorted(f"{path.parent.name}{path.name.partition(':2,')[2]}" for path in found)


def _give(path: Path) -> None:
    nobody = pwd.getpwnam("mail")
    os.chown(path, nobody.pw_uid, nobody.pw_gid)


@asynccontextmanager
async def dovecot() -> AsyncIterator[Dovecot]:
    """Run a server while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="bs-dovecot-", dir="/tmp"))
    # Its processes run as users of their own and must get through.
    folder.chmod(0o755)
    for each in ("mail", f"mail/{USER}", *(f"mail/{USER}/{n}" for n in ("new", "cur", "tmp"))):
        (folder / each).mkdir(exist_ok=True)
        _give(folder / each)
    config = folder / "dovecot.conf"
    config.write_text(_config(folder, port), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(_BINARY, "-F", "-c", str(config))
    try:
        await _up(process, port, folder)
        yield Dovecot(port, folder)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _up(process: asyncio.subprocess.Process, port: int, folder: Path) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                if process.returncode is not None:
                    log = (folder / "log").read_text() if (folder / "log").exists() else ""
                    raise RuntimeError(f"dovecot did not start: {log}") from None
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def _config(folder: Path, port: int) -> str:
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = {folder.name}
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = dovenull
default_internal_user = dovecot
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  client_limit = 100
}}
"""
