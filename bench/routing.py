"""How long a decision of the router takes among 1 000 agents: `python -m bench.routing`.

CPU time, beside a floor of the same run, as machines differ: 10 000 additions in plain Python.
"""

import random
import time

from domain.agent import Agent, HttpEndpoint, Manifest, Need, Skill
from routing.route import Router

AGENTS, DECISIONS = 1_000, 2_000
_VERBS = [
    "build",
    "review",
    "deploy",
    "test",
    "write",
    "monitor",
    "migrate",
    "translate",
    "search",
    "paint",
    "measure",
    "plan",
    "mend",
    "move",
    "sign",
]
_THINGS = [
    "api",
    "page",
    "table",
    "pipeline",
    "invoice",
    "report",
    "alert",
    "cluster",
    "image",
    "contract",
    "schedule",
    "parcel",
    "garden",
    "ledger",
    "song",
]


def manifest(draw: random.Random) -> Manifest:
    return Manifest(schema_version="1.0", agents=tuple(_agent(n, draw) for n in range(AGENTS)))


def _agent(number: int, draw: random.Random) -> Agent:
    own = [f"{draw.choice(_VERBS)} the {draw.choice(_THINGS)} of team{number}" for _ in range(4)]
    skill = Skill(
        id=f"skill-{number}",
        description=own[0],
        tags=(draw.choice(_VERBS), draw.choice(_THINGS)),
        examples=tuple(own),
    )
    return Agent(
        id=f"agent-{number}",
        description=own[1],
        skills=(skill,),
        endpoint=HttpEndpoint(kind="http", url="http://127.0.0.1:9/"),
    )


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * len(values))]


def timed(work: object) -> float:
    began = time.process_time_ns()
    work()  # type: ignore[operator]
    return (time.process_time_ns() - began) / 1e6


def main() -> None:
    draw = random.Random(7)
    router = Router(manifest(draw))
    texts = [
        f"Please {draw.choice(_VERBS)} the {draw.choice(_THINGS)} for team{draw.randrange(AGENTS)} and tell them"
        for _ in range(DECISIONS)
    ]
    for text in texts[:50]:
        router.rank(Need(text=text))
    taken = [timed(lambda text=text: router.rank(Need(text=text))) for text in texts]
    floor = [timed(lambda: sum(number for number in range(10_000))) for _ in range(200)]
    print(
        f"{AGENTS} agents, {DECISIONS} decisions, CPU ms: p50 {percentile(taken, 0.5):.3f}, p99 {percentile(taken, 0.99):.3f}"
    )
    print(f"floor, 10 000 additions, CPU ms: p50 {percentile(floor, 0.5):.3f}")
    print(f"p99 over floor: {percentile(taken, 0.99) / percentile(floor, 0.5):.1f}")


if __name__ == "__main__":
    main()
