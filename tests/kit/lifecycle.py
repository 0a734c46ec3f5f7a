"""What the life of a task should be: a model of one with two subtasks in a row, small enough to be read at once.

It knows where everything comes to rest after each order, and which answer the order gets.
"""

from dataclasses import dataclass, field
from typing import Literal

Word = Literal["retry", "done", "skip", "fail"]
Outcome = Literal["completed", "failed", "blocked"]

PASSED = {"completed", "skipped"}
STANDS = {"approval_pending", "planned", "running", "pausing", "paused", "blocked"}
"""Statuses in which a plan may still be run."""

REASSIGNABLE = {"pending", "waiting_approval", "ready", "blocked", "failed"}
AGENTS = ("worker", "other")


@dataclass
class Model:
    asks: bool
    under_way: bool
    fails_fast: bool
    status: str = "planned"
    approval: str | None = None
    nodes: dict[str, str] = field(default_factory=lambda: {"a": "pending", "b": "pending"})
    calls: dict[str, int] = field(default_factory=lambda: {"a": 0, "b": 0})

    def __post_init__(self) -> None:
        if self.asks:
            self.status, self.approval = "approval_pending", "pending"
            self.nodes = dict.fromkeys(self.nodes, "waiting_approval")
        self._settle()

    def running(self) -> str | None:
        return next((node for node, state in self.nodes.items() if state == "running"), None)

    def decide(self, answer: Literal["approved", "rejected"]) -> int:
        """What was answered before may be answered again, by the same person."""
        if self.approval != "pending":
            return 410 if self.approval == "expired" else 200 if self.approval == answer else 409
        self.approval = answer
        if answer == "rejected":
            self.status = "rejected"
        else:
            self.status = "planned"
            self.nodes = {n: "pending" if s == "waiting_approval" else s for n, s in self.nodes.items()}
        self._settle()
        return 200

    def expire(self) -> None:
        self.status = self.approval = "expired"

    def may_run(self) -> int:
        match self.status:
            case "rejected":
                return 403
            case "expired":
                return 410
            case "planned" | "paused" | "blocked" | "running":
                return 200
            case _:
                return 409

    def resume(self) -> int:
        return 200 if self.status in {"pausing", "completed"} else self.may_run()

    def execute(self) -> int:
        code = self.may_run()
        if code != 200:
            return code
        self.under_way, self.status = True, "running"
        self._settle()
        return 202

    def pause(self) -> int:
        if self.status == "running":
            self.status = "pausing"
            self._settle()
            return 202
        return 202 if self.status in {"pausing", "paused"} else 409

    def unpause(self) -> int:
        if self.status in {"pausing", "paused"}:
            self.under_way, self.status = True, "running"
            self._settle()
            return 202
        return 202 if self.status == "running" else 409

    def cancel(self) -> int:
        if self.status in {"completed", "failed"}:
            return 409
        self.status = "cancelled"
        self.approval = "cancelled" if self.approval == "pending" else self.approval
        self.nodes = {n: s if s in PASSED else "cancelled" for n, s in self.nodes.items()}
        return 202

    def finish(self, node: str, outcome: Outcome) -> None:
        self.nodes[node] = outcome
        self._settle()

    def skip(self, node: str) -> int:
        state = self.nodes[node]
        if self.status not in STANDS or state in {"running", "completed", "cancelled"}:
            return 409
        self.nodes[node] = "skipped"
        if state != "skipped":
            self._go_on()
        return 202

    def answer(self, node: str, word: Word) -> int:
        state = self.nodes[node]
        if (
            self.status not in STANDS
            or state not in {"blocked", "failed"}
            or (state, word) == ("failed", "fail")
        ):
            return 409
        self.nodes[node] = {"retry": "ready", "done": "completed", "skip": "skipped", "fail": "failed"}[word]
        self._go_on()
        return 202

    def assign(self, node: str, agent: str) -> int:
        """Another agent is another plan: what people had to say yes to, they have to say yes to anew."""
        if agent not in AGENTS:
            return 404
        if self.status not in STANDS or self.nodes[node] not in REASSIGNABLE:
            return 409
        if self.asks and self.status == "pausing":
            return 409
        if self.asks:
            self.nodes[node], self.status, self.approval = "waiting_approval", "approval_pending", "pending"
        else:
            self.nodes[node] = "ready" if self.calls[node] else "pending"
            self._go_on()
        return 202

    def _go_on(self) -> None:
        if self.status == "blocked":
            self.status = "running"
        self._settle()

    def _settle(self) -> None:
        """Where workers take it, and no further than where a call is waited for."""
        if self.status == "planned" and self.under_way:
            self.status = "running"
        if self.status == "pausing" and self.running() is None:
            self.status = "paused"
        if self.status != "running":
            return
        if self.fails_fast and "failed" in self.nodes.values():
            self.status = "failed"
            return
        for node, before in (("a", None), ("b", "a")):
            if self.nodes[node] in {"pending", "ready"} and (before is None or self.nodes[before] in PASSED):
                self.nodes[node] = "running"
                self.calls[node] += 1
        if self.running() is None:
            self.status = "completed" if {*self.nodes.values()} <= PASSED else "blocked"
