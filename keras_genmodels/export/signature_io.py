"""The tensors of a signature, and Python's values as tensors of that form.

A form is the JSON of one signature, as cards hold it: `{"name", "inputs", "outputs"}`,
the latter two from the name of a tensor to its `{"dtype", "shape"}` with null for a
free axis. This file needs no TensorFlow.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

Form = dict[str, Any]

# TensorFlow's aliases of what has a name of its own, and what is no method.
_HIDDEN = ("serving_default", "__saved_model_init_op")
_DTYPES = {
    "DT_FLOAT": "float32",
    "DT_HALF": "float16",
    "DT_INT32": "int32",
    "DT_INT64": "int64",
}


def translates(signatures: Iterable[str], spec: Any) -> tuple[str, str]:
    """Name the tensors of a batch that `translate` is given, and that it should give.

    Args:
        signatures: names of all signatures of the model.
        spec: of its data, a `DatasetSpec`, or None.

    Returns:
        Of a model that translates back, too, "x" and "truth"; of one that is given
        "source", that and "x"; of any other between two domains "truth" and "x".
    """
    if "translate_back" in signatures:
        return "x", "truth"
    if spec is None or "source" in spec.shapes or "y" not in spec.shapes:
        return "source", "x"
    return "truth", "x"


def parse(signature_defs: Mapping[str, Any]) -> dict[str, Form]:
    """Name to form of every signature of a SavedModel, `sample` first, then by name.

    Args:
        signature_defs: name to TensorFlow's `SignatureDef` in protobuf's JSON, as a
            server's metadata has it.

    Raises:
        ValueError: for a thing that is no such JSON.

    Example:
        >>> x = {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}]}}
        >>> parse({"twice": {"inputs": {"x": x}, "outputs": {}}})["twice"]["inputs"]
        {'x': {'dtype': 'float32', 'shape': [None]}}
    """
    try:
        return {
            name: {"name": name, **{s: _side(form[s]) for s in ("inputs", "outputs")}}
            for name, form in sorted(signature_defs.items(), key=_place)
            if name not in _HIDDEN
        }
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(
            "`signature_defs` must be those of a SavedModel in protobuf's JSON. "
            f"Received: {reprlib.repr(signature_defs)} ({error!r:.200})."
        ) from error


def _place(named: tuple[str, Any]) -> tuple[bool, str]:
    return named[0] != "sample", named[0]


def _side(tensors: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {"dtype": _DTYPES[tensor["dtype"]], "shape": _shape(tensor)}
        for name, tensor in sorted(tensors.items())
    }


def _shape(tensor: Mapping[str, Any]) -> list[int | None]:
    sizes = (int(axis.get("size", 0)) for axis in tensor["tensor_shape"].get("dim", []))
    return [None if size < 0 else size for size in sizes]


# --- from Python's values to tensors --------------------------------------------------


def tensors(form: Form, given: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The inputs of a signature out of the values given, checked and cast.

    The one place where values become tensors, whoever runs the signature. What it does
    not take is left out, as a model leaves out what no network declares; where the
    others have more rows, a single row stands for all of them.

    Args:
        form: of the signature.
        given: values by the names of tensors; None is not there.

    Returns:
        Arrays of exactly the dtypes and shapes of the form.

    Raises:
        ValueError: for an input that is missing, has another shape or no rows, is not
            finite, or is a number below 1; or for numbers of rows that differ.
        TypeError: for a value that holds no numbers, or no integers where they belong.

    Example:
        >>> count, seed = ({"dtype": "int32", "shape": s} for s in ([], [2]))
        >>> form = {"name": "sample", "inputs": {"count": count, "seed": seed}}
        >>> tensors(form, {"count": 4, "seed": (0, 7), "x": None})["seed"].tolist()
        [0, 7]
    """
    missing = [name for name in form["inputs"] if given.get(name) is None]
    if missing:
        raise ValueError(
            f"The signature {form['name']!r} takes {_names(form['inputs'])}. "
            f"Missing: {_names(missing)}."
        )
    arrays = {
        name: _tensor(name, given[name], **tensor)
        for name, tensor in form["inputs"].items()
    }
    for name, array in arrays.items():
        if array.ndim == 0 and array.dtype.kind == "i" and array < 1:  # all are counts
            raise ValueError(f"`{name}` must be >= 1. Received: {name}={array}.")
    return {**arrays, **_rows({name: arrays[name] for name in _batched(form)})}


