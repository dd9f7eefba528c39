"""The functions that a SavedModel can have, one builder each.

`needs` says which public method a model must have to be given the signature, so a new
kind of model adds a builder and changes nothing else.

Common to all of them: `seed` is int32 (2,); `count`, `frames`, `steps` and
`num_samples` are int32 scalars; everything else is float32 with a free batch axis.
`condition`, and every further tensor of the data such as `source`, is an input where a
network that the signature runs declares it; their signatures are written `[, ...]`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_genmodels import latents, registry
from keras_genmodels.distributions.priors import sample_shape
from keras_genmodels.export.signatures import (
    NUMBER,
    SEED,
    Built,
    Signature,
    Tensors,
    declared,
    rows,
    signature,
    trace,
)


def offered(
    model: Any, reading: Callable[[], Any] = contextlib.nullcontext
) -> list[Signature]:
    """The signatures of everything that `model` can do, `sample` first.

    Args:
        model: a built `keras_genmodels.models.BatchModel`.
        reading: makes the context that the functions are traced in.

    Raises:
        TypeError: for a thing without `spec`, or without both `sample` and `classify`.
    """
    able = hasattr(model, "sample") or hasattr(model, "classify")
    if not (hasattr(model, "spec") and able):
        raise TypeError(
            "`model` must be a model of keras_genmodels, with `spec` and `sample`, or "
            f"`classify`. Received: {model!r} of type {type(model).__name__}."
        )
    names = sorted(registry.names("signature"), key=lambda name: name != "sample")
    builders = {name: registry.lookup(name, "signature") for name in names}
    return [
        trace(name, *builder(model), reading)
        for name, builder in builders.items()
        if hasattr(model, builder.needs) and builder.when(model)
    ]


def _latent_shape(model: Any) -> tuple[int, ...]:
    return getattr(model, "latent_shape", (model.latent_dim,))


def _x(model: Any, x: tf.Tensor) -> Tensors:
    """The output `x` as the contract has it, its shape known but the batch."""
    x = tf.cast(x, model.spec.dtypes["x"])
    return {"x": tf.ensure_shape(x, (None, *model.spec.x_shape))}


def _has_latents(model: Any) -> bool:
    return getattr(model, "latent_dim", 0) is not None


def _draws_whole_latents(model: Any) -> bool:
    """Whether the prior draws what `decode` takes, and not frame by frame."""
    return _has_latents(model) and len(_latent_shape(model)) == 1


def _rows_of(tensors: Tensors) -> tf.Tensor:
    return tf.shape(next(iter(tensors.values())))[0]


def _encoded(model: Any) -> dict[str, tf.TensorSpec]:
    """The input "x" of a signature that encodes, if the encoder looks at it."""
    encoder = getattr(model, "encoder", None)
    seen = encoder is None or "x" in getattr(encoder, "input", {"x": None})
    return {"x": rows(*model.spec.x_shape)} if seen else {}


def _at_least_one(name: str, value: tf.Tensor) -> None:
    tf.debugging.assert_positive(value, f"`{name}` must be >= 1.")


# --- one builder a signature ----------------------------------------------------------


@signature("sample")
def sample(model: Any) -> Built:
    """`sample(count, seed) -> x`, or `sample(condition[, ...], seed) -> x`."""

    def unconditional(count, seed):
        return _x(model, model.sample(count, seed=seed))

    def conditional(seed, **given):
        return _x(model, model.sample(_rows_of(given), given, seed=seed))

    given = declared(model, "decoder", "generator", "network")
    if given:
        return {**given, "seed": SEED}, conditional
    return {"count": NUMBER, "seed": SEED}, unconditional


@signature("prior", needs="latent_prior", when=_draws_whole_latents)
def prior(model: Any) -> Built:
    """`prior(count, seed) -> latent`, or `prior(condition[, ...], seed) -> latent`.

    The latents behind `sample`: with the same seed `decode` makes the same samples of
    them. They are what a walk between samples and arithmetic on samples start from. A
    model of clips that draws them frame by frame has none.
    """

    def run(count, seed, **given):
        distribution = model.prior(given)
        rows = sample_shape(distribution, count)
        latent = tf.cast(distribution.sample(rows, seed=seed), tf.float32)
        return {"latent": tf.ensure_shape(latent, (None, *_latent_shape(model)))}

    def conditional(seed, **given):
        return run(_rows_of(given), seed, **given)

    given = declared(model, "decoder", "generator")
    if given:
        return {**given, "seed": SEED}, conditional
    return {"count": NUMBER, "seed": SEED}, run


@signature("encode")
def encode(model: Any) -> Built:
    """`encode(x[, ...]) -> latent`, without x where the encoder does not see it."""

    def run(x=None, **given):
        latent = tf.cast(model.encode(given if x is None else x, given), tf.float32)
        return {"latent": tf.ensure_shape(latent, (None, *_latent_shape(model)))}

    return {**_encoded(model), **declared(model, "encoder")}, run


@signature("decode", when=_has_latents)
def decode(model: Any) -> Built:
    """`decode(latent[, ...]) -> x`."""

    def run(latent, **given):
        return _x(model, model.decode(latent, given))

    return {
        "latent": rows(*_latent_shape(model)),
        **declared(model, "decoder", "generator"),
    }, run


@signature("reconstruct")
def reconstruct(model: Any) -> Built:
    """`reconstruct(x[, ...]) -> x`, without x where the encoder does not see it."""

    def run(x=None, **given):
        return _x(model, model.reconstruct(given if x is None else x, given))

    networks = getattr(model, "reconstructs_by", ("encoder", "decoder", "generator"))
    given = declared(model, *networks)
    return {**_encoded(model), **given}, run


@signature("classify")
def classify(model: Any) -> Built:
    """`classify(x) -> probabilities`, in the columns that `condition` has.

    A classifier that sees another tensor than x takes that, by its name.
    """
    seen = getattr(model, "seen", "x")

    def run(**given):
        return {"probabilities": model.classify(given[seen])}

    return {seen: rows(*model.spec.shapes[seen])}, run


@signature("sample_pairs")
def sample_pairs(model: Any) -> Built:
    """`sample_pairs(count, seed) -> x, other`: two domains, row by row."""

    def run(count, seed):
        pairs = model.sample_pairs(count, seed=seed)
        return {**_x(model, pairs[:, 0]), "other": pairs[:, 1]}

    return {"count": NUMBER, "seed": SEED}, run


@signature("log_likelihood")
def log_likelihood(model: Any) -> Built:
    """`log_likelihood(x[, ...], num_samples, seed) -> log_likelihood`, nats."""

    def run(x, num_samples, seed, **given):
        _at_least_one("num_samples", num_samples)
        nats = model.log_likelihood(x, given, num_samples=num_samples, seed=seed)
        return {"log_likelihood": tf.ensure_shape(nats, (None,))}

    given = declared(model, "encoder", "decoder")
    inputs = {"x": rows(*model.spec.x_shape), **given}
    return {**inputs, "num_samples": NUMBER, "seed": SEED}, run


@signature("elbo", needs="elbo_terms")
def elbo(model: Any) -> Built:
    """`elbo(x[, ...], num_samples, seed) -> elbo, reconstruction, kl`, nats."""

    def run(x, num_samples, seed, **given):
        _at_least_one("num_samples", num_samples)
        terms = model.elbo_terms(x, given, num_samples=num_samples, seed=seed)
        return {name: tf.ensure_shape(nats, (None,)) for name, nats in terms.items()}

    given = declared(model, "encoder", "decoder")
    inputs = {"x": rows(*model.spec.x_shape), **given}
    return {**inputs, "num_samples": NUMBER, "seed": SEED}, run


@signature("interpolate", needs="decode", when=_has_latents)
def interpolate(model: Any) -> Built:
    """`interpolate(start, end, steps[, ...]) -> x`, on the straight line.

    `start` and `end` are latents, (batch, latent_dim), and row i of `x`, (batch, steps,
    *x_shape), walks from row i of `start` to row i of `end`, both of them included.
    `steps` >= 1, and 1 gives the start alone. A condition is one row a walk.
    """
    shape, x_shape = _latent_shape(model), model.spec.x_shape

    def run(start, end, steps, **given):
        _at_least_one("steps", steps)
        walks = latents.interpolate(tf.stack([start, end]), steps, latents.lerp)
        walks = tf.experimental.numpy.swapaxes(walks, 0, 1)  # (batch, steps, *shape)
        walks = tf.reshape(walks, (-1, *shape))
        given = {name: tf.repeat(rows, steps, axis=0) for name, rows in given.items()}
        x = tf.cast(model.decode(walks, given), tf.float32)
        return {"x": tf.reshape(x, (tf.shape(start)[0], steps, *x_shape))}

    inputs = {"start": rows(*shape), "end": rows(*shape), "steps": NUMBER}
    return {**inputs, **declared(model, "decoder", "generator")}, run


# --- clips of any length --------------------------------------------------------------


@signature("generate", needs="continue_from")
def generate(model: Any) -> Built:
    """`generate(condition, frames, seed) -> x`, a clip of so many frames a row.

    Columns of an attribute that are all 0 leave it to the model. A model that looks at
    no condition takes `count` in its place.
    """

    def conditional(condition, frames, seed):
        return _clips(model, frames, seed, None, condition=condition)

    def unconditional(count, frames, seed):
        return _clips(model, frames, seed, None, n=count)

    inputs, given = {"frames": NUMBER, "seed": SEED}, declared(model)
    if given:
        return {**given, **inputs}, conditional
    return {"count": NUMBER, **inputs}, unconditional


@signature("continue_from")
def continue_from(model: Any) -> Built:
    """`continue_from(first_frame[, condition], frames, seed) -> x`, a clip a row."""

    def run(first_frame, frames, seed, condition=None):
        return _clips(model, frames, seed, first_frame, condition=condition)

    first = {"first_frame": rows(*model.spec.x_shape[1:])}
    return {**first, "frames": NUMBER, "seed": SEED, **declared(model)}, run


@signature("infer_attributes", when=lambda model: model.reads_attributes)
def infer_attributes(model: Any) -> Built:
    """`infer_attributes(first_frame) -> one tensor of probabilities an attribute`."""
    return {"first_frame": rows(*model.spec.x_shape[1:])}, model.infer_attributes


def _clips(model, frames, seed, first_frame, **asked) -> Tensors:
    _at_least_one("frames", frames)
    x = model.sample(num_frames=frames, first_frame=first_frame, seed=seed, **asked)
    return {"x": tf.ensure_shape(x, (None, None, *model.spec.x_shape[1:]))}
