"""README, CONTRIBUTING and docs: programs run, commands and links are right.

The Python blocks of a page run in their order, in one process of the page's own. One
that cannot run in a test has a comment right before it, `<!-- not run: why -->`. The
pages of CONTRIBUTING run in tests/test_discovery.py, each as a new file.
"""

import re
from pathlib import Path

import forked
import numpy as np
import pytest
from documents import (
    PAGES,
    ROOT,
    anchors,
    blocks,
    check_command_line,
    command_lines,
    prose,
    shell_words,
)

import keras_genmodels as kgm
from keras_genmodels.cli import main
from keras_genmodels.parsing import InputError

ANATOMY = "docs/anatomy-of-a-step.md"
RUN_ELSEWHERE = {"curl"}  # by tests/test_saved_models.py
each_page = pytest.mark.parametrize("page", PAGES)


@pytest.mark.parametrize(
    "page",
    [
        page
        for page in PAGES
        if page != "CONTRIBUTING.md"
        and not all(b.reason for b in blocks(page, "python"))
    ],
)
def test_the_python_on_the_page_runs(page, tmp_path):
    code = "\n".join(b.code for b in blocks(page, "python") if not b.reason)
    done = forked.run("-c", code, folder=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "<!-- cost: " in PAGES[page], "say how long the blocks of the page take"


@each_page
def test_the_command_line_takes_the_commands_of_the_page(page, capsys):
    for argv in command_lines(page):
        if argv == ["list"]:
            assert main(argv) == 0
            assert "Recipes" in capsys.readouterr().out
        elif argv and "--help" not in argv:
            check_command_line(argv, page)
        else:
            with pytest.raises(SystemExit) as stop:
                main(argv or ["--help"])
            assert stop.value.code == 0


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["train", "vea", "mnist"], "vea"),
        (["train", "vae", "mnits"], "mnits"),
        (["train", "vae", "mnist", "--set", "lr=1"], "lr"),
        (["train", "vae", "mnist", "--data", "size=1"], "size"),
        (["train", "vae", "mnist", "--epoch=1", "--speed"], "speed"),
        (["table", "rings"], "rings"),
        (["evaluate", "RUN", "--metrics", "elbow"], "elbow"),
        (["evaluate", "RUN", "--set", "samples=1"], "samples"),
        (["sample", "RUN", "--figure", "plane"], "plane"),
    ],
)
def test_a_wrong_command_on_a_page_is_found(argv, message):
    with pytest.raises((AssertionError, InputError), match=message):
        check_command_line(argv, "README.md")


@each_page
def test_other_commands_are_those_that_are_run_somewhere(page):
    """An installation is run by `.ci/run`; here its extras must exist."""
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    extras = re.findall(r'^        "(\w+)": \[', setup, re.MULTILINE)
    for block in blocks(page, "sh"):
        for words in shell_words(block.code) if not block.reason else ():
            program = Path(words[0]).name
            if program == "pip":
                asked = re.findall(r"^\.\[(\w+)\]$", "\n".join(words), re.MULTILINE)
                assert set(asked) <= set(extras), words
            else:
                allowed = {"keras-genmodels", "python3", "pytest", *RUN_ELSEWHERE}
                assert program in allowed, f"{words}: say `<!-- not run: why -->`"


@each_page
def test_what_the_page_links_to_exists(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        if "://" not in target:
            file = (ROOT / page).parent / path if path else ROOT / page
            assert file.exists(), target
            if anchor:
                linked = file.resolve().relative_to(ROOT).as_posix()
                assert anchor in anchors(linked), target


def test_the_tests_that_a_page_names_are_there():
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", PAGES["docs/reliability.md"])
    assert len(named) > 20
    for file, name in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"\ndef {name}(" in text, f"{file}::{name}"


@each_page
def test_bfloat16_is_asked_for_with_its_condition(page):
    for section in re.split(r"^(?=## )", PAGES[page], flags=re.MULTILINE):
        if "mixed_bfloat16" in section:
            plain = " ".join(section.split())
            assert "where the processor multiplies bfloat16" in plain, section[:80]


def test_the_readme_is_short_and_names_the_processor_of_its_minutes():
    readme = PAGES["README.md"]
    assert len(readme.splitlines()) <= 150
    for paragraph in readme.split("\n\n"):
        assert "minute" not in paragraph or "processor" in paragraph, paragraph


def test_the_readme_begins_with_two_commands():
    first, second = (block.code.strip() for block in blocks("README.md", "sh")[:2])
    assert "&& .venv/bin/keras-genmodels train video_vae chairs " in first
    assert re.fullmatch(r"python3 -m venv .*pytest", second)  # for `.ci/run`
    assert len(blocks("README.md", "python")[0].code.splitlines()) <= 12


def test_the_page_of_recipes_has_a_line_for_each():
    listed = re.findall(r"^- `(\w+)`, .+: ", PAGES["docs/recipes.md"], re.MULTILINE)
    assert sorted(listed) == sorted(kgm.registry.entries("recipe"))


def small_dcgan(spec):
    return kgm.zoo.build(
        "dcgan",
        spec,
        objective="non_saturating",
        filters=(4, 8),
        latent_dim=8,
        learning_rate=2e-4,
        generator_learning_rate=2e-4,
        decay_steps=0,
        ema=0.0,
        seed=0,
    )


def test_the_step_of_the_anatomy_is_that_of_the_package():
    """Two steps, for the first one of Adam is the same with any momentum.

    A step moves weights by some 2e-4, of which 1e-5 is a twentieth.
    """
    plain: dict = {}
    exec(blocks(ANATOMY, "python")[0].code, plain)
    train, spec = kgm.data.load("digits", batch_size=64)
    model, twin = small_dcgan(spec), small_dcgan(spec)  # a twin draws equal latents
    theirs = model.generator, model.critics[0].network
    ours = plain["generator"], plain["critic"]
    for mine, network in zip(ours, theirs, strict=True):
        mine.set_weights(network.get_weights())
    before = [network.get_weights() for network in theirs]

    for batch in train.take(2):
        x = batch["x"]
        latent = twin.generator_inputs({"x": x}, twin.next_seed())["latent"]
        losses = plain["train_step"](x, latent)
        model.reset_metrics()
        found = model.train_step(batch)
        np.testing.assert_allclose(found["critic_loss"], losses[0], rtol=1e-5)
        np.testing.assert_allclose(found["generator_loss"], losses[1], rtol=1e-5)

    for mine, network, old in zip(ours, theirs, before, strict=True):
        moved = zip(mine.get_weights(), network.get_weights(), old, strict=True)
        for weight, expected, former in moved:
            np.testing.assert_allclose(weight, expected, atol=1e-5)
            assert np.abs(expected - former).max() > 1e-5


def test_the_way_to_the_pixel_has_at_most_eight_files():
    steps = re.findall(r"^\d+\. \[(.+?)\]", PAGES[ANATOMY], re.MULTILINE)
    assert 0 < len(steps) <= 8
