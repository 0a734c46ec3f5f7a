"""Templates of the manifest: types are kept, values stay data, and what is missing is named."""

import pytest

from agent.specialists.template import LONGEST, Scope, TemplateError, issues, render
from domain.base import Json

SCOPE: Scope = {
    "result": {"text": "one two", "structured": {"items": [1, 2], "ok": True}},
    "inputs": {"items": 3, "commits": [{"sha": "abc", "message": "Fix {{ 7*7 }} {% raw %}\n\nbody"}]},
    "context": None,
}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("plain", "plain"),
        ("{{ result.structured }}", {"items": [1, 2], "ok": True}),
        ("{{ result.structured.items }}", [1, 2]),  # an output's name goes before a method of dict
        ("{{ result.structured.ok }}", True),
        ("  {{ inputs.items }}  ", 3),
        ("{{ inputs.items }} items\n", "3 items\n"),
        ("{{ 1 }}{{ 2 }}", "12"),  # two expressions are a text
        ("{{ '}}' }}", "}}"),  # the end of an expression inside a string is not its end
        ("{# nothing #}{{ 1 }}", "1"),
        ("{{ inputs.commits | map(attribute='sha') }}", ["abc"]),
        ("{{ context.max_count | default(5) }}", 5),
        ({"a": ["{{ inputs.items }}", 1, None]}, {"a": [3, 1, None]}),
    ],
)
def test_what_a_template_gives(template: Json, value: Json) -> None:
    assert render(template, SCOPE, where="arguments") == value


def test_a_value_is_never_read_as_a_template_again() -> None:
    message = "Fix {{ 7*7 }} {% raw %}\n\nbody"
    assert render("{{ inputs.commits[0].message }}", SCOPE, where="a") == message
    assert render("- {{ inputs.commits[0].message }}", SCOPE, where="a") == f"- {message}"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ inputs.notes }}", "no attribute 'notes'"),
        ("{{ nobody }}", "'nobody' is undefined"),
        ("text {{ inputs.notes.path }}", "no attribute 'notes'"),
        ("{{ inputs.items | first_line }}", "no attribute 'strip'"),
        ("{{ result.text | findall('(') }}", "missing ), unterminated"),
        ("{{ result.text | findall('\\bone') }}", "word boundary"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ inputs.commits.append(1) }}", "unsafe"),
        ("{{ 'x' * 99999999999 }}", "grow too large"),
        ("{{ 9 ** 9 ** 9 }}", "grow too large"),
        ("{{ range(999999999) | list }}", "Range too big"),
        ("{{ lipsum() }}", "'lipsum' is undefined"),
    ],
)
def test_what_cannot_be_filled_in_names_the_template_and_what_it_knows(template: str, reason: str) -> None:
    with pytest.raises(TemplateError) as failed:
        render(template, SCOPE, where="arguments.path")
    assert "template arguments.path:" in failed.value.message
    assert reason in failed.value.message
    assert "inputs (items, commits)" in failed.value.message


def test_patterns_give_objects_by_the_names_of_their_groups() -> None:
    found = render("{{ result.text | findall('(?P<first>[a-z])(?P<rest>[a-z]+)') }}", SCOPE, where="a")
    assert found == [{"first": "o", "rest": "ne"}, {"first": "t", "rest": "wo"}]
    assert render("{{ (result.text | find('(?P<n>[0-9]+)')).n | default(100) }}", SCOPE, where="a") == 100


def test_lines_end_where_git_ends_them() -> None:
    scope = {"text": "a\u2028b\x0bc \r\nbody"}
    assert render("{{ text | first_line }}", scope, where="a") == "a\u2028b\x0bc"


def test_bad_templates_are_found_before_they_are_needed() -> None:
    template: Json = {"a": "{{ x", "b": ["fine {{ x }}", "{% if %}"], "c": "{{ x | nofilter }}"}
    assert [issue.path for issue in issues(template, where="arguments")] == [
        "arguments.a",
        "arguments.b[1]",
        "arguments.c",
    ]


def test_a_long_value_may_still_be_filled_in() -> None:
    scope = {"text": "x" * LONGEST}
    assert render("{{ text }}", scope, where="a") == scope["text"]
