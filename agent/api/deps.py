"""What a route asks for: the services, and who is asking."""

from typing import Annotated

from fastapi import Depends, Header, Request

from agent.service.served import Services


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(_services)]


def _actor(x_actor: Annotated[str | None, Header(include_in_schema=False)] = None) -> str:
    """Until callers prove who they are, the log says that it was the API, and whom they claim to be."""
    return f"api:{x_actor}" if x_actor else "api"


Actor = Annotated[str, Depends(_actor)]
