# SPDX-License-Identifier: EUPL-1.2
"""Finds the kinds of receivers by looking into ``routing/targets``; imports only what is asked."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from core import errors
from core.clock import Clock, SystemClock
from core.tenant import TargetConfig, Tenant
from routing import targets
from routing.options import Options, Secret
from routing.target import Speak, Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What the composition root gives to receivers."""

    #: Reads an environment variable; raises ``ConfigurationError`` when it is not set.
    secret: Secret
    #: Speaks in a chat; None where no connector can.
    speak: Speak | None = None
    clock: Clock = field(default_factory=SystemClock)


#: Name of the receiver that brings answers and questions back to the groups themselves.
GROUP = "group"

#: What every module in ``routing/targets`` offers as ``build``.
Build = Callable[[TargetConfig, Options, Tools], Target]


def target_kinds() -> tuple[str, ...]:
    """Return the kinds of receivers that exist, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(targets.__path__)))


def build_target(config: TargetConfig, tools: Tools) -> Target:
    """Return the receiver of a tenant file; ``ConfigurationError`` tells all that is wrong."""
    kinds = target_kinds()
    if config.kind not in kinds:
        raise errors.ConfigurationError(
            f"ontvanger '{config.name}': soort '{config.kind}' bestaat niet; "
            f"kies uit: {', '.join(kinds)}"
        )
    module = importlib.import_module(f"{targets.__name__}.{config.kind}")
    build = cast("Build", module.build)
    options = Options(config, tools.secret)
    target = build(config, options, tools)
    options.check()
    return target


def build_targets(tenant: Tenant, tools: Tools) -> Mapping[str, Target]:
    """Return all receivers of a tenant by name, and ``group`` for what goes back to groups."""
    configs = dict(tenant.targets)
    if tools.speak is not None:
        configs.setdefault(GROUP, TargetConfig(name=GROUP, kind="group"))
    return {name: build_target(config, tools) for name, config in configs.items()}
