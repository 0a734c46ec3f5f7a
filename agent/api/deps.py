"""What a route asks for: the services, and who is asking.

Coroutines, although they wait for nothing: whatever else is asked for is sent through a thread, at every request.
"""

from typing import Annotated

from fastapi import Depends, Request

from agent.api.door import STATE
from agent.service.served import Services
from domain.principal import Principal


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(_services)]


async def _caller(request: Request) -> Principal:
    principal: Principal = request.scope["state"][STATE]
    return principal


Caller = Annotated[Principal, Depends(_caller)]
"""By their key; with authentication off, by their word."""


async def _actor(caller: Caller) -> str:
    return caller.id


Actor = Annotated[str, Depends(_actor)]
"""The caller as the log names them."""
