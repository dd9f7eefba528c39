"""A folder of exported models: its table of contents, and what a server reads of it."""

from __future__ import annotations

import json
import pathlib
import urllib.parse
import warnings
from collections.abc import Mapping
from typing import Any

from keras_genmodels import atomic_files
from keras_genmodels.export import card as cards
from keras_genmodels.export import layout, local

CONFIG, CONTENTS = "models.config", "README.md"
MOUNTED = "/models"  # where the folder lies in TensorFlow Serving's container
MEGABYTE = 10**6
LARGEST, LARGEST_IN_ALL = 12 * MEGABYTE, 100 * MEGABYTE

_CONFIG = """\
# Written by `keras-genmodels export`; copy it before you change it.
model_config_list {{
{models}}}
"""
_MODEL = """\
  config {{
    name: {name}
    base_path: {base}
    model_platform: "tensorflow"
  }}
"""
_CONTENTS = """\
<!-- Written by `keras-genmodels export`. -->

# Saved models

| model | what it is | data, licence | size | numbers | made by |
| --- | --- | --- | --- | --- | --- |
{rows}
`keras_genmodels.export.load("saved_models/NAME")` runs one, and TensorFlow Serving all
of them: `--model_config_file=/models/models.config`, with this folder as `/models`.
Each `card.json` has the rest: arguments, versions, and the form of every signature.
Where weights are kept in float16, samples were compared with those of the exact ones,
pixels in [0, 1]; what differs by more has become another sample, as good as the first.
"""


def read(folder: str | pathlib.Path) -> dict[str, dict[str, Any]]:
    """Name to card of every model in a folder.

    Args:
        folder: such as `saved_models`; what has no card in it is passed over.

    Raises:
        ValueError: for a card that is not sound, bears another name than its folder, or
            does not fit the signatures of the newest version.
    """
    found = {}
    for path in sorted(pathlib.Path(folder).glob(f"*/{cards.FILE}")):
        card = cards.read(path.parent)
        if card["name"] != path.parent.name:
            raise ValueError(
                f"'name' of the card in {path.parent} must be that of the folder. "
                f"Received: {card['name']!r}."
            )
        cards.check_fits(card, local.signatures(layout.newest(path.parent)))
        found[card["name"]] = card
    return found


def write(folder: str | pathlib.Path) -> None:
    """Write `models.config` and `README.md` anew from the cards in a folder.

    Args:
        folder: such as `saved_models`.

    Raises:
        ValueError: as `read` does.

    Warns:
        RuntimeWarning: for a model of more than 12 MB, or more than 100 MB in all,
            which are too large to be kept among sources.
    """
    folder, found = pathlib.Path(folder), read(folder)
    with atomic_files.locked(folder):
        atomic_files.write_text(folder / CONFIG, config(found))
        atomic_files.write_text(folder / CONTENTS, contents(found))
    for name, card in found.items():
        remedy = "" if "half" in card else "; `--half` makes it smaller"
        _check_size(layout.newest(folder / name), LARGEST, remedy)
    _check_size(folder, LARGEST_IN_ALL)


def config(found: Mapping[str, Any], base: str = MOUNTED) -> str:
    """A `ModelServerConfig` of the models, in protobuf's text.

    Args:
        found: the models by their names.
        base: the folder that they lie in where the server runs, an absolute path.

    Example:
        >>> print(config({"digits-vae": ...}).splitlines()[3])
            name: "digits-vae"
    """
    models = (
        _MODEL.format(name=_quoted(name), base=_quoted(f"{base}/{name}"))
        for name in sorted(found)
    )
    return _CONFIG.format(models="".join(models))


def _quoted(text: str) -> str:
    """Write a string as protobuf's text has it, of which JSON's escapes are a part."""
    return json.dumps(text, ensure_ascii=False)


def contents(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The table of contents, in Markdown: a row for each card."""
    rows = (f"| {' | '.join(_row(card))} |\n" for _, card in sorted(found.items()))
    return _CONTENTS.format(rows="".join(rows))


def _row(card: Mapping[str, Any]) -> list[str]:
    recipe = f"`{card['recipe']}`" if card["recipe"] else ""
    licence = card.get("licence") or "not known"
    size = f"{card['bytes'] / MEGABYTE:.1f} MB" if "bytes" in card else ""
    size += _half(card["half"]) if "half" in card else ""
    # What belongs to a number, such as its standard error, stands in the card.
    numbers = {key: v for key, v in card["metrics"].items() if "/" not in key}
    cells = [
        f"[`{card['name']}`]({urllib.parse.quote(card['name'])})",
        ": ".join(filter(None, [recipe, card.get("summary")])),
        f"`{card['dataset']}`, {licence}",
        size,
        "<br>".join(f"{key} {_number(value)}" for key, value in numbers.items()),
        f"`{card['command']}`" if card["command"] else "",
    ]
    return [" ".join(cell.split()).replace("|", r"\|") for cell in cells]


def _half(measured: Mapping[str, Any]) -> str:
    """The change that weights in float16 make, as `weights.compare` measured it."""
    difference = f"up to {measured['largest_difference']:.3g}"
    alike = measured["samples"] - measured["others"]
    return f", float16: {alike} of {measured['samples']} samples differ by {difference}"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _check_size(path: pathlib.Path, largest: int, remedy: str = "") -> None:
    size = layout.size(path)
    if size > largest:
        warnings.warn(
            f"{path} has {size / MEGABYTE:.1f} MB, over the "
            f"{largest / MEGABYTE:.0f} MB that may be kept among sources{remedy}.",
            RuntimeWarning,
            stacklevel=3,
        )
