"""A router and a gate small enough to predict, and agents to plan for."""

from collections.abc import Mapping, Sequence

from domain.agent import Agent, Candidate, HttpEndpoint, Manifest, Need, Ranking, RiskLevel, Skill
from domain.plan import Plan, Subtask
from domain.request import Request
from domain.verdict import Judgement, RuleHit, Verdict
from planner.pipeline import Planning
from planner.ports import Opinion

SOFTWARE: Mapping[str, str] = {
    "architect": "design architecture evaluate requirements rfc",
    "backend": "backend api endpoint service feature bugfix refactor",
    "frontend": "frontend ui page component form",
    "database": "database sql schema migration index backfill backup",
    "qa": "test regression e2e coverage verify",
    "reviewer": "review code-quality lint merge",
    "security": "security vulnerability secrets auth compliance",
    "infra": "terraform kubernetes docker cloud provision",
    "cicd": "ci pipeline github-actions build artifact",
    "release": "release deploy rollout canary rollback",
    "docs": "docs readme guide runbook changelog",
    "sre": "monitoring alert dashboard slo incident metrics",
}


def agent(agent_id: str, tags: str = "", *, consumes: str = "", produces: str = "") -> Agent:
    skill = Skill(
        id=agent_id,
        tags=tuple(tags.split()),
        consumes=tuple(consumes.split()),
        produces=tuple(produces.split()),
    )
    return Agent(id=agent_id, skills=(skill,), endpoint=HttpEndpoint(kind="http", url="http://127.0.0.1:9/"))


def manifest(*agents: Agent) -> Manifest:
    return Manifest(schema_version="1.0", agents=agents, version="m1")


SOFTWARE_MANIFEST = manifest(*(agent(name, tags) for name, tags in SOFTWARE.items()))

NOTES_MANIFEST = manifest(
    agent("git-history", "commits history git collect", produces="commits"),
    agent("clock", "date time today", produces="date"),
    agent("release-notes", "notes write draft", consumes="commits date", produces="notes"),
    agent("notes-check", "check mention verify missing", consumes="commits notes", produces="checked"),
    agent("publisher", "publish live notes", consumes="notes", produces="published"),
)


class SharedWords:
    """Ranks by how many words of an agent's tags stand in the text; all required tags must be there."""

    def __init__(self, manifest: Manifest) -> None:
        self._agents = manifest.agents

    def rank(self, need: Need, *, shown: int | None = None, opinion: Opinion | None = None) -> Ranking:
        said = set(need.text.lower().replace(",", " ").replace(".", " ").split())
        fit = [(self._score(each, said, need), each) for each in self._agents]
        able = [
            (score, each)
            for score, each in fit
            if score > 0 and {*need.required_tags} <= each.tags | {each.id}
        ]
        if opinion is not None:
            able = [(opinion(each.id, score), each) for score, each in able]
        best = sorted(able, key=lambda pair: (-pair[0], pair[1].id))
        named = tuple(
            Candidate(agent=each.id, is_eligible=True, score=score) for score, each in best[: shown or 3]
        )
        return Ranking(chosen=named[0].agent if named else None, candidates=named)

    def _score(self, each: Agent, said: set[str], need: Need) -> float:
        own = {tag.rstrip("s") for tag in each.tags}
        shared = len({word.rstrip("s") for word in said} & own)
        wanted = len({*need.preferred_tags, *need.required_tags} & each.tags)
        return 10.0 * shared + 5.0 * wanted


class GatesProduction:
    """High, and to be approved, is what says production."""

    version = "p1"

    def judge(self, _request: Request, subtasks: Sequence[Subtask]) -> Judgement:
        held = tuple(s.subtask_id for s in subtasks if any(c.environment == "production" for c in s.clauses))
        level: RiskLevel = "high" if held else "low"
        hits = tuple(
            RuleHit(
                rule="production",
                level="high",
                why="it says so",
                subtask_id=each,
                would_be_lower_if="it did not",
            )
            for each in held
        )
        return Judgement(
            verdict=Verdict(level=level, hits=hits, gated=held),
            risks={s.subtask_id: "high" if s.subtask_id in held else "low" for s in subtasks},
        )


def planning(of: Manifest = SOFTWARE_MANIFEST) -> Planning:
    return Planning(of, SharedWords(of), GatesProduction())


def request(title: str, description: str = "", task_id: str = "t-1") -> Request:
    return Request(task_id=task_id, title=title, description=description)


def agents_of(plan: Plan) -> list[str | None]:
    """Agents of the subtasks that were asked for, in order."""
    return [subtask.agent for subtask in plan.subtasks if not subtask.implied]


def before(plan: Plan, agent_id: str) -> set[str | None]:
    """Agents of the direct predecessors of an agent's subtasks."""
    by_id = {subtask.subtask_id: subtask for subtask in plan.subtasks}
    return {by_id[e.on].agent for s in plan.subtasks if s.agent == agent_id for e in s.depends_on}
