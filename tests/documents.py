"""The pages that people read: their blocks, commands and links, for tests to check."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras_genmodels as kgm
from keras_genmodels import cli, registry

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
    ]
}
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^>]+) -->\n)?^```(?P<language>\w+)\n"
    r"(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_NEW = re.compile(r'^@(?:register|recipe|metric)\("(\w+)"', re.MULTILINE)
_COMMANDS = (
    *("train", "resume", "evaluate", "sample", "export", "push", "table"),
    *("describe", "demo"),
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Args:
        language: as the fence says it.
        code: the text between the fences.
        reason: why it cannot be run in a test, from the comment right before it.
    """

    language: str
    code: str
    reason: str | None


def blocks(page: str, language: str) -> list[Block]:
    """List the blocks of a page in one language."""
    found = (Block(**match.groupdict()) for match in _BLOCK.finditer(PAGES[page]))
    return [block for block in found if block.language == language]


def prose(page: str) -> str:
    """Return a page without its fenced blocks."""
    return _BLOCK.sub("", PAGES[page])


def shell_words(code: str) -> Iterator[list[str]]:
    """Split shell lines into commands, and each command into words."""
    for line in code.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, "&&"]:
            if word in ("&&", "||", ";"):
                if words:
                    yield words
                words = []
            else:
                words.append(word)


def command_lines(page: str) -> list[list[str]]:
    """List what a page passes to `keras-genmodels`, in blocks and between backticks."""
    found = []
    for block in blocks(page, "sh"):
        for words in shell_words(block.code):
            programs = [word.rpartition("/")[2] for word in words]
            if "keras-genmodels" in programs:
                found.append(words[programs.index("keras-genmodels") + 1 :])
    for quoted in re.findall(r"`([^`]+)`", prose(page)):
        first, *rest = quoted.split()[:2] or [""]
        if rest and (first == "keras-genmodels" or first in _COMMANDS):
            words = shlex.split(" ".join(quoted.split()))
            found.append(words[1:] if first == "keras-genmodels" else words)
    return found


def check_command_line(argv: list[str], page: str) -> None:
    """Refuse what the command line would: options, keys and names, nothing is run.

    A word in capitals, such as RECIPE, stands for any name. Names that the page's own
    blocks register are known, too.
    """
    given = vars(cli._parser().parse_args(argv))
    new = set(_NEW.findall(PAGES[page]))
    metrics = {*registry.names("metric"), *new}
    for option in ("set", "data", "fit_data", "condition"):
        given[option] = cli.pairs(f"--{option}", given.get(option) or ())
    for option in ("data", "fit_data"):
        _check(given[option], inspect.signature(kgm.data.load).parameters, argv)
    if "recipe" in given:
        _check_training(given, new, argv)
    elif argv[0] == "table":
        _check([given["name"]], registry.names("table"), argv)
        options = inspect.signature(registry.lookup(given["name"], "table")).parameters
        _check(given["set"], options, argv)
    elif argv[0] == "evaluate":
        functions = [registry.lookup(name, "metric") for name in metrics - new]
        options = {key for f in functions for key in inspect.signature(f).parameters}
        _check(given["set"], options, argv)
    if given.get("metrics"):
        _check(given["metrics"].split(","), metrics, argv)
    if given.get("figure"):
        _check([given["figure"]], registry.names("figure"), argv)


def _check_training(given, new, argv):
    recipe, dataset = given["recipe"], given["dataset"]
    _check([recipe], {*kgm.zoo.names(), *new}, argv)
    scheme, colon, _ = (dataset or "DATASET").partition(":")
    known = registry.names("dataset scheme") if colon else kgm.data.names()
    _check([scheme], {*known, *new}, argv)
    if recipe in kgm.zoo.names():
        _check(given["set"], kgm.zoo.describe(recipe)["arguments"], argv)


def _check(names, known, argv):
    wrong = [name for name in names if name not in known and not name.isupper()]
    assert not wrong, f"{' '.join(argv)}: unknown {wrong}; known: {sorted(known)}"


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}
