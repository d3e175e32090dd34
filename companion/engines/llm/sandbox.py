"""The sandbox a model file's chat template runs in: what transformers gives a template, and no more.

A template comes with a downloaded file, so it is foreign code. It can't reach Python (jinja2's immutable
sandbox), nor the disk, and it can neither run long nor grow large: lines executed and the length of every
string it makes are bounded.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from types import FrameType
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 400_000
"""Characters (or items) in anything a template makes. A thousand messages render to about 100,000."""

MOST_LINES = 300_000
"""Lines of compiled template one rendering may run: over ten for each of a thousand messages is plenty."""

_GROWING_FILTERS = frozenset({"center", "format", "batch", "slice", "wordwrap", "filesizeformat", "urlize"})


class TemplateTooGreedy(TemplateError):
    """The template ran too long or made too much text."""


def _bounded(value: Any) -> Any:
    """Return `value`, unless it is longer than any prompt's template could need."""
    if isinstance(value, (str, list, tuple)) and len(value) > LONGEST:
        raise TemplateTooGreedy("the template makes too much text")
    return value


def _refuse_large_numbers(arguments: Iterable[Any]) -> None:
    """A number among a call's arguments is a width or a count: a huge one would make huge text."""
    if any(isinstance(argument, int) and abs(argument) > LONGEST for argument in arguments):
        raise TemplateTooGreedy("the template asks for too much text")


def _bounded_filter(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)  # keeps jinja2's marks of who wants the environment or the context
    def filtered(*args: Any, **kwargs: Any) -> Any:
        _refuse_large_numbers((*args[1:], *kwargs.values()))
        return _bounded(original(*args, **kwargs))

    return filtered


class _Generator(CodeGenerator):
    """Compiles `a ~ b` to a bounded join."""

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:
        """Write a call of the environment's bounded join instead of jinja2's own."""
        self.write("environment.concat([str(part) for part in (")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write(")])")


class _Generation(Extension):
    """`{% generation %}`: marks for training what the assistant said; here it says just what is in it."""

    tags = {"generation"}  # noqa: RUF012 - jinja2 reads it as a plain class attribute

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Return what stands between the tags."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class Sandbox(ImmutableSandboxedEnvironment):
    """jinja2's immutable sandbox with bounds on what a template makes."""

    code_generator_class = _Generator
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation])
        self.filters = {
            name: _bounded_filter(original)
            for name, original in self.filters.items()
            if name not in _GROWING_FILTERS
        }
        self.filters["tojson"] = _tojson
        self.globals.pop("lipsum", None)
        self.globals["raise_exception"] = _raise_exception
        self.globals["strftime_now"] = _strftime_now

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        """Join rendered parts, counting as it goes."""
        kept: list[str] = []
        length = 0
        for part in parts:
            kept.append(part)
            length += len(part)
            if length > LONGEST:
                raise TemplateTooGreedy("the template makes too much text")
        return "".join(kept)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute `left operator right` where the result stays small."""
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if operator == "**" and (not numbers or abs(left) > 1000 or abs(right) > 20):
            raise TemplateTooGreedy("the template computes too large a number")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("formatting with % is not available to a template")
        if operator == "*" and not numbers:
            size, times = (left, right) if not isinstance(left, int) else (right, left)
            if not isinstance(times, int) or len(size) * times > LONGEST:
                raise TemplateTooGreedy("the template makes too much text")
        return _bounded(super().call_binop(context, operator, left, right))

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function or method for the template; its result is bounded, as is what it may ask for."""
        _refuse_large_numbers((*args, *kwargs.values()))
        owner = getattr(__obj, "__self__", None)
        if isinstance(owner, str) and getattr(__obj, "__name__", "") in ("replace", "join"):
            text = sum(len(argument) for argument in args if hasattr(argument, "__len__"))
            if (len(owner) + 1) * (text + 1) > LONGEST * 100:
                raise TemplateTooGreedy("the template makes too much text")
        return _bounded(super().call(__context, __obj, *args, **kwargs))


def _tojson(value: Any, ensure_ascii: bool = False, indent: int | None = None, **options: Any) -> str:
    """JSON as transformers writes it: not escaped for HTML."""
    _refuse_large_numbers([indent or 0])
    return str(_bounded(json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, **options)))


def _raise_exception(message: str) -> None:
    raise TemplateError(str(message)[:300])


def _strftime_now(pattern: str) -> str:
    """The date for a template that shows it, in the machine's time zone."""
    if len(pattern) > 100:
        raise TemplateTooGreedy("the template's date format is too long")
    return datetime.now().astimezone().strftime(pattern)


def render(source: str, values: dict[str, Any]) -> str:
    """Render a template with these values. Raises jinja2.TemplateError, whatever went wrong."""
    try:
        return _compiled(source).call(values)
    except TemplateError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise TemplateError(f"{type(error).__name__}: {error}") from error
    except (MemoryError, RecursionError) as error:
        raise TemplateTooGreedy(type(error).__name__) from error


class _Compiled:
    """A compiled template and the code its lines are counted in."""

    def __init__(self, source: str) -> None:
        self._template = Sandbox().from_string(source)

    def call(self, values: dict[str, Any]) -> str:
        """Render, counting lines: a trace function sees each line of the template's own frames."""
        lines = 0

        def count(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal lines
            lines += 1
            if lines > MOST_LINES:
                raise TemplateTooGreedy("the template runs too long")
            return count

        def enter(frame: FrameType, event: str, argument: Any) -> Any:
            return count if frame.f_code.co_filename == "<template>" else None

        before = sys.gettrace()
        sys.settrace(enter)
        try:
            return self._template.render(values)
        finally:
            sys.settrace(before)


@functools.lru_cache(maxsize=8)
def _compiled(source: str) -> _Compiled:
    return _Compiled(source)
