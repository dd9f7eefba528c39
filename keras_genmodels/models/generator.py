"""Models whose samples are the output of a generator network."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import tensorflow as tf

from keras_genmodels import registry
from keras_genmodels.distributed_random import draw_rows
from keras_genmodels.distributions.priors import sample_shape
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.checks import (
    available,
    check_latent_dim,
    declared_latent,
)
from keras_genmodels.models.input_methods import needs_input
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import (
    call_declared,
    condition_tensor,
    named_condition,
    pictures_of,
)
from keras_genmodels.models.resampling import resampled_columns
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.seeds import seed_pair


class GeneratorModel(GenerativeModel):
    """The base of models that have no density: a sample is what a generator puts out.

    A subclass says how the generator learns.

    Args:
        spec: of the dataset.
        generator: network from "latent", tensors of the batch such as "condition" or
            "source", and "seed" (int32 (2,), for `SeededDropout`) to the output "x", of
            as many numbers as `spec.x_shape`.
        prior: of the latent: "standard_normal", "uniform", "structured", ...
        output: from the generator's linear output to a sample: "sigmoid", "clip",
            "rectified" or "linear". The latter two leave [0, 1].
        resampled: names of attributes that a fake batch draws anew, each class as
            likely as the others; the rest of the condition is that of the real row.
        **kwargs: `seed`, `recipe`, `name` and `dtype`, as for `GenerativeModel`.
    """

    # Inputs of networks that the model itself makes -> the network that makes them.
    further_inputs: Mapping[str, str] = {}

    def __init__(
        self,
        spec,
        generator,
        prior="standard_normal",
        output="sigmoid",
        resampled=(),
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        further = dict.fromkeys(("seed", *self.further_inputs))
        shapes = {"latent": None, **available(spec), **further}
        self.generator = named(generator, "generator", shapes, "x")
        self.output_name = output
        self.to_sample = registry.lookup(output, "output")
        self.resampled = tuple(resampled)
        self.latent_dim = self.latent_prior = None
        if "latent" in self.generator.input:
            self.latent_dim = declared_latent(self.generator)
            self.latent_prior = registry.get(prior, "prior", latent_dim=self.latent_dim)
            check_latent_dim(self.latent_prior, self.latent_dim)

    # In a test batch: what `translate` is given, and the right answer.
    translates = ("source", "x")

    @property
    def networks(self):
        return [self.generator]

    # --- from latents to samples ------------------------------------------------------

    @needs_input("latent")
    def prior(self, condition=None):
        """The distribution of the latents, over (latent_dim,)."""
        return self.latent_prior.distribution(condition_tensor(condition))

    @needs_input("latent")
    def generate(self, z, condition=None, seed=0) -> tf.Tensor:
        """The samples of latents, with the averaged weights if the optimiser keeps any.

        Args:
            z: (batch, latent_dim).
            condition: (batch, condition_size) or a dict of named tensors, of what the
                generator declares.
            seed: an int or two ints, for a generator that declares "seed".

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).
        """
        given = {**named_condition(condition), "seed": seed_pair(seed)}
        with self._averaged():
            return self._generated({**given, "latent": z}, training=False)["x"]

    @needs_input("latent")
    def decode(self, z, condition=None) -> tf.Tensor:
        """`generate`, by the name that every model with latents has."""
        return self.generate(z, condition)

    @needs_input("source")
    def translate(self, source, condition=None, seed=0) -> tf.Tensor:
        """The pictures that are made of sources, with the averaged weights, if any.

        Args:
            source: (batch, height, width, channels) in [0, 1], or clips, of the shape
                that the generator declares.
            condition: (batch, condition_size) or a dict of named tensors, of what else
                the generator declares, such as "mask"; one row stands for all.
            seed: an int or two ints, of the generator's noise, if it has any; the same
                seed gives the same pictures.

        Returns:
            float32 in [0, 1], (batch, *spec.x_shape).

        Raises:
            TypeError: for integers.
            ValueError: for values outside [0, 1], or another shape.
        """
        source = pictures_of(source, self.spec.shapes["source"])
        return self.sample(
            condition={**named_condition(condition), "source": source}, seed=seed
        )

    def sample_rows(self, n, tensors, seed):
        given = {**tensors, **self._drawn(n, tensors, seed)}
        with self._averaged():
            return self._generated(given, training=False)["x"]

    def call(self, batch, training=False):
        """A sample for every row of a batch of named tensors."""
        real = self.unpack(batch)
        return self.fake_batch(real, seed_pair(self.seed), training)["x"]

    def fake_batch(self, real, seed, training=False) -> dict[str, tf.Tensor]:
        """A generated batch as large as the real one, with all that it was made from.

        Args:
            real: named tensors of the real batch, from `unpack`.
            seed: int32 (2,).
            training: whether this is a training step.

        Returns:
            `generator_inputs`, and the generator's outputs by name, "x" as samples.
        """
        inputs = self.generator_inputs(real, seed)
        return inputs | self._generated(inputs, training)

    def generator_inputs(self, real, seed) -> dict[str, tf.Tensor]:
        """The real batch's tensors but "x", and new random ones: "latent", "seed"."""
        tensors = {name: value for name, value in real.items() if name != "x"}
        if self.resampled:
            tensors["condition"] = resampled_columns(
                self.spec, self.resampled, tensors["condition"], seed
            )
        return tensors | self._drawn(tf.shape(real["x"])[0], tensors, seed)

    def _drawn(self, n, tensors, seed):
        """The random inputs of a generator of `n` samples."""
        drawn = {"seed": seed}
        if self.latent_prior is not None:
            prior = self.prior(tensors)
            rows = sample_shape(prior, n)
            drawn["latent"] = draw_rows(lambda n: prior.sample(n, seed=seed), rows)
        return drawn

    def _generated(self, tensors, training):
        """The generator's outputs by name; "x" as samples, (batch, *spec.x_shape)."""
        outputs = call_declared(self.generator, tensors, training)
        x = tf.reshape(self.to_sample(outputs["x"]), (-1, *self.spec.x_shape))
        return {**outputs, "x": x}

    def _averaged(self):
        """A scope in which the generator's weights are their averages, if any."""
        return contextlib.nullcontext()

    def get_config(self):
        parts = {"generator": self.generator, "prior": self.latent_prior}
        return {
            **super().get_config(),
            **serialised(parts),
            "output": self.output_name,
            "resampled": list(self.resampled),
        }
