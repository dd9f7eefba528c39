"""Views: the tensors of a batch that a critic sees."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_genmodels.checks import integer, number
from keras_genmodels.distributed_random import draw_rows
from keras_genmodels.registry import register


@register("random_frame", family="view")
class RandomFrame:
    """One frame of every clip, drawn anew in each step, so that images are judged.

    Shapes: "x" (batch, time, height, width, channels) to (batch, height, width,
    channels); what else there is stays.

    Reference: Tulyakov et al., "MoCoGAN: Decomposing Motion and Content for Video
    Generation", 2018.
    """

    def __call__(self, tensors, seed):
        x = tensors["x"]
        last = x.shape[1]
        numbers = draw_rows(
            lambda shape: tf.random.stateless_uniform(
                shape, seed, maxval=last, dtype=tf.int32
            ),
            [tf.shape(x)[0]],
        )
        return {**tensors, "x": tf.gather(x, numbers, axis=1, batch_dims=1)}

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register("named", family="view")
class Named:
    """Shows a critic another tensor of the step in place of x.

    Args:
        name: of the tensor, which real and generated examples must have.

    Example:
        >>> Named("small")({"x": 1.0, "small": 2.0}, seed=None)["x"]
        2.0
    """

    def __init__(self, name):
        self.name = name

    def __call__(self, tensors: dict[str, tf.Tensor], seed) -> dict[str, tf.Tensor]:
        return {**tensors, "x": tensors[self.name]}

    def get_config(self):
        return {"name": self.name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register("mismatched", family="view")
class Mismatched:
    """Shows a critic real examples with another example's caption, or box, or layout.

    Among a critic's `negatives`, they teach it that a good picture is not enough.

    Args:
        *names: of the tensors that are those of another row.

    Reference: Reed et al., "Generative Adversarial Text to Image Synthesis", 2016.

    Example:
        >>> shown = Mismatched("caption")({"x": [1, 2], "caption": [1, 2]}, seed=None)
        >>> shown["caption"].numpy().tolist()
        [2, 1]
    """

    of = "real"

    def __init__(self, *names):
        self.names = names

    def __call__(self, tensors: dict[str, tf.Tensor], seed) -> dict[str, tf.Tensor]:
        other = {name: tf.roll(tensors[name], 1, axis=0) for name in self.names}
        return {**tensors, **other}

    def get_config(self):
        return {"names": list(self.names)}

    @classmethod
    def from_config(cls, config):
        return cls(*config["names"])


@register("noisy", family="view")
class Noisy(keras.layers.Layer):
    """Shows a critic pictures behind normal noise, which gets less step by step.

        x + stddev max(0, 1 - t / steps) e,    e ~ N(0, 1),    t: steps of the critic

    Real and generated pictures that share no support are told apart without an effort,
    and the generator learns nothing; behind noise their densities overlap. t is a
    weight of this layer, saved with the critic. Rows of the same place in the real and
    the generated batch are behind the same noise.

    Args:
        stddev: of the noise in the first step, >= 0. Default 0.1.
        steps: of the critic, >= 1, after which there is none. Default 10000.
        **kwargs: `name` and `dtype`.

    Raises:
        ValueError: for arguments out of their range.
        TypeError: for `steps` that is no integer.

    Reference: Sonderby et al., "Amortised MAP Inference for Image Super-resolution",
    2017, whose instance noise it is.
    """

    def __init__(self, stddev=0.1, steps=10_000, **kwargs):
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.stddev = float(number("stddev", stddev, least=0))
        self.steps = integer("steps", steps, 1)
        self.taken = self.add_weight(
            (),
            "zeros",
            "float32",
            name="taken",
            trainable=False,
            autocast=False,
            aggregation="mean",  # the same on every replica
        )
        self.built = True

    def call(self, tensors, seed):
        x = tensors["x"]
        noise = draw_rows(
            lambda shape: tf.random.stateless_normal(shape, seed),
            tf.unstack(tf.shape(x)),
        )
        left = tf.maximum(0.0, 1.0 - self.taken / self.steps)
        return {**tensors, "x": x + self.stddev * left * noise}

    def update(self):
        """Count a step of the critic."""
        self.taken.assign_add(1.0)

    def get_config(self):
        own = {"stddev": self.stddev, "steps": self.steps}
        return {**super().get_config(), **own}


@register("reduced", family="view")
class Reduced:
    """Shows a critic small pictures: the means of cells of factor x factor pixels.

    Args:
        factor: pixels of a cell along each axis, >= 1; both sides of a picture are
            multiples of it.
        name: of a tensor that is shown in place of x where there is one, as of
            generated examples alone. Default: x.

    Shapes: "x" (batch, height, width, channels) to (batch, height / factor, width /
    factor, channels); what else there is stays.

    Raises:
        TypeError, ValueError: for a factor that is no integer >= 1.
    """

    def __init__(self, factor, name="x"):
        self.factor = integer("factor", factor, 1)
        self.name = name

    def __call__(self, tensors: dict[str, tf.Tensor], seed) -> dict[str, tf.Tensor]:
        picture, size = tensors.get(self.name, tensors["x"]), self.factor
        return {**tensors, "x": tf.nn.avg_pool2d(picture, size, size, "VALID")}

    def get_config(self):
        return {"factor": self.factor, "name": self.name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
