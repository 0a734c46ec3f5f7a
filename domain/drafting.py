"""How a language model took part in making a plan: what came of it, and what that cost."""

from typing import Literal

from pydantic import Field

from domain.base import Value

DraftingOutcome = Literal[
    "taken",
    "agreed",
    "refused",
    "too_large",
    "over_budget",
    "timed_out",
    "resting",
    "unreachable",
    "no_key",
    "failed",
]
"""`taken`: the plan is the model's. Else the rules' plan stands: `agreed`, as the model, too, found nothing to do; `refused`, because no answer passed the checks;
`too_large` for a model; `over_budget`, before anything was sent; `timed_out`; `resting`, as every model is left alone
after failures; `unreachable`; `no_key`, because ours was not accepted; `failed` in another way."""


class Spending(Value):
    """What was spent on a model. `cost_usd` is null where the model's price is not known."""

    calls: int = Field(default=0, ge=0)
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    cost_usd: float | None = None


class Drafting(Value):
    """`rounds` counts answers that were read. `mended` and `refused` are codes of findings: those that code put right
    in the answer that was taken, and those for which answers were sent back or given up.
    """

    outcome: DraftingOutcome
    model: str | None = None
    rounds: int = Field(default=0, ge=0)
    spending: Spending = Spending()
    mended: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
