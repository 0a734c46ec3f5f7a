"""Fills in the templates of the manifest: arguments before a call, outputs after it.

Jinja2 in its sandbox. Values are data: what was filled in is never looked at as a template again, so a
commit message that says `{{ 7*7 }}` stays as it is.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, pass_context
from jinja2 import TemplateError as JinjaError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.base import Json
from domain.errors import FieldIssue, OrchestratorError

Scope = Mapping[str, object]

LONGEST = 4 * 1024 * 1024
"""Characters in one filled-in value; a multiplication in a template may not ask for more."""


ENVIRONMENT: Final = "environment"
"""The name under which templates find where a step acts."""


class TemplateError(OrchestratorError):
    """A template of the manifest cannot be filled in; the message names it and what it lacks."""

    code = "TEMPLATE_FAILED"


def render(template: Json, scope: Scope, *, where: str) -> Json:
    """The template filled in from `scope`; a string that is one `{{ expression }}` keeps its type."""
    match template:
        case str():
            return _filled(template, scope, where)
        case list():
            return [render(item, scope, where=f"{where}[{i}]") for i, item in enumerate(template)]
        case dict():
            return {name: render(value, scope, where=f"{where}.{name}") for name, value in template.items()}
        case _:
            return template


def issues(template: Json, *, where: str) -> Iterator[FieldIssue]:
    """What is wrong with the template itself, before there is anything to fill in."""
    match template:
        case str():
            try:
                _compiled(template)
            except TemplateSyntaxError as error:
                yield FieldIssue(where, f"bad template, line {error.lineno}: {error.message}")
        case list():
            for i, item in enumerate(template):
                yield from issues(item, where=f"{where}[{i}]")
        case dict():
            for name, value in template.items():
                yield from issues(value, where=f"{where}.{name}")
        case _:
            pass


def _filled(source: str, scope: Scope, where: str) -> Json:
    try:
        return _as_json(_compiled(source)(scope))
    except (
        JinjaError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        re.error,
    ) as error:
        raise TemplateError(f"template {where}: {error}; it knows {_known(scope)}") from error


def _known(scope: Scope) -> str:
    """The names a template may use, two levels deep: mostly it is an input that is missing."""
    names = (
        f"{name} ({', '.join(map(str, value)) or 'empty'})" if isinstance(value, Mapping) else name
        for name, value in scope.items()
    )
    return ", ".join(names)


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Callable[[Scope], object]:
    expression = _only_expression(source)
    if expression is None:
        return _JINJA.from_string(source).render
    compiled = _JINJA.compile_expression(expression, undefined_to_none=False)
    return lambda scope: _defined(compiled(scope))


def _only_expression(source: str) -> str | None:
    """The expression, if the whole string is one.

    The lexer decides that, because `{{ a }} {{ b }}` and `{{ '}}' }}` fool a pattern.
    """
    tokens = list(_JINJA.lex(source.strip()))
    kinds = [kind for _, kind, _ in tokens]
    if not kinds or kinds[0] != "variable_begin" or kinds[-1] != "variable_end":
        return None
    if kinds.count("variable_begin") > 1 or "block_begin" in kinds:
        return None
    return "".join(text for _, _, text in tokens[1:-1])


def _defined(value: object) -> object:
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()  # noqa: SLF001 - the one way to raise jinja's own sentence
    return value


def _as_json(value: object) -> Json:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case Mapping():
            return {str(name): _as_json(inner) for name, inner in value.items()}
        case Undefined():
            return _as_json(_defined(value))
        case list() | tuple() | Iterator():
            return [_as_json(inner) for inner in value]
        case _:
            raise TypeError(f"the expression gives a {type(value).__name__}, which is not JSON")


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**"})

    def getattr(self, obj: object, attribute: str) -> object:
        """Data first: an output called `items` must not turn into a method of dict."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Neither a power nor a repetition may grow past what a value may be long."""
        size = max((len(side) for side in (left, right) if isinstance(side, str | list | tuple)), default=0)
        times = max((abs(side) for side in (left, right) if isinstance(side, int | float)), default=0)
        if operator == "**" or size * times > LONGEST:
            raise ValueError(f"{operator} would grow too large")
        return super().call_binop(context, operator, left, right)


def _findall(text: str, pattern: str) -> list[Json]:
    """All matches: objects by group name where the pattern names groups, else the matched texts."""
    return [_matched(match) for match in _pattern(pattern).finditer(text)]


def _find(text: str, pattern: str) -> Json:
    """The first match, like findall's; an empty object where there is none, so that `default` can follow."""
    match = _pattern(pattern).search(text)
    return _matched(match) if match else {}


def _pattern(pattern: str) -> re.Pattern[str]:
    """Jinja reads backslashes in its strings first, and makes a backspace of the `b` of a word boundary."""
    if "\b" in pattern:
        raise ValueError("the pattern holds a backspace; inside a template write a word boundary as \\\\b")
    return re.compile(pattern)


def _matched(match: re.Match[str]) -> Json:
    named: dict[str, Json] = dict(match.groupdict())
    return named or match[0]


def _first_line(text: str) -> str:
    """Split at line feeds alone, as git does: other separators belong to the line."""
    return text.strip().split("\n", 1)[0].rstrip()


def _left(text: str, length: int) -> str:
    return text[:length]


def _zip(values: Iterable[object], others: Iterable[object]) -> list[list[object]]:
    return [[one, other] for one, other in zip(values, others, strict=True)]


@pass_context
def _place(context: Context, _text: str) -> object:
    """As manifests once asked for it: whatever they hand over, it is where the gate heard that the step acts."""
    if ENVIRONMENT not in context:
        raise ValueError(
            "where this step acts was not kept when its plan was made; edit the plan, which has it judged anew"
        )
    return context[ENVIRONMENT]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sandbox() -> _Sandbox:
    jinja = _Sandbox(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    # `lipsum` and its like make text out of nothing, as much as one asks for.
    jinja.globals = {"range": jinja.globals["range"]}
    jinja.filters |= {
        "findall": _findall,
        "find": _find,
        "first_line": _first_line,
        "left": _left,
        "place": _place,
        "json": _json,
        "zip": _zip,
    }
    return jinja


_JINJA = _sandbox()
