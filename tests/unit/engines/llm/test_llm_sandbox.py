"""A chat template is foreign code: it gets what transformers gives it, and no more."""

from datetime import datetime

import pytest
from jinja2 import TemplateError

from companion.engines.llm.sandbox import LONGEST, TemplateTooGreedy, render


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ {'a': '<é>'} | tojson }}", '{"a": "<é>"}'),
        ("{% for x in [1, 2, 3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}", "13"),
        ("{% generation %}hers{% endgeneration %}", "hers"),
        ("{%- set ns = namespace(n=0) -%}\n  {%- set ns.n = 4 %}\n{{ 'a' ~ ns.n ~ 'b' }}", "a4b"),
        ("{{ 'a' * 3 + '!' }}{{ 7 % 4 }}", "aaa!3"),
        ("{{ words.split(',')[0].strip() | upper }}", "HI"),
    ],
)
def test_what_templates_use_works(source: str, expected: str) -> None:
    assert render(source, {"words": " hi , there"}) == expected


def test_the_date_is_there_for_templates_that_show_it() -> None:
    assert render("{{ strftime_now('%Y') }}", {}) == str(datetime.now().astimezone().year)


def test_a_template_may_refuse() -> None:
    with pytest.raises(TemplateError, match="no system messages here"):
        render("{{ raise_exception('no system messages here') }}", {})


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.append(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{{ messages[5].content.real.thing }}",
        "{% if %}",
        "{{ 1 / 0 }}",
        "{{ 'a' + 1 }}",
    ],
)
def test_what_it_may_not_do_is_a_template_error(source: str) -> None:
    with pytest.raises(TemplateError):
        render(source, {"messages": []})


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10 ** 9 }}",
        "{{ 9 ** 9999999 }}",
        "{{ 'a'.ljust(10000000) }}",
        "{{ 'a' | indent(10000000) }}",
        "{% for i in range(9000) %}{% for j in range(9000) %}{% endfor %}{% endfor %}",
        "{% for i in range(90000) %}" + "x" * 20 + "{% endfor %}",
        "{% set ns = namespace(x='abcdefgh') %}"
        "{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x='abcdefgh') %}"
        "{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x='aa') %}{% for i in range(9) %}"
        "{% set ns.x = ns.x.replace('a', ns.x) %}{% endfor %}",
        "{% set ns = namespace(x='aa') %}{% for i in range(40) %}"
        "{% set y %}{{ ns.x }}{{ ns.x }}{% endset %}{% set ns.x = y %}{% endfor %}",
        "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    ],
)
def test_a_greedy_template_is_stopped(source: str) -> None:
    with pytest.raises(TemplateTooGreedy):
        render(source, {})


@pytest.mark.parametrize("source", ["{{ '%900000000d' % 1 }}", "{{ 'a' | center(900000000) }}"])
def test_padding_that_no_template_needs_is_not_there(source: str) -> None:
    with pytest.raises(TemplateError):
        render(source, {})


def test_text_up_to_the_bound_is_allowed() -> None:
    assert len(render("{{ text }}", {"text": "x" * LONGEST})) == LONGEST
