"""The page of a model on the Hugging Face Hub, its README.md, from the card."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from keras_genmodels.data.spec import DatasetSpec

# Licences that the Hub knows by these names; of others it takes "other" and a name.
_KNOWN_LICENCES = r"cc0-1\.0|cc-by(-nc)?(-sa|-nd)?-\d\.\d|mit|apache-2\.0"

_TEXT = """\
---
{header}
---

# {name}

{summary}

| | |
| --- | --- |
{rows}

## Usage

With `keras_genmodels` and its extra `hub`:

```python
{usage}
```

Its signatures: {signatures}. It runs on TensorFlow alone, too, and in TensorFlow
Serving: `hf download {repository} --local-dir {folder}`
makes the folder that a server takes as `--model_base_path`.

## Numbers

{numbers}
"""


def text(card: Mapping[str, Any], repository: str) -> str:
    """Write the page: a header in YAML for the Hub, then Markdown for people.

    Args:
        card: of the artefact, as `card.read` gives it.
        repository: `owner/name`.
    """
    rows = {
        "recipe": _code(card["recipe"]),
        "arguments": _code(json.dumps(card["arguments"])) if card["arguments"] else "",
        "data": _code(card["dataset"]),
        "licence of the data": card.get("licence") or "not known",
        "shape of x": _code(card["spec"]["x_shape"]),
        "seed": _code(card["seed"]),
        "made by": _code(card["command"]),
        "versions": ", ".join(f"{k} {v}" for k, v in card["versions"].items()),
    }
    return _TEXT.format(
        header="\n".join(f"{key}: {value}" for key, value in _header(card).items()),
        name=card["name"],
        summary=_line(card.get("summary") or "A generative model."),
        rows="\n".join(f"| {k} | {_cell(v)} |" for k, v in rows.items() if v),
        numbers=_numbers(card["metrics"]),
        usage=_usage(card, repository),
        signatures=", ".join(_line(_code(form["name"])) for form in card["signatures"]),
        repository=repository,
        folder=shlex.quote(f"saved_models/{card['name']}"),
    )


def _header(card: Mapping[str, Any]) -> dict[str, str]:
    """Map the fields that the Hub reads to YAML, of which JSON is a part."""
    licence = (card.get("licence") or "").partition(",")[0]
    name = re.sub(r"[^a-z0-9.]+", "-", (licence or "unknown").lower()).strip("-")
    fields: dict[str, Any] = {"license": name}
    if licence and not re.fullmatch(_KNOWN_LICENCES, name):
        fields = {"license": "other", "license_name": name}
    tags = ["tensorflow", "generative-model", card["recipe"], card["spec"].get("kind")]
    fields |= {
        "library_name": "keras_genmodels",
        "tags": [tag for tag in tags if tag],
    }
    return {key: json.dumps(value) for key, value in fields.items()}


def _numbers(metrics: Mapping[str, Any]) -> str:
    if not metrics:
        return "None were measured."
    lines = ["| metric | value |", "| --- | --- |"]
    for key, value in metrics.items():
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        lines.append(f"| {_cell(_code(key))} | {_cell(shown)} |")
    return "\n".join(lines)


def _usage(card: Mapping[str, Any], repository: str) -> str:
    lines = [
        "import keras_genmodels as kgm",
        "",
        f'model = kgm.export.load("hf://{repository}")',
    ]
    forms = {form["name"]: form for form in card["signatures"]}
    if "sample" not in forms:
        (seen,) = forms["classify"]["inputs"]
        lines.append(f"probabilities = model.classify({seen})")
        return "\n".join(lines)
    asked = set(forms["sample"]["inputs"]) - {"seed", "count"}
    if not asked:
        lines.append("x = model.sample(8, seed=0)")
    elif asked == {"condition"} and card["spec"]["attributes"]:
        spec = DatasetSpec.from_dict({"name": card["dataset"], **card["spec"]})
        given = {a.name: a.low if a.is_real else a.classes[0] for a in spec.attributes}
        lines.append(f"condition = model.spec.condition(8, **{given!r})")
        lines.append("x = model.sample(condition=condition, seed=0)")
    else:
        lines.append('print(model.signatures["sample"]["inputs"])')
    return "\n".join(lines)


def _code(value: Any) -> str:
    return "" if value is None else f"`{value}`"


def _cell(value: str) -> str:
    return _line(value).replace("|", r"\|")


def _line(value: str) -> str:
    return " ".join(value.split())
