"""Autoencoders whose latents are numbers of a codebook; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels import registry
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.distributions import CategoricalHead, Head
from keras_genmodels.models import VQVAE, PixelCNN
from keras_genmodels.networks import autoregressive, quantisation
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import IMAGES, needed_condition


@recipe("vq_vae", kinds=IMAGES, learning_rate=1e-3)
def vq_vae(
    spec: DatasetSpec,
    num_codes: int = 64,
    size: int = 16,
    commitment: float = 0.25,
    filters: Sequence[int] = (32, 64),
    blocks: int = 2,
    prior_filters: int = 32,
    prior_layers: int = 6,
    likelihood: str | Head = "bernoulli",
    conditional: bool = False,
    seed: int = 0,
) -> VQVAE:
    """A picture is a small map of codes, whose PixelCNN draws new ones.

    Args:
        spec: of the data set, of images.
        num_codes: of the codebook, >= 2. Default 64.
        size: numbers of a code's vector, >= 1. Default 16.
        commitment: weight of the distance of the encoder's vectors from the codebook,
            >= 0. Default 0.25.
        filters: channels of the encoder's halvings, each >= 1; the decoder mirrors
            them. Default (32, 64).
        blocks: of two convolutions on the small map, in either network, >= 0. Default
            2.
        prior_filters: channels of the gated PixelCNN of the codes, >= 1. Default 32.
        prior_layers: its blocks after the first, which is 7 wide, >= 0. Default 6.
        likelihood: head of x, by name, config or instance: "bernoulli",
            "discretised_logistic", ... Default "bernoulli".
        conditional: whether the prior is told the condition. Default False.
        seed: of the initial weights and codes. Default 0.

    Raises:
        ValueError: for no condition where one is wanted.

    Reference: van den Oord, Vinyals, Kavukcuoglu, "Neural Discrete Representation
    Learning", 2017. The codebook follows the means of its vectors, as in its appendix;
    the encoder's are normalised over the batch, and the prior is trained alongside.
    """
    p_head = registry.get(likelihood, "head", event_shape=spec.x_shape)
    encoder = quantisation.code_map({"x": spec.x_shape}, size, filters, blocks)
    latent = {"latent": encoder.output["latent"].shape[1:]}
    shape = {"likelihood": p_head.map_shape}
    decoder = quantisation.code_decoder(latent, shape, filters, blocks)
    coded = (*latent["latent"][:2], num_codes)
    condition = needed_condition(spec, "vq_vae") if conditional else {}
    network = autoregressive.gated_pixel_cnn(
        {"x": coded, **condition}, num_codes, prior_filters, prior_layers, 3, 64
    )
    of_codes = DatasetSpec(f"{spec.name}_codes", coded, spec.attributes)
    prior = PixelCNN(of_codes, network, CategoricalHead(coded))
    quantiser = quantisation.VectorQuantiser(num_codes, size, seed=seed)
    parts = encoder, quantiser, decoder, prior, p_head
    return VQVAE(spec, *parts, commitment=commitment, seed=seed)
