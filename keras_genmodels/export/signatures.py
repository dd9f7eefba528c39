"""A signature: one function of a SavedModel, named tensors in, named tensors out.

A builder takes a model and returns the named inputs of one signature and the function
behind it; `signature_builders` has them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from keras_genmodels import registry

Tensors = dict[str, tf.Tensor]
Built = tuple[dict[str, tf.TensorSpec], Callable[..., Tensors]]

SEED = tf.TensorSpec((2,), tf.int32)
NUMBER = tf.TensorSpec((), tf.int32)


@dataclass(frozen=True)
class Signature:
    """One traced function of a SavedModel.

    Args:
        name: what a client asks for, such as "sample".
        inputs: the tensors it takes, in the order of `function`'s arguments.
        function: a `tf.function` of them that returns a dict of named tensors.
    """

    name: str
    inputs: dict[str, tf.TensorSpec]
    function: Any

    @property
    def traced(self) -> Any:
        """The function of the inputs as they are declared, traced once."""
        return self.function.get_concrete_function()

    def form(self) -> dict[str, Any]:
        """The JSON form: the name, and dtype and shape of every tensor by its name."""
        outputs = self.traced.structured_outputs
        return {
            "name": self.name,
            "inputs": {key: _form(value) for key, value in self.inputs.items()},
            "outputs": {key: _form(value) for key, value in outputs.items()},
        }


def _form(tensor: Any) -> dict[str, Any]:
    return {"dtype": tensor.dtype.name, "shape": tensor.shape.as_list()}


def signature(
    name: str,
    needs: str | None = None,
    when: Callable[[Any], bool] = lambda model: True,
) -> Callable[[Any], Any]:
    """Register a builder as `name`, for models with the method `needs` or `name`.

    Args:
        name: of the signature.
        needs: the method that a model must have. Default: the one of this name.
        when: whether a model that has it is given the signature.

    Example:
        >>> @signature("mirror", needs="mirrored")
        ... def mirror(model):
        ...     return {"x": rows(28, 28, 1)}, lambda x: {"x": model.mirrored(x)}
    """

    def decorate(builder: Callable[[Any], Built]) -> Callable[[Any], Built]:
        builder.needs, builder.when = needs or name, when
        return registry.register(name, family="signature")(builder)

    return decorate


def trace(
    name: str,
    inputs: dict[str, tf.TensorSpec],
    run: Callable[..., Tensors],
    reading: Callable[[], Any],
) -> Signature:
    """The signature of what a builder returned, traced in a context that is made."""
    named = {
        key: tf.TensorSpec(spec.shape, spec.dtype, name=key)
        for key, spec in inputs.items()
    }

    def function(*tensors: tf.Tensor) -> Tensors:
        with reading():
            return run(**dict(zip(named, tensors, strict=True)))

    traced = tf.function(
        function, input_signature=list(named.values()), autograph=False
    )
    return Signature(name, named, traced)


# --- what models look at --------------------------------------------------------------


def rows(*shape: int) -> tf.TensorSpec:
    """A float32 tensor with a free batch axis before `shape`."""
    return tf.TensorSpec((None, *shape), tf.float32)


def declared(model: Any, *networks: str) -> dict[str, tf.TensorSpec]:
    """The tensors of a batch but "x" that a signature needs.

    Args:
        model: with the `spec` that names them.
        *networks: attributes of the model, as far as it has them, that the signature
            runs; without any, all of its networks.
    """
    found = [getattr(model, name) for name in networks if hasattr(model, name)]
    if not networks or hasattr(model, "uses_condition"):  # all parts share it
        found = getattr(model, "networks", ())
    names = {name for network in found for name in network.input}
    for made, network in getattr(model, "further_inputs", {}).items():
        names |= set(getattr(model, network).input) if made in names else set()
    return {
        name: tf.TensorSpec((None, *shape), model.spec.dtypes[name])
        for name, shape in model.spec.shapes.items()
        if name in names - {"x"}
    }
