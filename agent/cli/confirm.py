"""Asking whoever sits at the terminal, in a way that ctrl-C ends."""

import asyncio
import sys

from agent.cli.draw.screen import is_attended, out
from agent.cli.refusal import usage


async def confirmed(question: str) -> bool:
    """Only a clear yes is one. Raises Refusal where nobody is there to be asked."""
    return (await told(f"{question} [y/N] ")).lower() in {"y", "yes"}


async def told(question: str) -> str:
    """What was typed. Waiting inside the loop, not in `input`, lets signals and the service go on."""
    if not is_attended():
        raise usage("nobody is there to be asked; say --yes")
    out().print(question, end="")
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline().strip()
