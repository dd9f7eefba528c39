"""Adversarial networks that draw what a sentence says; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic, TextToImage
from keras_genmodels.models.views import Mismatched
from keras_genmodels.networks import boxes, convolutional
from keras_genmodels.networks.text import sentence_encoder
from keras_genmodels.zoo.gan_networks import INITIAL, networks
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_tensors


@recipe("text_to_image", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def text_to_image(
    spec: DatasetSpec,
    mismatched: bool = True,
    interpolation: float = 1.0,
    latent_dim: int = 32,
    embedding_dim: int = 64,
    filters: Sequence[int] = (32, 64, 128),
    units: int = 256,
    seed: int = 0,
) -> TextToImage:
    """Pictures of sentences, by a critic that knows pictures with wrong sentences.

    Args:
        spec: of a data set whose batches have "caption".
        mismatched: whether the critic is shown real pictures with other sentences as
            fake ones (GAN-CLS of the paper). Default True.
        interpolation: weight of what the generator draws between two sentences
            (GAN-INT of the paper), >= 0. Default 1.
        latent_dim: numbers that the generator sees beside the sentence, >= 1. Default
            32.
        embedding_dim: numbers that stand for a sentence, >= 1. Default 64.
        filters: channels of the convolutions of the critic and of the encoder of
            pictures, each >= 1; the generator mirrors them. Default (32, 64, 128).
        units: of the critic's layer in which picture and sentence meet, >= 1. Default
            256.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without captions.

    Reference: Reed et al., "Generative Adversarial Text to Image Synthesis", 2016; the
    encoder of sentences learns beside the game, from words and not from letters.
    """
    caption = needed_tensors(spec, "text_to_image", "caption")
    seen = {"embedding": (embedding_dim,)}
    generator, critic = networks(
        spec, latent_dim, filters, (), seen, critic_sees=seen, joint=(units,)
    )
    negatives = [Mismatched("embedding")] if mismatched else ()
    return TextToImage(
        spec,
        generator,
        Critic(critic, "non_saturating", negatives=negatives),
        *_encoders(spec, caption, embedding_dim, filters),
        interpolation=interpolation,
        seed=seed,
    )


@recipe("gawwn", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def gawwn(
    spec: DatasetSpec,
    mismatched: bool = True,
    latent_dim: int = 32,
    embedding_dim: int = 64,
    filters: Sequence[int] = (32, 64, 128),
    units: int = 256,
    seed: int = 0,
) -> TextToImage:
    """Pictures of what a sentence says, where a box says.

    Generator and critic have two paths each: one of the whole picture, and one of what
    is in the box, which the generator draws at one size and shrinks into the box, and
    the critic cuts out of it.

    Args:
        spec: of a data set whose batches have "caption" and "box".
        mismatched: whether the critic is shown real pictures with other sentences as
            fake ones. Default True.
        latent_dim: as for `text_to_image`. Default 32.
        embedding_dim: as for `text_to_image`. Default 64.
        filters: channels of the critic's convolutions, each >= 1; the generator mirrors
            them. Default (32, 64, 128).
        units: of the critic's layers in which picture and sentence meet, >= 1. Default
            256.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for data without captions or boxes.

    Reference: Reed et al., "Learning What and Where to Draw", 2016, its network of
    boxes; the encoder of sentences learns beside the game.
    """
    seen = needed_tensors(spec, "gawwn", "caption", "box")
    caption, x = {"caption": seen.pop("caption")}, {"x": spec.x_shape}
    seen["embedding"] = (embedding_dim,)
    generator = boxes.generator(
        {"latent": (latent_dim,), **seen}, x, filters[::-1], **INITIAL
    )
    critic = boxes.critic({**x, **seen}, {"score": 1}, filters, units, **INITIAL)
    negatives = [Mismatched("embedding")] if mismatched else ()
    return TextToImage(
        spec,
        generator,
        Critic(critic, "non_saturating", negatives=negatives),
        *_encoders(spec, caption, embedding_dim, filters),
        seed=seed,
    )


def _encoders(spec, caption, size, filters):
    """The encoders of sentences and of pictures, to "embedding"."""
    code, words = {"embedding": size}, {t.name: t.words for t in spec.tensors}
    style = {"activation": "leaky_relu", "centre": True, "normalisation": "batch"}
    return (
        sentence_encoder(caption, code, len(words["caption"])),
        convolutional.encoder(
            {"x": spec.x_shape}, code, filters, name="picture_encoder", **style
        ),
    )
