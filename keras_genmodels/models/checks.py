"""Checks of the networks of a model against what a batch has and the model can use."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import keras

from keras_genmodels.data.spec import DatasetSpec

_BOUNDED = (
    keras.activations.sigmoid,
    keras.activations.softmax,
    keras.activations.tanh,
)


def check_gan(model) -> None:
    """Refuse players that no step could make sense of.

    Args:
        model: a `GAN`.

    Raises:
        ValueError: for networks that declare what they will not be given, a generator
            that makes no samples, `critic_steps` that is no integer >= 1, no critic,
            critics of one name, a term of a critic that is not there, or critics that
            share an objective with a state.
    """
    spec, critics, steps = model.spec, model.critics, model.critic_steps
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(
            f"`critic_steps` must be an integer >= 1. Received: critic_steps={steps!r}."
        )
    if not critics:
        raise ValueError(f"`critics` must hold at least one. Received: {critics}.")
    names = [critic.name for critic in critics]
    if len(set(names)) < len(names):
        raise ValueError(f"`critics` must differ in `name`. Received: {names}.")
    for term in model.added_terms:
        if getattr(term, "critic", None) not in (None, *names):
            raise ValueError(
                f"`critic` of the term {term.name!r} must be one of {names}. "
                f"Received: {term.critic!r}."
            )
    seen = available(spec, "latent", *model.further_inputs)
    check_inputs(model.generator, {**seen, "seed": None}, but=["x"])
    check_sample(model.generator, spec, linear=model.output_name == "sigmoid")
    for critic in critics:
        if critic.view is None:  # a view may show it anything
            check_inputs(critic.network, seen)
    with_state = [c.objective for c in critics if c.objective.weights]
    if len({id(objective) for objective in with_state}) < len(with_state):
        raise ValueError(
            "Critics must not share an objective that has a state; give each its own. "
            f"Received: {with_state[0].name!r} in more than one critic."
        )


def check_video_vae(model, own_terms: Sequence[str]) -> None:
    """Refuse noise below 0, and added terms that have the names of the model's own.

    Args:
        model: a `VideoVAE`.
        own_terms: the names of its own terms.

    Raises:
        ValueError: for either.
    """
    if model.memory_noise < 0:
        raise ValueError(
            f"`memory_noise` must be >= 0. Received: {model.memory_noise}."
        )
    added = [term.name for term in model.added_terms]
    if set(own_terms) & set(added):
        raise ValueError(
            f"`terms` must have other names than {list(own_terms)}, which are the "
            f"model's. Received: {added}."
        )


def available(spec: DatasetSpec, *further: str) -> dict[str, tuple[int, ...] | None]:
    """Name to shape of everything that a network may declare; None is any shape.

    Args:
        spec: of the dataset.
        *further: names of what the model gives beside the tensors of a batch.
    """
    known = {name: shape for name, shape in spec.shapes.items() if math.prod(shape)}
    return {**known, **dict.fromkeys(further)}


def check_inputs(
    network: keras.Model,
    shapes: Mapping[str, tuple[int, ...] | None],
    but: Sequence[str] = (),
) -> None:
    """Refuse a network that declares what it will not be given.

    Args:
        network: a functional model with a dict of named inputs.
        shapes: name to shape, without the batch axis, of what there is for it.
        but: names that this network may not declare all the same.

    Raises:
        ValueError: for a name that is not available, or another shape.
    """
    known = {name: shape for name, shape in shapes.items() if name not in but}
    for name, tensor in network.input.items():
        if name not in known:
            raise ValueError(
                f"The network {network.name!r} may declare the inputs "
                f"{list(known)}. Received: {sorted(network.input)}."
            )
        shape = tuple(tensor.shape[1:])
        if known[name] is not None and shape != tuple(known[name]):
            raise ValueError(
                f"The input {name!r} of the network {network.name!r} must have the "
                f"shape {tuple(known[name])} that a batch has. Received: {shape}."
            )


def check_sample(
    generator: keras.Model, spec: DatasetSpec, name: str = "x", linear: bool = True
) -> None:
    """Refuse a generator that does not put out a sample.

    Args:
        generator: its network.
        spec: of the dataset.
        name: of the output.
        linear: whether the model squashes the output, so that it must not be bounded.

    Raises:
        ValueError: if its output of this name is not there, not of the size of that
            tensor of a batch, else of x, or bounded where it must be linear.
    """
    made, shape = _output(generator, name), spec.shapes.get(name, spec.x_shape)
    if math.prod(made.shape[1:]) != math.prod(shape):
        raise ValueError(
            f"The output {name!r} of the generator {generator.name!r} must hold as "
            f"many numbers as {tuple(shape)}. Received: shape {tuple(made.shape)}."
        )
    if linear:
        _check_linear(generator, name)


def check_score(network: keras.Model, least: int = 1) -> None:
    """Refuse a critic whose output is no score.

    Args:
        network: of the critic.
        least: numbers that its objective wants on the last axis of "score": exactly 1,
            or at least so many classes.

    Raises:
        ValueError: if the output "score" is not there, of another size, or bounded.
    """
    shape = tuple(_output(network, "score").shape)
    if shape[-1] < least or (least == 1 and shape[-1] != 1):
        wanted = "1 number" if least == 1 else f"at least {least} numbers"
        raise ValueError(
            f"The output 'score' of the critic {network.name!r} must hold {wanted} on "
            f"its last axis, for its objective. Received: shape {shape}."
        )
    _check_linear(network, "score")


def check_encoder(model) -> None:
    """Refuse an encoder that could not be fed, or that nothing would move.

    Args:
        model: a GAN with an `encoder`.

    Raises:
        ValueError: for an input that a batch does not have, a generator without a
            latent, or neither a critic that declares "latent" nor a term.
    """
    if model.latent_dim is None:
        raise ValueError(
            "A model with an encoder needs a generator that declares 'latent'. "
            f"Received: {sorted(model.generator.input)}."
        )
    check_inputs(model.encoder, available(model.spec, *model.encoder_sees))
    seen = [sorted(critic.network.input) for critic in model.critics]
    if not (model.added_terms or any("latent" in names for names in seen)):
        raise ValueError(
            "A critic must declare 'latent', or a term be given, for the encoder to "
            f"learn from. Received: no term, and critics that declare {seen}."
        )


def declared_latent(network: keras.Model) -> int:
    """Return the size of the latents that a decoder declares.

    Raises:
        ValueError: if it declares none, or one of another form than (size,).
    """
    shapes = {name: tuple(tensor.shape[1:]) for name, tensor in network.input.items()}
    if len(shapes.get("latent", ())) != 1:
        raise ValueError(
            f"The network {network.name!r} must declare the input 'latent', of the "
            f"shape (latent_dim,). Received: {shapes}."
        )
    return shapes["latent"][0]


def check_latent_dim(prior, latent_dim: int) -> None:
    """Refuse a prior of latents of another size.

    Raises:
        ValueError: names both sizes.
    """
    if prior.latent_dim != latent_dim:
        raise ValueError(
            f"`prior` must be one of {latent_dim} latents, as the decoder declares. "
            f"Received: {type(prior).__name__} of {prior.latent_dim}."
        )


def check_params(network: keras.Model, name: str, head) -> None:
    """Refuse a network whose output is not the parameters of a distribution.

    Args:
        network: an encoder or a decoder.
        name: of the output.
        head: that makes a distribution of it.

    Raises:
        ValueError: if it is not there, of another size, or bounded before a head that
            squashes it.
    """
    output = _output(network, name, head.params_size)
    size = None if None in output.shape[1:] else math.prod(output.shape[1:])
    if size not in (None, head.params_size):
        raise ValueError(
            f"The output {name!r} of the network {network.name!r} must hold "
            f"{head.params_size} numbers an example, the parameters of "
            f"{type(head).__name__}. Received: shape {tuple(output.shape)}."
        )
    activation = getattr(head, "activation", None)
    if name == "likelihood" and activation is not keras.activations.linear:
        _check_linear(network, name)


def check_size(network: keras.Model, name: str, size: int) -> None:
    """Refuse a network whose output of this name does not hold `size` numbers.

    Raises:
        ValueError: if it is not there, or of another size.
    """
    shape = tuple(_output(network, name).shape)
    if shape[1:] != (size,):
        raise ValueError(
            f"The output {name!r} of the network {network.name!r} must have the shape "
            f"{(None, size)}. Received: {shape}."
        )


def last_layer(network: keras.Model, name: str) -> keras.layers.Layer | None:
    """The layer that puts out the network's output of this name, if it is one."""
    return _producer(network, _output(network, name))


