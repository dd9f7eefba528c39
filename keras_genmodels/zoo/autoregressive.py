"""Autoregressive models, whose likelihood is exact; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import (
    CoupledLogisticMixtureHead,
    Head,
    NormalHead,
)
from keras_genmodels.models import PixelCNN, PixelVAE
from keras_genmodels.networks import autoregressive, convolutional
from keras_genmodels.networks.causal_blocks import GatedConvolution
from keras_genmodels.objectives import ELBO
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_condition


@recipe("pixel_cnn", kinds=IMAGES, learning_rate=1e-3)
def pixel_cnn(
    spec: DatasetSpec,
    filters: int = 32,
    layers: int = 6,
    kernel_size: int = 3,
    units: int = 64,
    likelihood: str | Head = "bernoulli",
    conditional: bool = False,
    seed: int = 0,
) -> PixelCNN:
    """Masked convolutions say how likely each pixel is, given those before it.

    Args:
        spec: of the data set, of images.
        filters: channels of every convolution, >= 1. Default 32.
        layers: residual blocks after the first convolution, which is 7 wide, >= 0.
            Default 6.
        kernel_size: their width in pixels, odd, >= 1. Default 3.
        units: of the hidden layer at every pixel, >= 1. Default 64.
        likelihood: head of a pixel, by name, config or instance: "bernoulli",
            "discretised_logistic", "logistic_mixture". Default "bernoulli".
        conditional: whether the network is told the condition. Default False.
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for no condition where one is wanted.

    Reference: van den Oord, Kalchbrenner, Kavukcuoglu, "Pixel Recurrent Neural
    Networks", 2016.
    """
    network, sizes = autoregressive.pixel_cnn, (filters, layers, kernel_size, units)
    return _model(spec, "pixel_cnn", conditional, network, sizes, likelihood, seed)


@recipe("gated_pixel_cnn", kinds=IMAGES, learning_rate=3e-3)
def gated_pixel_cnn(
    spec: DatasetSpec,
    filters: int = 32,
    layers: int = 4,
    kernel_size: int = 7,
    units: int = 64,
    likelihood: str | Head = "bernoulli",
    conditional: bool = False,
    seed: int = 0,
) -> PixelCNN:
    """The PixelCNN without a blind spot, whose streams gate what they pass on.

    Args:
        spec: as for `pixel_cnn`.
        filters: channels of every convolution, >= 1. Default 32.
        layers: blocks after the first convolution, which is 7 wide, >= 0. Default 4.
        kernel_size: their width in pixels, odd, >= 1: few wide ones learn faster here
            than many narrow ones of the same cost. Default 7.
        units: of the hidden layer at every pixel, >= 1. Default 64.
        likelihood: as for `pixel_cnn`. Default "bernoulli".
        conditional: likewise. Default False.
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for no condition where one is wanted.

    Reference: van den Oord et al., "Conditional Image Generation with PixelCNN
    Decoders", 2016.
    """
    network = autoregressive.gated_pixel_cnn
    sizes = filters, layers, kernel_size, units
    name = "gated_pixel_cnn"
    return _model(spec, name, conditional, network, sizes, likelihood, seed)


@recipe("pixel_cnn_pp", kinds=IMAGES, learning_rate=1e-3)
def pixel_cnn_pp(
    spec: DatasetSpec,
    filters: int = 48,
    layers: int = 6,
    kernel_size: int = 3,
    units: int = 96,
    dropout: float = 0.1,
    num_components: int = 5,
    conditional: bool = False,
    seed: int = 0,
) -> PixelCNN:
    """The gated PixelCNN whose pixels are mixtures of rounded logistics, with dropout.

    A pixel's value is one of 256 levels, near levels are alike from the start, and each
    channel depends on those before it.

    Args:
        spec: as for `pixel_cnn`.
        filters: channels of every convolution, >= 1. Default 48.
        layers: blocks after the first convolution, which is 7 wide, >= 0. Default 6.
        kernel_size: their width in pixels, odd, >= 1. Default 3.
        units: of the hidden layer at every pixel, >= 1. Default 96.
        dropout: rate in training, in [0, 1). Default 0.1.
        num_components: of the mixture, >= 1. Default 5.
        conditional: as for `pixel_cnn`. Default False.
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for no condition where one is wanted.

    Reference: Salimans, Karpathy, Chen, Kingma, "PixelCNN++: Improving the PixelCNN
    with Discretized Logistic Mixture Likelihood and Other Modifications", 2017. There
    the network also halves and doubles the picture; here all blocks are of full size.
    """
    network = autoregressive.gated_pixel_cnn
    sizes = filters, layers, kernel_size, units, dropout
    head = CoupledLogisticMixtureHead(spec.x_shape, num_components)
    return _model(spec, "pixel_cnn_pp", conditional, network, sizes, head, seed)


@recipe("pixel_rnn", kinds=IMAGES, learning_rate=1e-3)
def pixel_rnn(
    spec: DatasetSpec,
    filters: int = 32,
    layers: int = 4,
    kernel_size: int = 3,
    units: int = 64,
    likelihood: str | Head = "bernoulli",
    conditional: bool = False,
    seed: int = 0,
) -> PixelCNN:
    """Memories that go down the picture row by row, and see all above in a triangle.

    Args:
        spec: as for `pixel_cnn`.
        filters: numbers of each memory at a pixel, >= 1. Default 32.
        layers: of memories, after a convolution that is 7 wide, >= 0. Default 4.
        kernel_size: width of their convolutions along a row, odd, >= 1. Default 3.
        units: of the hidden layer at every pixel, >= 1. Default 64.
        likelihood: as for `pixel_cnn`. Default "bernoulli".
        conditional: likewise. Default False.
        seed: of the initial weights. Default 0.

    Raises:
        ValueError: for no condition where one is wanted.

    Reference: van den Oord, Kalchbrenner, Kavukcuoglu, "Pixel Recurrent Neural
    Networks", 2016, the row LSTM.
    """
    network, sizes = autoregressive.row_lstm, (filters, layers, kernel_size, units)
    return _model(spec, "pixel_rnn", conditional, network, sizes, likelihood, seed)


@recipe("pixel_vae", kinds=IMAGES, learning_rate=1e-3)
def pixel_vae(
    spec: DatasetSpec,
    latent_dim: int = 16,
    free_bits: float = 0.0,
    encoder_filters: Sequence[int] = (32, 64),
    units: Sequence[int] = (256,),
    map_channels: int = 16,
    filters: int = 32,
    layers: int = 2,
    kernel_size: int = 3,
    likelihood: str | Head = "bernoulli",
    seed: int = 0,
) -> PixelVAE:
    """A latent says what a picture shows, and a PixelCNN draws its details.

    Args:
        spec: of the data set, of images.
        latent_dim: numbers of the latent, >= 1. Default 16.
        free_bits: nats a latent dimension, >= 0, that cost nothing. Default 0.
        encoder_filters: channels of the encoder's halvings, each >= 1; the network that
            spreads the latent mirrors them. Default (32, 64).
        units: widths of dense layers, likewise. Default (256,).
        map_channels: numbers that the latent tells each pixel, >= 1. Default 16.
        filters: channels of the gated convolutions, >= 1. Default 32.
        layers: of them, >= 1: with few, a pixel sees little of the picture, and the
            latent must say the rest. Default 2.
        kernel_size: their width in pixels, odd, >= 1. Default 3.
        likelihood: as for `pixel_cnn`. Default "bernoulli".
        seed: of the initial weights and of the noise in training. Default 0.

    Reference: Gulrajani et al., "PixelVAE: A Latent Variable Model for Natural Images",
    2017, with one level of latents.
    """
    p_head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    q_head, latent = NormalHead((latent_dim,)), {"latent": (latent_dim,)}
    encoder = convolutional.encoder(
        {"x": spec.x_shape}, {"posterior": q_head.params_size}, encoder_filters, units
    )
    shape = {"map": (*spec.x_shape[:2], map_channels)}
    mirrored = encoder_filters[::-1], units[::-1]
    spread = convolutional.decoder(latent, shape, *mirrored, name="spread")
    blocks = [GatedConvolution(filters, kernel_size) for _ in range(layers)]
    decoder = autoregressive.given_latent(
        {"x": spec.x_shape, **latent}, p_head.map_shape[-1], spread, blocks, 64
    )
    parts = q_head, p_head, "standard_normal", ELBO(free_bits=free_bits)
    return PixelVAE(spec, encoder, decoder, *parts, seed=seed)


def _model(spec, recipe, conditional, network, sizes, likelihood, seed):
    """Build the model of a network that is as large as its likelihood needs it."""
    condition = needed_condition(spec, recipe) if conditional else {}
    head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    seen = {"x": spec.x_shape, **condition}
    return PixelCNN(spec, network(seen, head.map_shape[-1], *sizes), head, seed=seed)
