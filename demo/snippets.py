"""Snippets: short Python programs that make what the page shows.

Each of them runs as it stands where the package is installed and prints, saves or keeps
what the page has shown; a test runs each.
"""

from __future__ import annotations

import base64
import pathlib
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_genmodels.export import server_address
from keras_genmodels_demo import media, picture_tokens
from keras_genmodels_demo.models_index import Entry

_WIDTH = 80


class Source:
    """Place where a snippet finds a model: the folder, or a server.

    Args:
        server: the address of a TensorFlow Serving, or None. Its account is not shown.
    """

    def __init__(self, server: str | None = None):
        self.server = server and server_address.masked(server)

    def load(self, entry: Entry, variable: str = "model") -> str:
        """Write the line that makes the model."""
        if self.server is None:
            return f'{variable} = kgm.export.load("{shown_path(entry.path)}")'
        card = shown_path(entry.path.parent)
        return f'{variable} = kgm.export.Client("{self.server}", card="{card}")'


def shown_path(path: pathlib.Path) -> str:
    """Write a path as a person here would type it."""
    path = path.absolute()
    here = pathlib.Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def program(imports: Sequence[str], *parts: str) -> str:
    """Join imports in order, an empty line, then the parts that are not empty."""
    known = sorted(set(imports), key=lambda line: (line.startswith("from "), line))
    head = [line for line in known if "keras_genmodels" not in line]
    ours = [line for line in known if "keras_genmodels" in line]
    blocks = ["\n".join(head), "\n".join(ours), "\n".join(filter(None, parts))]
    return "\n\n".join(filter(None, blocks)) + "\n"


def literal(text: str) -> str:
    """Write long text as a Python literal of short lines in brackets."""
    if len(text) < _WIDTH:
        return f'"{text}"'
    lines = textwrap.wrap(text, _WIDTH - 6, break_on_hyphens=False)
    return "(\n" + "\n".join(f'    "{line}"' for line in lines) + "\n)"


def condition(values: Mapping[str, Any], rows: str = "1") -> str:
    """Write the line that makes a condition of the model's attributes."""
    named = {key: value for key, value in values.items() if key.isidentifier()}
    others = {key: value for key, value in values.items() if key not in named}
    given = [rows, *(f"{key}={value!r}" for key, value in named.items())]
    given += [f"**{others!r}"] if others else []
    return f"condition = model.spec.condition({', '.join(given)})"


def shorter(classes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Shorten rows of classes for `spec.condition`: one name where all are the same."""
    return {
        name: rows[0] if len(set(rows)) == 1 else list(rows)
        for name, rows in classes.items()
    }


def picture(
    entry: Entry, token: str, x: np.ndarray, name: str = "x", rows: str = "x"
) -> tuple[list[str], str]:
    """Write the imports and lines that make `x`, (1, height, width, channels).

    Args:
        entry: the model.
        token: an example's, or one that carries its picture.
        x: the picture, (height, width, channels) in [0, 1].
        name: of the variable.
        rows: name of the tensor of the examples.
    """
    if token.startswith("e"):
        line = f"{name} = {tensor(rows)}[{token[1:]}][None]"
        return [], f"{examples(entry)}\n{line}"
    data = base64.b64encode(media.png(x)).decode()
    mode = "L" if x.shape[-1] == 1 else "RGB"
    return (
        ["import base64", "import io", "import numpy as np", "from PIL import Image"],
        f"data = {literal(data)}\n"
        "picture = Image.open(io.BytesIO(base64.b64decode(data)))\n"
        f'{name} = np.asarray(picture.convert("{mode}"), "float32") / 255\n'
        f"{name} = {name}.reshape(1, {x.shape[0]}, {x.shape[1]}, {x.shape[2]})",
    )


def points(
    entry: Entry, tokens: Sequence[str], seed: int, name: str = "z"
) -> tuple[list[str], str]:
    """Write the imports and lines that make the latents of chosen pictures.

    A condition, where the model asks for one, is a row called `condition`.

    Args:
        entry: the model.
        tokens: that name the pictures.
        seed: of the samples.
        name: of the latents, (len(tokens), latent_dim).
    """
    more = ", condition" if entry.is_conditional("decode") else ""
    kinds = {token[0] for token in tokens}
    imports, lines, parts = ["import numpy as np"], [], []
    if "s" in kinds:
        lines.append(drawing(entry, seed))
    if "e" in kinds:
        lines.append(examples(entry))
    for i, token in enumerate(tokens):
        if token[0] == "s":
            parts.append(f"samples[{token[1:]}]")
        elif token[0] == "e":
            parts.append(f"model.encode(examples.x[{token[1:]}][None]{more})[0]")
        else:
            needed, made = picture(
                entry, token, picture_tokens.example(entry, token), f"x{i}"
            )
            imports += needed
            lines.append(made)
            parts.append(f"model.encode(x{i}{more})[0]")
    listed = "".join(f"    {part},\n" for part in parts)
    return imports, "\n".join([*lines, f"{name} = np.stack([\n{listed}])"])


def drawing(entry: Entry, seed: int) -> str:
    """Write the line that makes the latents of the samples on offer."""
    count = picture_tokens.SAMPLES
    named = f"count={count}"
    if entry.is_conditional("decode"):
        named = f"condition=condition.repeat({count}, axis=0)"
    return f'samples = model.run("prior", {named}, seed=(0, {seed}))["latent"]'


def examples(entry: Entry) -> str:
    """Write the line that makes the examples."""
    path = shown_path(entry.path.parent)
    return f'examples = kgm.export.showcase.read_examples("{path}")'


def tensor(name: str) -> str:
    """Write a tensor of the examples by its name."""
    return "examples.x" if name == "x" else f'examples.tensors["{name}"]'


def moves(entry: Entry, name: str, strengths: Mapping[str, float]) -> str:
    """Write the lines that move the latent `answer` along an attribute."""
    [attribute] = [a for a in entry.spec.attributes if a.name == name]
    more = ", examples.condition" if entry.is_conditional("encode") else ""
    lines = [examples(entry), f"codes = model.encode(examples.x{more})"]
    for label, strength in strengths.items():
        column = attribute.start + attribute.classes.index(label)
        lines.append(
            f"present = examples.condition[:, {column}] > 0.5  # {name}: {label}\n"
            f"answer = answer + {strength} * latents.attribute_vector(codes, present)"
        )
    return "\n".join(lines)
