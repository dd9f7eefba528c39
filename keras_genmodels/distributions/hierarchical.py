"""Latents in levels: each is normal given those above it."""

from __future__ import annotations

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from keras_genmodels import checks
from keras_genmodels.registry import register

from .divergences import is_by_dimension
from .heads import about_one
from .normal import MIN_STDDEV
from .perceptron import Perceptron, call_on_vectors
from .priors import Prior

tfd = tfp.distributions


class LevelsOfNormals(tfd.Distribution):
    """Normals in levels, the top one alone, each other given those above it.

        p(z) = p(z_1) p(z_2|z_1) ... p(z_L|z_1, ..., z_(L-1))

    Args:
        sizes: of the levels, from the top down, each >= 1; a sample is their values
            side by side.
        tell: of the number of a level, from 1 on, and the values of all levels above,
            in a list, to its mean and scale side by side.
        message: mean and standard deviation of normals side by side, (*batch, size)
            each, which is what an encoder says of the latents: the top level is as it
            says, and each other is the product of its normal and of the one that the
            level above gives, precisions added. None for the prior.
    """

    def __init__(self, sizes, tell, message=None, name="levels_of_normals"):
        self._sizes, self._tell = tuple(sizes), tell
        self._message = message
        super().__init__(
            dtype=tf.float32,
            reparameterization_type=tfd.FULLY_REPARAMETERIZED,
            validate_args=False,
            allow_nan_stats=True,
            parameters={"sizes": sizes, "tell": tell, "message": message},
            name=name,
        )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return {}

    def _batch_shape(self):
        return self._message[0].shape[:-1] if self._message else tf.TensorShape([])

    def _batch_shape_tensor(self):
        return (
            tf.shape(self._message[0])[:-1] if self._message else tf.zeros(0, "int32")
        )

    def _event_shape(self):
        return tf.TensorShape([sum(self._sizes)])

    def _event_shape_tensor(self):
        return tf.constant([sum(self._sizes)])

    def _level(self, place, above):
        """The mean and standard deviation of a level, given the values above it."""
        if place:
            mean, raw = tf.split(self._tell(place, above), 2, axis=-1)
            stddev = about_one(raw, MIN_STDDEV)
        if not self._message:
            return (mean, stddev) if place else (0.0, 1.0)
        said, said_stddev = (self._split(part)[place] for part in self._message)
        if not place:
            return said, said_stddev
        precision, said_precision = stddev**-2.0, said_stddev**-2.0
        total = precision + said_precision
        both = (precision * mean + said_precision * said) / total
        return both, tf.math.rsqrt(total)

    def _split(self, z):
        return tf.split(z, self._sizes, axis=-1)

    def _from_noise(self, noise):
        """The sample that standard normals become, level by level."""
        values = []
        for place, part in enumerate(self._split(noise)):
            mean, stddev = self._level(place, values)
            values.append(mean + stddev * part)
        return tf.concat(values, axis=-1)

    def _sample_n(self, n, seed=None):
        shape = [[n], self.batch_shape_tensor(), self.event_shape_tensor()]
        noise = tf.random.stateless_normal(
            tf.concat(shape, axis=0), tfp.random.sanitize_seed(seed)
        )
        return self._from_noise(noise)

    def _log_prob(self, value):
        parts, total = self._split(value), 0.0
        for place, part in enumerate(parts):
            mean, stddev = self._level(place, parts[:place])
            normal = tfd.Normal(mean, stddev)
            total += tf.reduce_sum(normal.log_prob(part), axis=-1)
        return total

    def point(self):
        """The mean of each level, given those of the levels above, (*batch, size).

        Unlike the mean of the whole it has a closed form.
        """
        shape = [self.batch_shape_tensor(), self.event_shape_tensor()]
        return self._from_noise(tf.zeros(tf.concat(shape, axis=0)))


