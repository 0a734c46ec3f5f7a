"""Which library is chosen, and what choosing costs."""

import subprocess
import sys

from agent.llm.choose import choose_model
from agent.llm.litellm import LiteLlmModel
from agent.llm.openai import OpenAiModel


def test_a_key_alone_starts_nothing() -> None:
    assert choose_model(None, api_key="k", base_url=None) is None
    assert choose_model("", api_key="k", base_url="http://localhost/v1") is None


def test_plain_names_and_base_urls_are_openai_s_and_providers_are_litellm_s() -> None:
    assert isinstance(choose_model("gpt-x", api_key="k", base_url=None), OpenAiModel)
    assert isinstance(choose_model("openai/gpt-x", api_key="k", base_url=None), OpenAiModel)
    assert isinstance(choose_model("anthropic/claude-x", api_key=None, base_url=None), LiteLlmModel)


def test_a_name_with_a_slash_is_kept_where_a_base_url_says_who_is_asked() -> None:
    model = choose_model("meta/llama-x", api_key=None, base_url="http://localhost:11434/v1")
    assert isinstance(model, OpenAiModel)
    assert model.name == "meta/llama-x"


def test_choosing_imports_neither_library() -> None:
    program = (
        "import sys; from agent.llm.choose import choose_model;"
        "choose_model('anthropic/x', api_key=None, base_url=None);"
        "sys.exit(bool({'openai', 'litellm'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=".").returncode == 0


def test_litellm_is_had_by_name_even_where_a_base_url_is_set() -> None:
    model = choose_model("litellm/anthropic/claude-x", api_key=None, base_url="http://localhost/v1")
    assert isinstance(model, LiteLlmModel)
    assert model.name == "anthropic/claude-x"


def test_nothing_that_plans_or_serves_imports_either_library_or_a_sentence_model() -> None:
    program = (
        "import sys; import agent.bootstrap.serve, agent.bootstrap.models, agent.cli.planning, agent.cli.doctor.models;"
        "from agent.config import load; from agent.bootstrap.plans import plans;"
        "settings = load(orchestrator_model='small,litellm/x/y');"
        "agent.bootstrap.models.planner_of(plans(settings), agent.bootstrap.models.models_of(settings));"
        "sys.exit(bool({'openai', 'litellm', 'numpy', 'onnxruntime', 'tokenizers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=".").returncode == 0
