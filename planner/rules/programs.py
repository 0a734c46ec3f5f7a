"""Programs of the command line that operators name in requests."""

from planner.rules.wordlist import wordlist

PROGRAMS: frozenset[str] = wordlist(
    "terraform kubectl helm docker aws gcloud az psql mysql git npm pip cargo ansible-playbook ansible pulumi redis-cli "
    "mongo systemctl rm dd mkfs flyway liquibase alembic gh vault consul eksctl doctl heroku fly"
)

SUBCOMMANDS: frozenset[str] = wordlist(
    "apply destroy plan delete rollout scale drain cordon restart upgrade install uninstall rollback push pull build run exec "
    "prune rm rmi stop kill publish reset revert clean merge rebase checkout start enable disable drop create restore dump "
    "migrate downgrade patch edit replace set get describe up down"
)
"""What a program of the command line is told to do."""
