"""Programs of the command line that operators name in requests."""

from planner.rules.wordlist import wordlist

PROGRAMS: frozenset[str] = wordlist(
    "terraform kubectl helm docker aws gcloud az psql mysql git npm pip cargo ansible-playbook ansible pulumi redis-cli "
    "mongo systemctl rm dd mkfs flyway liquibase alembic gh vault consul eksctl doctl heroku fly"
)
