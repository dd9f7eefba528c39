"""The adversarial network that draws what a sentence says."""

from __future__ import annotations

import functools

import tensorflow as tf

from keras_genmodels.checks import number
from keras_genmodels.data.text import tokens
from keras_genmodels.models.checks import available, check_inputs, check_size
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.named_networks import named
from keras_genmodels.models.network_inputs import call_declared, named_condition
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.models.term_means import add
from keras_genmodels.objectives.joint_embedding import joint_embedding
from keras_genmodels.registry import register


@register("text_to_image", family="model")
class TextToImage(GAN):
    """A generator and critics that see a sentence as the code that an encoder gives it.

    The encoder of sentences learns beside the game, with one of pictures: of all
    pictures of a batch a sentence is to find its own, and the other way round. For the
    players its code stands still, as the tensor "embedding" of the real batch.

    With `interpolation` the generator also draws what lies between two sentences, the
    mean of their codes, and has to please the critics with it; the fake batch has
    "x_between" and "embedding_between" then.

    Args:
        spec: of a data set whose batches have "caption".
        generator: network from "embedding", "latent" and what else `GAN` allows.
        critics: as for `GAN`; their networks may declare "embedding".
        sentence_encoder: network from "caption" to "embedding", (batch, size).
        picture_encoder: network from "x" to "embedding", of the same size.
        interpolation: weight of what lies between sentences, >= 0. Default 0: none.
        **kwargs: as for `GAN`.

    Metrics: those of `GAN`, `embedding_loss` in nats, and with `interpolation`
    `between_loss`.

    Raises:
        ValueError: for what `GAN` refuses, encoders of different sizes, or data without
            captions.

    Reference: Reed et al., "Generative Adversarial Text to Image Synthesis", 2016; the
    encoder of sentences is trained before the game there.
    """

    further_inputs = {"embedding": "sentence_encoder"}

    def __init__(
        self,
        spec,
        generator,
        critics,
        sentence_encoder,
        picture_encoder,
        interpolation=0.0,
        **kwargs,
    ):
        super().__init__(spec, generator, critics, **kwargs)
        shapes = available(spec)
        kinds = {"caption": sentence_encoder, "x": picture_encoder}
        for name, network in kinds.items():
            role = f"encoder of {name!r}"
            kinds[name] = named(network, role, {name: shapes.get(name)}, "embedding")
            check_inputs(kinds[name], shapes)
        self.sentence_encoder, self.picture_encoder = kinds.values()
        self.embedding_size = self.sentence_encoder.output["embedding"].shape[-1]
        check_size(self.picture_encoder, "embedding", self.embedding_size)
        self.interpolation = float(number("interpolation", interpolation, least=0))
        between = ["between_loss"] if self.interpolation else []
        self.track_terms(*self.term_names, "embedding_loss", *between)

    @property
    def networks(self):
        return [*super().networks, self.sentence_encoder]

    @property
    def critic_variables(self):
        """The weights of the critics' step, which moves both encoders, too."""
        encoders = self.sentence_encoder, self.picture_encoder
        own = [v for network in encoders for v in network.trainable_variables]
        return [*super().critic_variables, *own]

    def from_text(self, sentence: str, count=1, condition=None, seed=0) -> tf.Tensor:
        """The pictures of a sentence, with averaged weights, if any.

        `sample(condition={"caption": data.tokens(spec, sentences)})` draws many.

        Args:
            sentence: of words that the data set knows.
            count: how many pictures, >= 1.
            condition: a dict of what else the networks declare, such as "box", of one
                row.
            seed: an int or two ints; the same seed gives the same pictures.

        Returns:
            float32 in [0, 1], (count, *spec.x_shape).

        Raises:
            ValueError: for an unknown word, with the nearest ones, or too many words.
        """
        given = {**named_condition(condition), "caption": tokens(self.spec, [sentence])}
        return self.sample(count, given, seed)

    def unpack(self, batch):
        real = super().unpack(batch)
        return {**real, "embedding": self._embedding(real)}

    def _embedding(self, tensors):
        """The codes of captions, which no player moves."""
        codes = call_declared(self.sentence_encoder, tensors)["embedding"]
        return tf.stop_gradient(codes)

    def _generated(self, tensors, training):
        if "embedding" not in tensors:
            tensors = {**tensors, "embedding": self._embedding(tensors)}
        return super()._generated(tensors, training)

    def fake_batch(self, real, seed, training=False):
        fake = super().fake_batch(real, seed, training)
        if not self.interpolation:
            return fake
        # Of the next row, and other noise than that of either sentence's picture.
        other = tf.roll(real["embedding"], 1, axis=0)
        between = {**real, "embedding": 0.5 * (real["embedding"] + other)}
        own = tf.random.experimental.stateless_fold_in(seed, 1)
        made = super().fake_batch(between, own, training)
        wanted = {"x": "x_between", "embedding": "embedding_between"}
        return {**fake, **{name: made[key] for key, name in wanted.items()}}

    def step_tensors(self, real, fake, training):
        step = super().step_tensors(real, fake, training)
        for name in ("sentence_encoder", "picture_encoder"):
            network = getattr(self, name)
            step.outputs_fns[name] = functools.partial(
                call_declared, network, training=training
            )
        return step

    def critic_terms(self, step, next_seed):
        terms = super().critic_terms(step, next_seed)
        encoders = "sentence_encoder", "picture_encoder"
        cost = joint_embedding(*(step.on_real(name)["embedding"] for name in encoders))
        add(terms, {"critic_loss": cost, "embedding_loss": cost})
        return terms

    def generator_terms(self, step):
        terms = super().generator_terms(step)
        if self.interpolation:
            costs = [self._between_loss(critic, step) for critic in self.critics]
            cost = self.interpolation * sum(costs)
            add(terms, {"generator_loss": cost, "between_loss": cost})
        return terms

    def _between_loss(self, critic, step):
        """The generator's loss from what a critic says of it between sentences."""
        made = {
            "x": step.fake["x_between"],
            "embedding": step.fake["embedding_between"],
        }
        step.show("between", critic.name, {**step.fake, **made})
        score = step.on_shown("between", critic.name)["score"]
        sees_real = critic.objective.generator_sees_real
        real = step.on_real(critic.name)["score"] if sees_real else None
        return critic.weight * critic.objective.generator_loss(score, real)

    def get_config(self):
        parts = {
            "sentence_encoder": self.sentence_encoder,
            "picture_encoder": self.picture_encoder,
        }
        own = {"interpolation": self.interpolation}
        return {**super().get_config(), **serialised(parts), **own}
