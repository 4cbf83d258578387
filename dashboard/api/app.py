# SPDX-License-Identifier: EUPL-1.2
"""Puts the interface for programs together; the pages carry it at ``/api/v1``."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.api import (
    changes,
    counts,
    decisions,
    history,
    incidents,
    orders,
    problem,
    signals,
    sources,
    taxonomy,
)
from dashboard.api.caller import admit
from dashboard.api.document import describe
from dashboard.api.gate import VERSION, Gate
from dashboard.errors import Failsafe
from dashboard.services import Services

ROUTERS = (
    signals.router,
    history.router,
    incidents.router,
    changes.router,
    decisions.router,
    counts.router,
    orders.router,
    taxonomy.router,
    sources.router,
)


def create_api(services: Services) -> FastAPI:
    """Return the interface; it knows tokens only, and no cookie."""
    api = FastAPI(
        title="Buurtsignaal",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(admit)],
        redirect_slashes=False,
        generate_unique_id_function=_name,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    api.state.services = services
    for router in ROUTERS:
        api.include_router(router)
    api.add_api_route("/openapi.json", openapi, name="openapi", include_in_schema=False)
    api.state.document = describe(api, services.settings)
    problem.install(api)
    # The last one added is the outermost.
    api.add_middleware(Failsafe)
    api.add_middleware(Gate, services=services)
    return api


def openapi(request: Request) -> Response:
    """Return the OpenAPI document; pages of other sites may read it too, as the rules ask."""
    document: dict[str, Any] = request.app.state.document
    return JSONResponse(document, headers={"Access-Control-Allow-Origin": "*"})


def _name(route: APIRoute) -> str:
    return route.name