def _producer(network, wanted):
    """The layer that puts out a tensor, if it is one, and no network of its own."""
    for layer in network.layers:
        try:
            outputs = keras.tree.flatten(layer.output)
        except (AttributeError, ValueError):  # called never, or more than once
            continue
        if any(output is wanted for output in outputs):
            return None if isinstance(layer, keras.Model) else layer
    return None


def _output(network, name, size=None):
    outputs = network.output
    if not isinstance(outputs, dict) or name not in outputs:
        received = sorted(outputs) if isinstance(outputs, dict) else outputs
        holding = "" if size is None else f", of {size} numbers an example"
        raise ValueError(
            f"The network {network.name!r} must have an output named {name!r}{holding}."
            f" Received: {received}."
        )
    return outputs[name]


def _check_linear(network, name):
    """Refuse an output that ends in a sigmoid, softmax or tanh."""
    last, inner = last_layer(network, name), network.layers[-1]
    if last is None and getattr(inner, "outputs", None):
        last = _producer(inner, inner.outputs[0])
    bounded = getattr(last, "activation", None) in _BOUNDED
    if bounded or isinstance(last, keras.layers.Softmax):
        raise ValueError(
            f"The output {name!r} of {network.name!r} must be linear; the model or the "
            f"objective squashes it. Received: {last.name!r}, whose output is bounded."
        )
