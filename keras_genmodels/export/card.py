"""The card beside a SavedModel: what the model is and how it came to be.

`saved_models/<name>/card.json` is all that a person or a demo needs to show a model
without the code that trained it. This file needs no TensorFlow.
"""

from __future__ import annotations

import importlib.metadata
import json
import pathlib
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from keras_genmodels import __version__
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.export import layout

FILE = "card.json"
# For other languages; `check` holds more than a schema can say.
SCHEMA = pathlib.Path(__file__).with_name("card.schema.json")

# What a card holds at least, and the kinds that each may be; None is JSON's null.
FIELDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "recipe": (str, type(None)),
    "arguments": (dict,),
    "dataset": (str,),
    "seed": (int, type(None)),
    "metrics": (dict,),
    "versions": (dict,),
    "command": (str, type(None)),
    "spec": (dict,),
    "signatures": (list,),
}

# What else a card may hold that is read by name, likewise.
_FURTHER: dict[str, tuple[type, ...]] = {
    "version": (int,),
    "summary": (str, type(None)),
    "licence": (str, type(None)),
    "bytes": (int,),
    "half": (dict,),
}
_HALF = ("samples", "others", "largest_difference")  # numbers, of `weights.compare`

_LIBRARIES = ("tensorflow", "keras", "tensorflow-probability", "numpy")


def versions() -> dict[str, str]:
    """The versions of Python, this package and the libraries that make the numbers."""
    return {
        "python": platform.python_version(),
        "keras_genmodels": __version__,
        **{name: importlib.metadata.version(name) for name in _LIBRARIES},
    }


def dumps(card: Mapping[str, Any]) -> str:
    """The card as the text of `card.json`; NumPy numbers and arrays become plain.

    Raises:
        ValueError: for NaN or infinity, which JSON does not have.
        TypeError: for a thing that has no JSON form.
    """
    try:
        text = json.dumps(card, indent=2, default=_plain, allow_nan=False)
    except ValueError as error:
        raise ValueError(
            "A card must hold finite numbers only. "
            f"Received: metrics={card.get('metrics')!r}."
        ) from error
    return text + "\n"


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(
        "A card must hold strings, numbers, lists and dicts only. "
        f"Received: {value!r} of type {type(value).__name__}."
    )


def read(folder: str | pathlib.Path) -> dict[str, Any]:
    """The checked card of one exported model.

    Args:
        folder: `saved_models/<name>`, the folder above the versions.

    Raises:
        ValueError: if there is no card, it is no JSON, or `check` refuses it.
    """
    path = pathlib.Path(folder).expanduser() / FILE
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(
            f"`folder` must be that of an exported model, with a {FILE} in it. "
            f"Received: {folder}."
        ) from error
    except ValueError as error:
        raise ValueError(f"{path} must be JSON. Received: {error}.") from error
    try:
        check(card)
    except ValueError as error:
        raise ValueError(f"{path} is not sound: {error}") from error
    return card


def check(card: Mapping[str, Any]) -> None:
    """Refuse a card that misses something or contradicts itself.

    A card says twice what a model takes: in `spec`, for people, and in `signatures`,
    for machines. Both must say the same shapes of `x`, of `condition` and of every
    further tensor of the data.

    Args:
        card: as `card.json` holds it; `FIELDS` lists what must be there. `signatures`
            is a list of `{"name", "inputs", "outputs"}`, the latter two from the name
            of a tensor to its `{"dtype", "shape"}` with null for a free axis.

    Raises:
        ValueError: naming the field, what it must be and what came.

    Example:
        >>> check({"name": "digits-vae"})  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        ValueError: A card must have the fields 'name', 'recipe', ...
    """
    if not isinstance(card, Mapping):
        raise ValueError(f"A card must be a JSON object. Received: {card!r}.")
    missing = [key for key in FIELDS if key not in card]
    if missing:
        raise ValueError(
            f"A card must have the fields {', '.join(map(repr, FIELDS))}. "
            f"Missing: {', '.join(map(repr, missing))}."
        )
    for key, kinds in (FIELDS | _FURTHER).items():
        value = card.get(key)
        if key in card and (not isinstance(value, kinds) or isinstance(value, bool)):
            wanted = " or ".join(kind.__name__ for kind in kinds)
            raise ValueError(
                f"{key!r} of a card must be {wanted}. Received: {value!r}."
            )
    layout.check_name(card["name"])
    half = card.get("half", dict.fromkeys(_HALF, 0))
    if not all(isinstance(half.get(key), int | float) for key in _HALF):
        raise ValueError(
            f"'half' of a card must have the numbers {', '.join(map(repr, _HALF))}. "
            f"Received: {half!r}."
        )
    spec = _check_spec({"name": card["dataset"], **card["spec"]})
    _check_signatures(card["signatures"], spec)


