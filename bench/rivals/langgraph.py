"""LangGraph with its Postgres checkpointer: a graph a task, a checkpoint after every superstep."""

import asyncio
import json
import operator
import sys
import time
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

AT_ONCE = 100


class State(TypedDict):
    done: Annotated[list[str], operator.add]


def graph(width: int, saver: Any) -> Any:
    def node(name: str) -> Any:
        async def work(_state: State) -> dict[str, list[str]]:
            return {"done": [name]}

        return work

    built = StateGraph(State)
    middle = [f"m{number}" for number in range(width)]
    for name in ("first", *middle, "last"):
        built.add_node(name, node(name))
    built.add_edge(START, "first")
    for name in middle:
        built.add_edge("first", name)
    built.add_edge(middle, "last")
    built.add_edge("last", END)
    return built.compile(checkpointer=saver)


async def main(dsn: str, tasks: int, width: int) -> None:
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool(dsn, min_size=10, max_size=10, kwargs=options) as pool:
        saver = AsyncPostgresSaver(pool)  # type: ignore[arg-type]
        await saver.setup()
        made, gate = graph(width, saver), asyncio.Semaphore(AT_ONCE)

        async def run(number: int) -> None:
            async with gate:
                found = await made.ainvoke(
                    {"done": []}, {"configurable": {"thread_id": f"t{time.time_ns()}-{number}"}}
                )
                assert len(found["done"]) == width + 2

        await run(-1)
        began = time.perf_counter()
        await asyncio.gather(*map(run, range(tasks)))
        print(json.dumps({"subtasks_per_s": tasks * (width + 2) / (time.perf_counter() - began)}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
