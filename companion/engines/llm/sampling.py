"""Choosing the next token: llama.cpp's own samplers, chained."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from companion.engines.llm import Sampling
from companion.engines.llm.native import llama

REMEMBERED = 64
"""Tokens that the repeat penalty looks back on (llama.cpp's default)."""


@contextmanager
def sampler(
    sampling: Sampling,
    vocabulary_size: int,
    said: Iterable[int],
    never: Sequence[int] = (),
    grammar: Any = None,
) -> Iterator[Any]:
    """A sampler chain for one reply, freed at the end.

    `said`: tokens she said before, which the repeat penalty holds back too. Only hers: holding back the
    user's words makes her avoid names, and holding back the template's makes her never stop. `never`: tokens
    that aren't chosen. `grammar`: llama.cpp's sampler of a grammar, freed with the chain; with one, what was
    said before isn't held back, for it doesn't stand in the grammar.
    """
    api = llama()
    parameters = api.llama_sampler_chain_default_params()
    parameters.no_perf = True
    chain = api.llama_sampler_chain_init(parameters)
    try:
        if grammar is not None:
            api.llama_sampler_chain_add(chain, grammar)
        for link in _links(api, sampling, vocabulary_size, never):
            api.llama_sampler_chain_add(chain, link)
        for token in list(said)[-REMEMBERED:] if grammar is None else []:
            api.llama_sampler_accept(chain, token)
        yield chain
    finally:
        api.llama_sampler_free(chain)


def _links(api: Any, sampling: Sampling, vocabulary_size: int, never: Sequence[int]) -> Iterator[Any]:
    """The links in order; min-p stands before top-p because it needs no sorting of the whole vocabulary."""
    if never:
        biases = (api.llama_logit_bias * len(never))(*((token, float("-inf")) for token in never))
        yield api.llama_sampler_init_logit_bias(vocabulary_size, len(never), biases)
    if sampling.repeat_penalty != 1.0:
        yield api.llama_sampler_init_penalties(vocabulary_size, REMEMBERED, sampling.repeat_penalty, 0.0, 0.0)
    if sampling.temperature <= 0.0:
        yield api.llama_sampler_init_greedy()
        return
    if sampling.min_p > 0.0:
        yield api.llama_sampler_init_min_p(sampling.min_p, 1)
    if sampling.top_p < 1.0:
        yield api.llama_sampler_init_top_p(sampling.top_p, 1)
    yield api.llama_sampler_init_temp(sampling.temperature)
    seed = sampling.seed if sampling.seed is not None else random.SystemRandom().getrandbits(31)
    yield api.llama_sampler_init_dist(seed & 0xFFFFFFFF)
