"""The texts that `list` and `describe` print."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from keras_genmodels import registry, terminal
from keras_genmodels.source_files import Entry


def everything() -> str:
    """List every recipe, data set, metric and table, with a line of meaning each.

    Nothing is imported for it but what names the data sets; TensorFlow is not.
    """
    from keras_genmodels import data
    from keras_genmodels.zoo import description

    lines = ["Recipes"]
    for entry in _sorted(registry.entries("recipe")):
        lines += _item(entry.name, entry.summary, description.paper_of(entry.doc))
    lines += ["", "Datasets"]
    entries = registry.entries("dataset")
    for name in data.names():
        entry = entries.get(name)
        lines += _item(name, entry.summary if entry else _first_line(name))
    for name, entry in sorted(registry.entries("dataset scheme").items()):
        lines += _item(f"{name}:", entry.summary)
    for title, family in (("Metrics", "metric"), ("Tables", "table")):
        lines += ["", title]
        for entry in _sorted(registry.entries(family)):
            lines += _item(entry.name, entry.summary)
    return "\n".join(lines)


def described(told: Mapping[str, Any]) -> str:
    """Lay out what `zoo.describe` says for a terminal."""
    blocks = [
        "\n".join(_item(told["name"], told["summary"], told["paper"], indent=0)),
        "\n".join(["Arguments", *_arguments(told)]),
    ]
    if "dataset" not in told:
        names = ", ".join(told["presets"]) or "none"
        return "\n\n".join([*blocks, terminal.wrapped(f"Presets: {names}", indent=0)])
    training = {**told["dataset"], **told["training"]}
    blocks.append("\n".join(["Training", *_rows(training)]))
    blocks.append("\n".join(["Networks", *_networks(told["networks"])]))
    for title in ("distributions", "objectives", "penalties", "constraints", "terms"):
        found = told[title]
        lines = _rows(found) if isinstance(found, dict) else [f"  {f}" for f in found]
        blocks += ["\n".join([title.capitalize(), *lines])] if lines else []
    blocks.append("\n".join(["Optimisers", *_optimisers(told["optimisers"])]))
    return "\n\n".join(blocks)


def _sorted(entries: Mapping[str, Entry]) -> Iterable[Entry]:
    return (entries[name] for name in sorted(entries))


def _first_line(name: str) -> str:
    """Read the summary of a data set that its file does not spell out."""
    text = inspect.getdoc(registry.lookup(name, "dataset")) or ""
    return " ".join(text.split("\n\n")[0].split())


def _item(name: str, *paragraphs: str, indent: int = 2) -> list[str]:
    """Lay out a name, and indented below it what is said of it."""
    said = [terminal.wrapped(text, indent + 4) for text in paragraphs if text]
    return [" " * indent + name, *said]


def _arguments(told: Mapping[str, Any]) -> Iterable[str]:
    for name, value in told["arguments"].items():
        yield from _item(f"{name} = {value!r}", told["meanings"][name])


def _rows(values: Mapping[str, Any]) -> list[str]:
    shown = {key.replace("_", " "): value for key, value in values.items()}
    return [f"  {line}" for line in terminal.table(shown).splitlines()] if shown else []


def _networks(networks: Mapping[str, Any]) -> Iterable[str]:
    for name, network in networks.items():
        yield f"  {name}: {network['weights']:,} weights"
        for key, shape in network["inputs"].items():
            yield f"    {'input ' + key:<44} {shape[1:]}"
        for layer in network["layers"]:
            label = f"{layer['kind']} {layer['name']}"
            yield f"    {label:<44} {_without_batch(layer['shape'])}"
        for key, shape in network["outputs"].items():
            yield f"    {'output ' + key:<44} {shape[1:]}"


def _without_batch(shape: Any) -> str:
    single = isinstance(shape, tuple) and not any(isinstance(s, tuple) for s in shape)
    return str(shape[1:] if single else shape)


def _optimisers(optimisers: Mapping[str, Any]) -> Iterable[str]:
    for name, settings in optimisers.items():
        steps = settings["warmup_steps"], settings["decay_steps"]
        grows = f", grows for {steps[0]} steps" if steps[0] else ""
        falls = f", falls to 2 % on a cosine of {steps[1]} steps" if steps[1] else ""
        rest = [
            f"{key}={value}"
            for key, value in settings.items()
            if key not in ("name", "learning_rate", "warmup_steps", "decay_steps")
        ]
        rate = f"{settings['learning_rate']:g}{grows}{falls or ', constant'}"
        yield f"  {name}: {settings['name']}, learning rate {rate}; {', '.join(rest)}"
