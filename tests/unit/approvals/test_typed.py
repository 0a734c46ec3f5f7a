"""Lines as people type them: what only looks or stays on the desk goes on, what is not known to waits."""

from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.request import Request

POLICY = Policy.load(Path(__file__).parents[3] / "manifests" / "risk-policy.yaml")

LOOKS = [
    "kubectl logs -f deploy/api --namespace production",
    "kubectl -n prod get pods",
    "az vm list -o table",
    "aws --profile prod iam list-users",
    "git diff main...feature/refunds",
    'psql -c "select count(*) from orders"',
    "SELECT id, email FROM users WHERE active LIMIT 10;",
    "vault status",
    "iptables -L -n",
    "crontab -l",
    "terraform plan -out=tf.plan",
    "ansible-playbook site.yml --check --diff",
]
STAYS_ON_THE_DESK = [
    "git checkout -b drop-legacy-table",
    "pytest tests/unit/test_delete_user.py",
    "docker compose up -d postgres",
    "npm run lint",
    "rm -rf node_modules",
    "make test",
]
ACTS = [
    "kubectl frobnicate deployment/web",
    "kubectl --force delete pod web-1",
    "helm -n shop upgrade shop ./chart",
    "flyctl deploy --app shop",
    "gcloud sql instances patch orders --tier=db-n1",
    'psql -c "select 1; drop table users"',
    "psql -h db.internal -f cleanup.sql",
    "update users set active = 0 where id > 5;",
    "GRANT SELECT ON salaries TO intern;",
    "iptables -F",
    "crontab -r",
    "docker system prune -af --volumes",
    "terraform plan && terraform apply",
    "rm -rf /var/lib/postgresql",
    "dd if=/dev/zero of=/dev/sda bs=1M",
    "vault kv get secret/payments",
    "git push --force origin main",
    "consul kv delete -recurse config/",
    "vault write auth/approle/role/ci policies=root",
]
DESTROYS_PRODUCTION = [
    "gsutil -m rm -r gs://acme-prod-backups",
    'mongo prod --eval "db.dropDatabase()"',
    "DROP SCHEMA live CASCADE;",
    "az group delete --name rg-production --yes",
]
WHAT_A_SHELL_RUNS_BESIDES = [
    "kubectl delete ns billing # --dry-run",
    "kubectl get pods $(kubectl delete ns billing)",
    "kubectl get pods & kubectl delete ns billing",
    "helm upgrade api charts/api --version 1.2.3",
    "kubectl get secret db -o yaml",
]
SENTENCES = [
    "make everyone admin",
    "git history of main should be rewritten",
]


def level(text: str) -> str:
    return POLICY.rate(Request(task_id="t", title=text))


@pytest.mark.parametrize("text", LOOKS)
def test_a_line_that_only_looks_is_low_wherever_it_looks(text: str) -> None:
    assert level(text) == "low"


@pytest.mark.parametrize("text", STAYS_ON_THE_DESK)
def test_a_line_that_stays_on_the_desk_waits_for_nobody(text: str) -> None:
    assert level(text) in {"low", "medium"}


@pytest.mark.parametrize("text", ACTS)
def test_a_line_that_is_not_known_to_do_no_harm_waits(text: str) -> None:
    assert level(text) in {"high", "critical"}


@pytest.mark.parametrize("text", WHAT_A_SHELL_RUNS_BESIDES)
def test_nothing_beside_a_command_makes_it_harmless(text: str) -> None:
    assert level(text) in {"high", "critical"}


@pytest.mark.parametrize("text", DESTROYS_PRODUCTION)
def test_production_is_seen_in_addresses_and_names_too(text: str) -> None:
    assert level(text) == "critical"


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_that_begins_with_a_program_is_no_line(text: str) -> None:
    assert level(text) in {"high", "critical"}