def outputs(
    form: Form, inputs: Mapping[str, np.ndarray], answer: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Return the outputs of a signature out of a server's values, checked and cast.

    A free axis has the size that was asked for: the first one a row for each row of the
    inputs, or `count` of them, and the second one `frames` or `steps`.

    Args:
        form: of the signature.
        inputs: that it was run on, as `tensors` gives them.
        answer: values by the names of the outputs, each of them there.

    Returns:
        Arrays of the dtypes of the form and the shapes that were asked for.

    Raises:
        ValueError: for another shape, or a value that is not finite.
        TypeError: for a value that holds no numbers, or no integers where they belong.

    Example:
        >>> x = {"dtype": "float32", "shape": [None, 2]}
        >>> form = {"name": "decode", "inputs": {"latent": x}, "outputs": {"x": x}}
        >>> outputs(form, {"latent": np.zeros((3, 2))}, {"x": [[0.5, 1.0]]})
        Traceback (most recent call last):
        ValueError: `x` must have the shape (3, 2). Received: (1, 2).
    """
    rows = [len(inputs[name]) for name in _batched(form)] or [inputs.get("count")]
    asked = [rows[0], inputs.get("frames", inputs.get("steps"))]
    found = {}
    for name, tensor in form["outputs"].items():
        shape = list(tensor["shape"])
        for axis, size in enumerate(asked[: len(shape)]):
            if shape[axis] is None and size is not None:
                shape[axis] = int(size)
        found[name] = _tensor(name, answer[name], tensor["dtype"], shape, "fiu")
    return found


def _batched(form: Form) -> list[str]:
    """Return the names of the inputs that have a row an example."""
    return [n for n, t in form["inputs"].items() if t["shape"][:1] == [None]]


def _names(names: Any) -> str:
    return ", ".join(map(repr, names))


def _tensor(
    name: str, value: Any, dtype: str, shape: list[int | None], reals: str = "fiub"
) -> np.ndarray:
    """Check and cast a value; `reals` are NumPy's kinds that may stand for floats."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"`{name}` must be an array, its rows of one length. Received: {error}."
        ) from error
    integers = np.dtype(dtype).kind == "i"
    if array.dtype.kind not in ("iu" if integers else reals):
        raise TypeError(
            f"`{name}` must hold {'integers' if integers else 'numbers'}. "
            f"Received: {reprlib.repr(value)} of type {type(value).__name__}."
        )
    check_shape(name, array, shape)
    return _integers(name, array, dtype) if integers else _floats(name, array, dtype)


def check_shape(name: str, array: np.ndarray, shape: list[int | None]) -> None:
    """Refuse an array that is not of the shape of a form, or has no rows.

    Raises:
        ValueError: naming both shapes.
    """
    fits = array.ndim == len(shape) and all(
        size == wanted or (wanted is None and size > 0)
        for size, wanted in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("n" if size is None else str(size) for size in shape)
        least = " with n >= 1" if None in shape else ""
        raise ValueError(
            f"`{name}` must have the shape ({wanted}){least}. Received: {array.shape}."
        )


def _integers(name: str, array: np.ndarray, dtype: str) -> np.ndarray:
    limits = np.iinfo(dtype)
    if array.min() < limits.min or array.max() > limits.max:
        raise ValueError(
            f"`{name}` must be in {limits.min}..{limits.max}. "
            f"Received: {name}={array.tolist()}."
        )
    return array.astype(dtype)


def _floats(name: str, array: np.ndarray, dtype: str) -> np.ndarray:
    with np.errstate(over="ignore"):  # refused in the next line
        array = array.astype(dtype)
    wrong = int((~np.isfinite(array)).sum())
    if wrong:
        raise ValueError(
            f"`{name}` must hold finite numbers of {dtype}. "
            f"Received: {wrong} others of {array.size}."
        )
    return array


def _rows(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """As many rows in each: single ones are repeated."""
    most = max(map(len, arrays.values()), default=1)
    counts = {name: len(array) for name, array in arrays.items()}
    if set(counts.values()) - {1, most}:
        told = ", ".join(f"{name}: {count}" for name, count in counts.items())
        raise ValueError(
            f"{_names(counts)} must have as many rows, or one for all. "
            f"Received: {told}."
        )
    return {
        name: np.repeat(array, most, axis=0) if len(array) < most else array
        for name, array in arrays.items()
    }
