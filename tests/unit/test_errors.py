"""What an error says, in one line."""

import pytest

from companion.errors import reason


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("first\nsecond"), "first"),
        (ValueError("\n  first  \n"), "first"),
        (ValueError("x" * 500), "x" * 200),
        (ValueError(""), "ValueError"),
        (ValueError(" \n"), "ValueError"),
    ],
)
def test_the_reason_is_one_line_and_never_nothing(error: Exception, said: str) -> None:
    assert reason(error) == said