@register("hierarchical", family="prior")
class HierarchicalPrior(Prior):
    """Latents in levels, of which the upper ones say what the lower ones are like.

        p(z) = N(z_1; 0, I) N(z_2; m(z_1), s(z_1)**2) ...

    The posterior of a VAE is brought together with it as in a ladder: what the encoder
    says of a lower level, a normal, is multiplied by the normal that the level above
    gives, so that the encoder has to say only what the prior does not know. At first
    all levels are N(0, I).

    Args:
        latent_dim: the number of latents, an integer >= 2.
        sizes: of the levels, from the top down, each >= 1, `latent_dim` together. By
            default two halves, the lower one not smaller.
        units: width of the hidden layer between two levels, >= 1. Default 128.
        networks: in place of these, of each level but the top: Keras models from
            "latent", the values of all levels above side by side, to "given", two
            numbers for each of the level's own. With a last layer that is 0 at first,
            as here, levels begin as N(0, I).

    Raises:
        ValueError: for sizes that do not add up, or networks of other sizes; from
            `combine`, for a posterior that is no normals side by side.

    Reference: Sonderby, Raiko, Maaloe, Sonderby, Winther, "Ladder Variational
    Autoencoders", 2016. There x depends on the lowest level alone, and here on all of
    them; without `networks` the encoder has no layer a level, as it has there.

    Example:
        >>> p = HierarchicalPrior(5, sizes=(2, 3)).distribution()
        >>> p.log_prob(p.sample(4, seed=(0, 1))).shape
        TensorShape([4])
    """

    def __init__(self, latent_dim, sizes=None, units=128, networks=None, **kwargs):
        super().__init__(latent_dim, **kwargs)
        half = self.latent_dim // 2
        sizes = (half, self.latent_dim - half) if sizes is None else tuple(sizes)
        if len(sizes) < 2 or min(sizes) < 1 or sum(sizes) != self.latent_dim:
            raise ValueError(
                "`sizes` must be two or more integers >= 1 that add up to "
                f"latent_dim={latent_dim}. Received: sizes={sizes}."
            )
        self.sizes = tuple(int(size) for size in sizes)
        self.units = checks.integer("units", units, least=1)
        self.sees_all = networks is not None
        if networks is None:
            networks = [
                Perceptron(above, 2 * size, self.units, depth=1)
                for above, size in zip(self.sizes, self.sizes[1:], strict=False)
            ]
        else:
            networks = [_network(network) for network in networks]
            _check_sizes(networks, self.sizes)
        self.networks = networks

    def _tell(self, place, above):
        network = self.networks[place - 1]
        if not self.sees_all:
            return call_on_vectors(network, above[-1])
        seen = tf.concat(above, axis=-1)
        rows = tf.reshape(seen, (-1, seen.shape[-1]))
        given = network({"latent": rows})["given"]
        shape = tf.concat([tf.shape(seen)[:-1], [given.shape[-1]]], axis=0)
        return tf.reshape(tf.cast(given, tf.float32), shape)

    def distribution(self, condition=None, posterior=None):
        return LevelsOfNormals(self.sizes, self._tell)

    def combine(self, posterior):
        if not is_by_dimension(posterior):
            raise ValueError(
                "`posterior` must be 'normal', normals side by side, with the prior "
                f"'hierarchical'. Received: {posterior.name}."
            )
        normal = posterior.distribution
        stddev = tf.broadcast_to(normal.scale, tf.shape(normal.loc))
        return LevelsOfNormals(self.sizes, self._tell, (normal.loc, stddev))

    def get_config(self):
        own = {"sizes": list(self.sizes), "units": self.units}
        if self.sees_all:
            own["networks"] = [
                keras.saving.serialize_keras_object(network)
                for network in self.networks
            ]
        return {**super().get_config(), **own}


def _network(given):
    """A network, or that of its config."""
    if isinstance(given, dict):
        return keras.saving.deserialize_keras_object(given)
    return given


def _check_sizes(networks, sizes):
    """Require networks from all levels above to two numbers for each of a level's."""
    wanted = [(sum(sizes[:i]), 2 * sizes[i]) for i in range(1, len(sizes))]
    found = [
        (network.input["latent"].shape[-1], network.output["given"].shape[-1])
        for network in networks
    ]
    if found != wanted:
        raise ValueError(
            f"`networks` must be from and to {wanted} numbers, of each level but the "
            f"top. Received: {found}."
        )
