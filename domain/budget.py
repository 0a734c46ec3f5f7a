"""What work may cost, and what of that is spoken for. Amounts are US dollars and tokens."""

from domain.base import Value
from domain.errors import BudgetExceededError


class Budget(Value):
    """Spending is reserved before it happens and settled after, so that it is never overrun."""

    limit_usd: float
    limit_tokens: int
    reserved_usd: float = 0.0
    reserved_tokens: int = 0
    spent_usd: float = 0.0
    spent_tokens: int = 0

    def reserve(self, *, usd: float, tokens: int) -> "Budget":
        """Set aside; raises BudgetExceededError when that would go over either limit."""
        if self.spent_usd + self.reserved_usd + usd > self.limit_usd:
            raise BudgetExceededError(
                f"a call for up to ${usd:.4f} would go over the budget of ${self.limit_usd:.4f} "
                f"(${self.spent_usd:.4f} spent); raise it or plan with rules"
            )
        if self.spent_tokens + self.reserved_tokens + tokens > self.limit_tokens:
            raise BudgetExceededError(
                f"a call for up to {tokens} tokens would go over the budget of {self.limit_tokens} "
                f"({self.spent_tokens} spent); raise it or plan with rules"
            )
        return self.model_copy(
            update={
                "reserved_usd": self.reserved_usd + usd,
                "reserved_tokens": self.reserved_tokens + tokens,
            }
        )

    def settle(self, reserved: tuple[float, int], *, usd: float, tokens: int) -> "Budget":
        """Give back what was set aside and book what was spent."""
        return self.model_copy(
            update={
                "reserved_usd": max(0.0, self.reserved_usd - reserved[0]),
                "reserved_tokens": max(0, self.reserved_tokens - reserved[1]),
                "spent_usd": self.spent_usd + usd,
                "spent_tokens": self.spent_tokens + tokens,
            }
        )
