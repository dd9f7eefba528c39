"""The editing network that searches for latents in which a person stays the same."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.checks import integer, number
from keras_genmodels.models.editing_gan import EditingGAN
from keras_genmodels.models.latent_search import searched, seen_again
from keras_genmodels.models.network_inputs import examples
from keras_genmodels.models.serialisation import serialised
from keras_genmodels.objectives.terms.perceptual import Perceptual
from keras_genmodels.registry import register


@register("identity_gan", family="model")
class IdentityGAN(EditingGAN):
    """An `EditingGAN` whose edits begin with latents that a trained network approves.

        z* = argmin mean (f(x) - f(G(z, y0)))**2,  from where the encoder ends

    with y0 the attributes that the encoder reads. f, a network that tells people apart,
    say, sees the same in G(z*, y0) as in x; the edit is G(z*, y). Its training is that
    of an `EditingGAN`.

    Args:
        spec: of the dataset, which has attributes.
        generator: as for `EditingGAN`, with the input "condition".
        encoder: as for `EditingGAN`.
        critics: as for `GAN`.
        identity: f, a network of one picture with one output, which stands still;
            `zoo.borrowing.borrow` gives one.
        search_steps: of Adam, >= 0; 0 leaves what the encoder finds.
        search_rate: of Adam, > 0, in units of the latent.
        **kwargs: as for `EditingGAN`.

    Raises:
        ValueError: as `EditingGAN`, for a generator without a condition, or numbers out
            of their range.

    Reference: Antipov, Baccouche, Dugelay, "Face Aging with Conditional Generative
    Adversarial Networks", 2017; Adam in place of L-BFGS.
    """

    def __init__(
        self,
        spec,
        generator,
        encoder,
        critics,
        identity,
        search_steps=50,
        search_rate=0.05,
        **kwargs,
    ):
        super().__init__(spec, generator, encoder, critics, **kwargs)
        if not self.is_conditional:
            raise ValueError(
                "An edit needs a generator that declares 'condition'. "
                f"Received: {sorted(self.generator.input)}."
            )
        self.identity = Perceptual(identity, name="identity")
        self.search_steps = integer("search_steps", search_steps, 0)
        self.search_rate = float(number("search_rate", search_rate, above=0))

    def project(self, x) -> tf.Tensor:
        """The latents in which the network sees what it sees in pictures.

        `decode` makes the pictures of them, with the attributes that the encoder reads;
        an edit begins here.

        Args:
            x: (batch, *spec.x_shape) in [0, 1].

        Returns:
            (batch, latent_dim).
        """
        read = self._read(x)
        return self.latents_to_edit(examples(x), read["latent"], self._classes(read))

    def latents_to_edit(self, x, found, seen):
        see = self.identity.features
        cost = seen_again(see, x, lambda z: self.decode(z, seen))
        return searched(cost, found, self.search_steps, self.search_rate)

    def get_config(self):
        own = {"search_steps": self.search_steps, "search_rate": self.search_rate}
        network = serialised({"identity": self.identity.network})
        return {**super().get_config(), **network, **own}
