"""How soon a dead or frozen holder's work can be taken, by two ways of holding it.

`session`: a session advisory lock, which frees itself with its connection; a holder that does not beat for
`FROZEN_S` has its session ended. `lease`: a row leased until a time, renewed by a thread three times a lease.

    python -m bench.takeover postgresql://…            prints JSON, medians of five
"""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time

import asyncpg

FROZEN_S = 4.0
LEASE_S = 5.0
POLL_S = 0.1
ROUNDS = 5

HOLDER = """
import asyncio, asyncpg, sys
async def main():
    dsn, way = sys.argv[1:]
    holding, beating = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    if way == "session":
        await holding.execute("SELECT pg_advisory_lock(99, 1)")
        await beating.execute("UPDATE held SET pid = $1", holding.get_server_pid())
    print("held", flush=True)
    while True:
        if way == "session":
            await beating.execute("UPDATE held SET beat_at = clock_timestamp()")
            await asyncio.sleep(1)
        else:
            await beating.execute("UPDATE held SET until = clock_timestamp() + interval '5 s'")
            await asyncio.sleep(5 / 3)
asyncio.run(main())
"""

TAKE = {
    "session": "SELECT pg_try_advisory_lock(99, 1)",
    "lease": "UPDATE held SET until = clock_timestamp() + interval '1 h' WHERE until < clock_timestamp() RETURNING true",
}
END_FROZEN = (
    "SELECT pg_terminate_backend(pid) FROM held WHERE beat_at < clock_timestamp() - $1 * interval '1 s'"
)


async def takeover(dsn: str, way: str, ending: signal.Signals) -> float:
    """Seconds from the signal until somebody else has it."""
    taker = await asyncpg.connect(dsn)
    await taker.execute("DROP TABLE IF EXISTS held")
    await taker.execute("CREATE TABLE held (pid int, beat_at timestamptz, until timestamptz)")
    await taker.execute("INSERT INTO held VALUES (0, clock_timestamp(), clock_timestamp())")
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, dsn, way], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert (await asyncio.to_thread(holder.stdout.readline)).strip() == "held"
        await asyncio.sleep(1 + os.getpid() % 7 / 7)
        began = time.monotonic()
        holder.send_signal(ending)
        while not await taker.fetchval(TAKE[way]):
            if way == "session":
                await taker.execute(END_FROZEN, FROZEN_S)
            await asyncio.sleep(POLL_S)
        return time.monotonic() - began
    finally:
        holder.kill()
        holder.wait()
        await taker.close()


async def main(dsn: str) -> None:
    found = {}
    for way in TAKE:
        for name, ending in (("killed", signal.SIGKILL), ("frozen", signal.SIGSTOP)):
            times = [await takeover(dsn, way, ending) for _ in range(ROUNDS)]
            found[f"{way} {name}"] = {
                "median_s": round(statistics.median(times), 2),
                "max_s": round(max(times), 2),
            }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
