"""Adversarial networks between two domains of which no pairs are known."""

from __future__ import annotations

import functools

import tensorflow as tf

from keras_genmodels.models.checks import check_inputs, check_sample
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import call_declared, examples
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.registry import register
from keras_genmodels.seeds import seed_pair


@register("cycle_gan", family="model")
class CycleGAN(GAN):
    """Two translators, there and back, that undo each other.

        y_made = x_to_y(x)                     is judged among pictures of y
        x_made = y_to_x(y)                     is judged among pictures of x
        x_again = y_to_x(x_to_y(x)),  y_again = x_to_y(y_to_x(y))

    A batch holds pictures "x" and "y" that do not belong together. Critics alone would
    let x become any picture of y; that it must be found again in what was made of it
    ties the two together. For critics and terms the fake batch of a step holds

        "x", "y"              x_made, y_made
        "x_again", "y_again"  after a round trip
        "x_same", "y_same"    y_to_x(x), x_to_y(y): of what needs no translation

    of which the last four are computed only where a term reads them.

    Args:
        spec: of a data set of images whose batches have "y".
        x_to_y: network from "x", and "seed" (int32 (2,), for `SeededDropout`), to the
            output "y".
        y_to_x: network from "y", and "seed", to the output "x"; it is the `generator`,
            and `sample` runs it.
        critics: with the views `Named("x")` and `Named("y")`, say.
        **kwargs: as for `GAN`, such as `terms` and `critic_steps`.

    Shapes: "x" (batch, *spec.x_shape) and "y" (batch, *spec.shapes["y"]), in [0, 1].

    Raises:
        ValueError: for what `GAN` refuses, or a network that does not lead from one
            domain to the other.

    Reference: Zhu, Park, Isola, Efros, "Unpaired Image-to-Image Translation using
    Cycle-Consistent Adversarial Networks", 2017; Kim et al., "Learning to Discover
    Cross-Domain Relations with Generative Adversarial Networks", 2017; Yi et al.,
    "DualGAN: Unsupervised Dual Learning for Image-to-Image Translation", 2017.
    """

    def __init__(self, spec, x_to_y, y_to_x, critics, **kwargs):
        y_to_x = named(y_to_x, "y_to_x", {"y": spec.shapes.get("y"), "seed": None}, "x")
        super().__init__(spec, y_to_x, critics, **kwargs)
        domains = {"x": spec.x_shape, "seed": None}
        self.x_to_y = named(x_to_y, "x_to_y", domains, "y")
        check_inputs(self.x_to_y, domains)
        check_sample(self.x_to_y, spec, "y", linear=self.output_name == "sigmoid")
        self._read = {getattr(term, "key", None) for term in self.added_terms}

    @property
    def networks(self):
        return [*super().networks, self.x_to_y]

    @property
    def generator_networks(self):
        return [self.generator, self.x_to_y]

    # --- translation ------------------------------------------------------------------

    def translate(self, source, condition=None, seed=0) -> tf.Tensor:
        """The pictures of y that are made of pictures of x, with averaged weights.

        Args:
            source: pictures of x, (batch, *spec.x_shape) in [0, 1].
            condition: is not read; other translators declare further tensors.
            seed: an int or two ints, of the translators' noise, if they have any; the
                same seed gives the same pictures.

        Returns:
            float32 in [0, 1], (batch, *spec.shapes["y"]).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        return self._translated("y", self._source(source, "x"), seed)

    def translate_back(self, source, condition=None, seed=0) -> tf.Tensor:
        """The pictures of x that are made of pictures of y, with averaged weights.

        Args:
            source: pictures of y, (batch, *spec.shapes["y"]) in [0, 1].
            condition: is not read, as in `translate`.
            seed: as for `translate`.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        return self._translated("x", self._source(source, "y"), seed)

    def _translated(self, domain, source, seed):
        with self._averaged():
            return self._made(domain, source, seed_pair(seed), training=False)

    def _source(self, source, domain):
        """Pictures of a domain, checked."""
        source, wanted = examples(source, "source"), self.spec.shapes[domain]
        if not source.shape[1:].is_compatible_with(wanted):
            raise ValueError(
                f"`source` must have the shape {(None, *wanted)}, of {domain!r}. "
                f"Received: {tuple(source.shape)}."
            )
        return source

    # --- training ---------------------------------------------------------------------

    def fake_batch(self, real, seed, training=False):
        """All that the two translators make of a batch, as far as it is read."""
        x, y = real["x"], real["y"]
        made = functools.partial(self._made, training=training)
        seeds = [tf.random.experimental.stateless_fold_in(seed, i) for i in range(6)]
        fake = {"x": made("x", y, seed), "y": made("y", x, seeds[1])}
        sources = [
            ("x_again", "x", fake["y"]),
            ("y_again", "y", fake["x"]),
            ("x_same", "x", x),
            ("y_same", "y", y),
        ]
        for (name, domain, source), own in zip(sources, seeds[2:], strict=True):
            if name in self._read:
                fake[name] = made(domain, source, own)
        return {**self.generator_inputs(real, seed), **fake}

    def _made(self, domain, source, seed, training):
        """Pictures of a domain, made of pictures of the other one, or of its own."""
        network, given = (self.generator, "y") if domain == "x" else (self.x_to_y, "x")
        outputs = call_declared(network, {given: source, "seed": seed}, training)
        shape = (-1, *self.spec.shapes[domain])
        return tf.reshape(self.to_sample(outputs[domain]), shape)

    # --- the file ---------------------------------------------------------------------

    def get_config(self):
        config = super().get_config()
        del config["prior"]  # there are no latents
        own = {"y_to_x": config.pop("generator"), **serialised({"x_to_y": self.x_to_y})}
        return {**config, **own}
