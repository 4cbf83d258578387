# SPDX-License-Identifier: EUPL-1.2
"""Whatever a program sends, every operation answers as its own document says (schemathesis)."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from dashboard.api.app import create_api
from dashboard.api.scope import Scope
from dashboard.services import WebSettings
from tests.dashboard.api.program import BASE, person
from tests.dashboard.serving import serving
from tests.dashboard.world import World

#: Requests per operation, of each of: what fits the document, and what does not.
EXAMPLES = 8


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_its_document_says(world: World, mode: GenerationMode) -> None:
    world.settings = WebSettings(api_calls=100_000)
    account = world.account("meldkamer", "Agnes")
    made = person(world, account, set(Scope) - {Scope.HANDHAVING})
    signal, seen = world.signal(), 0
    with serving(world.app()) as served:
        schema = schemathesis.openapi.from_dict(create_api(world.services).state.document)
        schema.config.update(base_url=f"{served.url}{BASE}")
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            takes = operation.definition.raw.keys() & {"parameters", "requestBody"}
            if mode is GenerationMode.NEGATIVE and not takes:
                # Nothing can be wrong with a request that has no parts.
                continue
            cases = operation.as_strategy(generation_mode=mode)

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=cases)
            def answers(case: Any) -> None:
                nonlocal seen
                seen += 1
                if seen % 2 and mode is GenerationMode.POSITIVE and "id" in case.path_parameters:
                    case.path_parameters["id"] = signal.id
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {made.secret}"},
                    # A cursor that is none of ours, or a search by person, is refused by its
                    # meaning: no schema can tell it apart.
                    excluded_checks=[positive_data_acceptance],
                )

            answers()
    assert seen >= len(create_api(world.services).state.document["paths"]) * EXAMPLES / 2
