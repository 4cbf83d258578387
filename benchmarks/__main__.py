# SPDX-License-Identifier: EUPL-1.2
"""``make bench``: run all benchmarks, or the ones that are named."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import typer

from benchmarks import crowd, faults, intake, judge, kill, recipes, screen, withdrawal

BENCHMARKS: Mapping[str, Callable[[float], Awaitable[None]]] = {
    "intake": intake.run,
    "screen": screen.run,
    "crowd": crowd.run,
    "kill": kill.run,
    "faults": faults.run,
    "withdrawal": withdrawal.run,
    "recipes": recipes.run,
    "judge": judge.run,
}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=", ".join(BENCHMARKS))] = None,
    scale: Annotated[float, typer.Option(help="1 is the full run; 0.1 is a quick look.")] = 1.0,
) -> None:
    """Run benchmarks and print what they found."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}")
    for name in names or BENCHMARKS:
        if name not in BENCHMARKS:
            sys.exit(f"there is no benchmark '{name}'; there are: {', '.join(BENCHMARKS)}")
        print(f"\n== {name}")
        asyncio.run(_go(BENCHMARKS[name], scale))


async def _go(benchmark: Callable[[float], Awaitable[None]], scale: float) -> None:
    await benchmark(scale)


if __name__ == "__main__":
    typer.run(main)
