"""One wording for every check of an argument; the tests name each message whole."""

import re
import subprocess
import sys

import numpy as np
import pytest

from keras_genmodels import checks


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (lambda v: checks.integer("n", v), -5),
        (lambda v: checks.integer("n", v, least=0), 0),
        (lambda v: checks.integer("n", v, least=1, most=3), 3),
        (lambda v: checks.number("n", v), -1.5),
        (lambda v: checks.number("n", v, least=0), 0),
        (lambda v: checks.number("n", v, above=0, most=1), 1.0),
        (lambda v: checks.number("n", v, below=2), np.float32(1.5)),
        (lambda v: checks.share("n", v), 0.0),
        (lambda v: checks.one_of("n", v, ("a", "b")), "b"),
    ],
)
def test_a_good_value_comes_back(check, value):
    assert check(value) == value


@pytest.mark.parametrize("value", [np.int32(4), np.array(4), np.uint64(4)])
def test_an_integer_of_numpy_becomes_an_int(value):
    assert type(checks.integer("n", value)) is int


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (
            lambda: checks.integer("n", 1.0),
            "an integer. Received: n=1.0 of type float.",
        ),
        (lambda: checks.integer("n", "1"), "an integer. Received: n='1' of type str."),
        (
            lambda: checks.integer("n", True),
            "an integer. Received: n=True of type bool.",
        ),
        (lambda: checks.integer("n", None, 1), "an integer. Received: n=None of type"),
        (lambda: checks.number("n", "1"), "a number. Received: n='1' of type str."),
        (lambda: checks.number("n", 1j), "a number. Received: n=1j of type complex."),
        (lambda: checks.share("n", False), "a number. Received: n=False of type bool."),
    ],
)
def test_a_wrong_kind_is_a_type_error(check, message):
    with pytest.raises(TypeError, match=re.escape(f"`n` must be {message}")):
        check()


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: checks.integer("n", 0, least=1), ">= 1. Received: n=0."),
        (lambda: checks.integer("n", 9, most=8), "<= 8. Received: n=9."),
        (lambda: checks.integer("n", 9, 0, 8), "in [0, 8]. Received: n=9."),
        (lambda: checks.integer("n", 2**63), f"below 2**63. Received: n={2**63}."),
        (lambda: checks.number("n", -0.1, least=0), ">= 0. Received: n=-0.1."),
        (lambda: checks.number("n", 0, above=0), "> 0. Received: n=0."),
        (lambda: checks.number("n", 2, below=2), "< 2. Received: n=2."),
        (lambda: checks.number("n", 2, 0, 1), "in [0, 1]. Received: n=2."),
        (lambda: checks.number("n", 0, above=0, below=1), "in (0, 1). Received: n=0."),
        (lambda: checks.number("n", float("nan"), 0), ">= 0. Received: n=nan."),
        (lambda: checks.number("n", float("inf"), 0), "finite. Received: n=inf."),
        (lambda: checks.number("n", float("nan")), "finite. Received: n=nan."),
        (lambda: checks.share("n", 1.0), "in [0, 1). Received: n=1.0."),
        (lambda: checks.one_of("n", "c", ("a", "b")), "'a' or 'b'. Received: n='c'."),
        (
            lambda: checks.one_of("n", 3, ("a", "b", "c")),
            "'a', 'b' or 'c'. Received: n=3.",
        ),
        (lambda: checks.one_of("n", "c", ["a"]), "'a'. Received: n='c'."),
    ],
)
def test_a_value_out_of_range_is_a_value_error(check, message):
    with pytest.raises(ValueError, match=re.escape(f"`n` must be {message}")):
        check()


def test_checks_and_seeds_need_no_tensorflow():
    code = "import sys, keras_genmodels.checks, keras_genmodels.seeds\n"
    code += "print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
