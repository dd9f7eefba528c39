"""TensorFlow Serving's JSON and its tensors, as `json_tensor.cc` reads and writes them.

https://www.tensorflow.org/tfx/serving/api_rest describes the two formats: in rows,
`{"instances": ...}` and `{"predictions": ...}`, where every input has the batch axis;
and in columns, `{"inputs": ...}` and `{"outputs": ...}`.
"""

from __future__ import annotations

import json
import math

import numpy as np
import tensorflow as tf

LARGEST_INTEGER = 2**24 - 1  # that a JSON integer may be where a float is wanted


def fill_request(request, body, signatures):
    """Fill a `PredictRequest`; the format of the request, "inputs" or "instances".

    Raises:
        ValueError: with the server's words for what it would refuse.
    """
    try:
        document = json.loads(body)
    except ValueError as error:
        raise ValueError(f"JSON Parse error: {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"JSON Value: {document} Is not object")
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise ValueError("'signature_name' key must be a string value.")
    request.model_spec.signature_name = name
    if (name or "serving_default") not in signatures:
        raise ValueError(f'Serving signature name: "{name}" not found in signature def')
    infos = signatures[name or "serving_default"].inputs
    given = {"inputs", "instances"} & set(document)
    if len(given) != 1:
        raise ValueError("expecting only one of 'inputs' or 'instances' keys to exist")
    [layout] = given
    fill = {"inputs": fill_columns, "instances": fill_rows}[layout]
    for key, value in fill(document[layout], infos).items():
        request.inputs[key].CopyFrom(value)
    return layout


def fill_columns(value, infos):
    if not isinstance(value, dict):
        if len(infos) > 1:
            raise ValueError("inputs is a plain value/list, but expecting an object")
        value = {next(iter(infos)): value}
    for key in infos:
        if key not in value:
            raise ValueError(f"Missing named input: {key} in 'inputs' object.")
    return {key: tensor(value[key], info.dtype) for key, info in infos.items()}


def fill_rows(value, infos):
    if not isinstance(value, list) or not value:
        raise ValueError("Excepting 'instances' to be an list/array, not empty")
    if not isinstance(value[0], dict):
        if len(infos) > 1:
            raise ValueError("instances is a plain list, but expecting list of objects")
        value = [{next(iter(infos)): row} for row in value]
    if any(not isinstance(row, dict) or set(row) != set(infos) for row in value):
        raise ValueError(f"keys must be equal to: {','.join(sorted(infos))}")
    columns = {key: [row[key] for row in value] for key in infos}
    return {key: tensor(columns[key], info.dtype) for key, info in infos.items()}


def tensor(value, dtype):
    """A dense tensor; its shape is that of the first elements."""
    shape, level = [], value
    while isinstance(level, list):
        shape.append(len(level))
        if not level:
            break
        level = level[0]
    kind = tf.dtypes.as_dtype(dtype)
    flat = list(leaves(value, shape, 0, kind))
    return tf.make_tensor_proto(np.array(flat, kind.as_numpy_dtype), dtype, shape)


def leaves(value, shape, level, kind):
    if not isinstance(value, list):
        if level != len(shape):
            raise ValueError(f"JSON Value: {value} found at incorrect level: {level}")
        yield number(value, kind)
        return
    if level >= len(shape):
        raise ValueError(f"Encountered list at unexpected level: {level}")
    if len(value) != shape[level]:
        raise ValueError(
            f"Encountered list at unexpected size: {len(value)} at level: {level} "
            f"expected size: {shape[level]}"
        )
    for item in value:
        yield from leaves(item, shape, level + 1, kind)


def number(value, kind):
    wrong = ValueError(f"JSON Value: {value} is not of expected type: {kind.name}")
    if kind.is_integer:
        if type(value) is not int or not kind.min <= value <= kind.max:
            raise wrong
        return value
    if type(value) not in (int, float):
        raise wrong
    too_large = type(value) is int and abs(value) > LARGEST_INTEGER
    if too_large or (math.isfinite(value) and abs(value) > kind.max):
        raise ValueError(f"Cannot convert JSON value: {value} to float without loss")
    return value


def json_from(outputs, layout):
    """The response's text; the name of a single output is left out."""
    values = {key: tf.make_ndarray(proto) for key, proto in outputs.items()}
    if layout == "inputs":
        texts = {key: text(array) for key, array in values.items()}
        return f'{{"outputs": {joined(texts)}}}'
    if len({len(array) for array in values.values()}) > 1:
        raise ValueError("has inconsistent batch size")
    rows = (
        joined({key: text(row) for key, row in zip(values, row, strict=True)})
        for row in zip(*values.values(), strict=True)
    )
    return f'{{"predictions": [{", ".join(rows)}]}}'


def joined(texts):
    if len(texts) == 1:
        return next(iter(texts.values()))
    return f"{{{', '.join(f'{json.dumps(k)}: {v}' for k, v in texts.items())}}}"


def text(array):
    if np.ndim(array):
        return f"[{', '.join(map(text, array))}]"
    if array.dtype.kind == "i":
        return str(array)
    if not np.isfinite(array):
        return "NaN" if np.isnan(array) else "-Infinity" if array < 0 else "Infinity"
    short = f"{array:.6g}"
    if np.float32(short) != array:
        short = f"{array:.9g}"
    return short if "." in short or "e" in short else f"{short}.0"
