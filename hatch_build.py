# SPDX-License-Identifier: EUPL-1.2
"""Package build hook: make ``dashboard/static/vendor`` before files are collected."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontendHook(BuildHookInterface[Any]):
    """Runs ``tools/frontend.py``; its manifest makes a second run free."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the front end for a wheel (editable too) and for an sdist."""
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("frontend", root / "tools" / "frontend.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError("tools/frontend.py")
        frontend = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(frontend)
        self.app.display_info(frontend.build(root))
