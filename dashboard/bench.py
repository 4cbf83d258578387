# SPDX-License-Identifier: EUPL-1.2
"""Long work that a page starts and looks in on: one at a time, in memory, gone with the process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from classify.measure.compare import Comparison
from core import errors
from core.identity import MakeId, new_id
from dashboard.services import Services
from dashboard.spoken import say

log = logging.getLogger(__name__)

#: Hears how far the work is, 0 to 1.
Tell = Callable[[float], None]

#: Finished jobs that are remembered.
_KEPT = 20


@dataclass(kw_only=True, slots=True)
class Job:
    """One comparison, as it goes."""

    id: str
    #: Municipality and account that asked; nobody else sees it.
    tenant: str
    by: str
    first: str
    second: str
    messages: int
    share: float = 0.0
    found: Comparison | None = None
    failed: bool = False
    done: threading.Event = field(default_factory=threading.Event)


class Bench:
    """Where comparisons run."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(
        self,
        work: Callable[[Tell], Comparison],
        *,
        tenant: str,
        by: str,
        models: tuple[str, str],
        messages: int,
    ) -> Job:
        """Begin; raise ``AlreadyDecided`` while another one runs."""
        with self._lock:
            if any(not job.done.is_set() for job in self._jobs.values()):
                raise errors.AlreadyDecided(
                    say("Er loopt al een vergelijking. Wacht tot die klaar is.")
                )
            for old in list(self._jobs)[: max(0, len(self._jobs) - _KEPT + 1)]:
                del self._jobs[old]
            job = Job(
                id=self._make_id(self._services.clock.now()),
                tenant=tenant,
                by=by,
                first=models[0],
                second=models[1],
                messages=messages,
            )
            self._jobs[job.id] = job
        threading.Thread(target=self._run, args=(job, work), name="bench", daemon=True).start()
        return job

    def job(self, job_id: str, *, tenant: str, by: str) -> Job:
        """Return one's own job; raise ``NotFound``."""
        job = self._jobs.get(job_id)
        if job is None or (job.tenant, job.by) != (tenant, by):
            raise errors.NotFound("no such job")
        return job

    @staticmethod
    def _run(job: Job, work: Callable[[Tell], Comparison]) -> None:
        def tell(share: float) -> None:
            job.share = share

        try:
            job.found = work(tell)
        except Exception as error:  # noqa: BLE001 - the page says that it failed
            log.error("a comparison failed: %s", type(error).__name__)  # noqa: TRY400
            job.failed = True
        finally:
            job.done.set()
