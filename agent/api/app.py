"""The HTTP application: routes, errors, limits."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI, Security
from fastapi.security import HTTPBearer

from agent.api import (
    agents,
    approvals,
    audit,
    authority,
    control,
    deliveries,
    errors,
    events,
    health,
    memory,
    plans,
    policy,
    pruning,
    queue,
    routing,
    tasks,
    webhooks,
)
from agent.api.door import Door
from agent.api.limit import BodyLimit
from agent.api.pages.render import Pages
from agent.api.pages.routes import router as pages_router
from agent.api.rights import guard
from agent.service.served import Services

BODY_LIMIT = 256 * 1024
"""Bytes; a larger body is refused while it is read."""

PLAN_LIMIT = 32 * 1024 * 1024
"""The same for a request that brings its plan."""

Serving = Callable[[], AbstractAsyncContextManager[Services]]


def create_app(serving: Serving) -> FastAPI:
    """An application over services that live as long as it does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with serving() as services:
            app.state.services = services
            yield

    app = FastAPI(
        title="orchestrator",
        summary="terraform plan / apply for agent work",
        version=version("orchestrator"),
        lifespan=lifespan,
        responses=errors.answers(400, 401, 403, 500),
        dependencies=[Depends(guard), Security(HTTPBearer(auto_error=False))],
    )
    app.add_middleware(BodyLimit, limit=BODY_LIMIT, wider={"/orchestrate": PLAN_LIMIT}, mark=b'"plan"')
    app.add_middleware(Door)
    errors.install(app)
    app.state.pages = Pages()
    for module in (
        tasks,
        control,
        queue,
        approvals,
        authority,
        plans,
        policy,
        deliveries,
        audit,
        pruning,
        webhooks,
        events,
        agents,
        routing,
        memory,
        health,
    ):
        app.include_router(module.router)
    app.include_router(pages_router)
    return app
