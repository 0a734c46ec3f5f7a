"""The planner under Inspect AI and under our own measurement: `python -m bench.inspection SUITE MANIFEST [SPLIT]`.

Fails where any figure differs.
"""

import sys
import tempfile
from pathlib import Path

from inspect_ai import eval as evaluated

from agent.cli.address import settings_in
from agent.cli.eval.inspection import plans
from agent.cli.eval.plan import Asked, measured


def under_inspect(suite: str, manifest: str, split: str | None) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as logs:
        task = plans(suite, manifest, split=split)
        (log,) = evaluated(task, model="none/none", log_dir=logs, display="none")
    if log.status != "success" or log.results is None:
        raise SystemExit(f"Inspect's run ended as {log.status}: {log.error}")
    (score,) = log.results.scores
    return {"n": float(score.scored_samples or 0)} | {
        name: float(figure.value) for name, figure in score.metrics.items()
    }


def main() -> None:
    suite, manifest, *more = sys.argv[1:]
    split = more[0] if more else None
    asked = Asked(Path(suite), Path(manifest), split=split)
    own = {name: float(value) for name, value in measured(asked, settings_in(None)).model_dump().items()}
    own.pop("cpu_ms_p95")
    there = under_inspect(suite, manifest, split)
    for name, figure in own.items():
        print(f"{name:18} {figure:8.1f} {there.get(name, float('nan')):8.1f}")
    if own != there:
        raise SystemExit("Inspect AI does not measure what `orchestrator eval plan` measures")


if __name__ == "__main__":
    main()