def check_fits(card: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Refuse a card that describes other signatures than a model has.

    Args:
        card: as `card.json` holds it.
        found: name to form of the signatures of the model.

    Raises:
        ValueError: naming the signatures that differ.
    """
    told = {form["name"]: form for form in card["signatures"]}
    differ = [
        name for name in sorted({*told, *found}) if told.get(name) != found.get(name)
    ]
    if differ:
        name = differ[0]
        raise ValueError(
            f"The card of {card['name']!r} does not fit the model's signatures "
            f"{', '.join(map(repr, differ))}. The card says: {told.get(name)}. "
            f"The model has: {found.get(name)}."
        )


def _check_spec(form: Mapping[str, Any]) -> DatasetSpec:
    """The spec of a card, whose attributes must fill `condition` without a gap."""
    try:
        spec = DatasetSpec.from_dict(form)
        width = form["condition_size"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"'spec' of a card is not one: {error!r}.") from error
    if width != spec.condition_size:
        raise ValueError(
            f"'condition_size' of a card must be {spec.condition_size}, the sum of its "
            f"attributes' classes. Received: {width!r}."
        )
    return spec


def _check_signatures(signatures: Sequence[Any], spec: DatasetSpec) -> None:
    for form in signatures:
        if not _is_signature(form):
            raise ValueError(
                "A signature of a card must be a dict with 'name', and with 'inputs' "
                "and 'outputs', from names to {'dtype', 'shape'} with null for a free "
                f"axis. Received: {form!r}."
            )
    names = [form["name"] for form in signatures]
    if not {"sample", "classify"} & {*names} or len(set(names)) != len(names):
        raise ValueError(
            "'signatures' of a card must have 'sample' or 'classify' among them, and "
            f"each name once. Received: {names}."
        )
    latents = set()
    for form in signatures:
        for side in ("inputs", "outputs"):
            _check_tensors(form["name"], form[side], spec)
            latents.add(str(form[side].get("latent", {}).get("shape")))
    if len(latents - {"None"}) > 1:
        raise ValueError(
            "The signatures of a card must agree on the shape of 'latent'. "
            f"Received: {', '.join(sorted(latents - {'None'}))}."
        )


def _is_signature(form: Any) -> bool:
    sides = ("inputs", "outputs")
    return (
        isinstance(form, dict)
        and isinstance(form.get("name"), str)
        and all(isinstance(form.get(side), dict) for side in sides)
        and all(_is_tensor(tensor) for side in sides for tensor in form[side].values())
    )


def _is_tensor(form: Any) -> bool:
    return (
        isinstance(form, dict)
        and isinstance(form.get("dtype"), str)
        and isinstance(form.get("shape"), list)
        and all(size is None or isinstance(size, int) for size in form["shape"])
    )


def _check_tensors(
    name: str, tensors: Mapping[str, Mapping[str, Any]], spec: DatasetSpec
) -> None:
    """Hold the data's tensors of one side of a signature against the spec."""
    for key, wanted in spec.shapes.items():
        shape = tensors.get(key, {}).get("shape", [None, *wanted])
        tail = shape[len(shape) - len(wanted) :]
        fits = len(shape) >= len(wanted) and all(
            size in (None, expected)
            for size, expected in zip(tail, wanted, strict=True)
        )
        if not fits:
            raise ValueError(
                f"{key!r} of the signature {name!r} must end in the shape "
                f"{list(wanted)} of the card's spec. Received: {shape}."
            )
