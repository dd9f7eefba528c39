"""Adversarial networks of particle physics; a paper each."""

from __future__ import annotations

from collections.abc import Sequence

from keras_genmodels.data.simulation.jets import MOMENTA
from keras_genmodels.data.simulation.jets import THRESHOLD as LEAST_MOMENTUM
from keras_genmodels.data.simulation.showers import CELLS, LAYERS, THRESHOLD
from keras_genmodels.data.sources.calorimeter import UNIT
from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import GAN, Critic
from keras_genmodels.networks import calorimeter, locally_connected
from keras_genmodels.objectives import ClassTerm, EnergySum
from keras_genmodels.zoo.registration import recipe
from keras_genmodels.zoo.requirements import (
    IMAGES,
    needed_attributes,
    needed_condition,
)

SCALE = 0.1  # of x, of what is beside the brightest pixels of a jet


@recipe("la_gan", kinds=IMAGES, learning_rate=2e-4, beta_1=0.5)
def la_gan(
    spec: DatasetSpec,
    class_weight: float = 1.0,
    latent_dim: int = 64,
    filters: Sequence[int] = (64, 16, 6, 6),
    critic_filters: Sequence[int] = (16, 8, 8, 8),
    local: bool = True,
    minibatch: Sequence[int] = (20, 10),
    output: str = "rectified",
    seed: int = 0,
) -> GAN:
    """Layers that know the place, and pixels that are exactly 0, for pictures of jets.

    The latent is multiplied with an embedding of the class, which the critic names. The
    critic is told how near an example is to the others of its batch.

    Args:
        spec: of the data set, of images with attributes.
        class_weight: of the cross-entropy of the classes, >= 0. Default 1.
        latent_dim: numbers that the generator sees, >= 1. Default 64.
        filters: channels of the generator's small picture, of its convolution, and of
            two layers that know the place, each >= 1. Default (64, 16, 6, 6).
        critic_filters: channels of the critic's convolution, and of three layers that
            know the place, each >= 1. Default (16, 8, 8, 8).
        local: whether layers know the place, by weights of their own for each; else
            they are convolutions. Default True.
        minibatch: kernels of the critic's minibatch discrimination, 0 for none, and
            their size, each >= 0. Default (20, 10).
        output: from the generator's linear output to a sample: "rectified", "sigmoid",
            "clip" or "linear". Default "rectified".
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for a data set without attributes, or another number of `filters`.

    Reference: de Oliveira, Paganini, Nachman, "Learning Particle Physics by Example:
    Location-Aware Generative Adversarial Networks for Physics Synthesis", 2017. Kernels
    are 3 wide and channels fewer here, and the critic also sees logarithms, in which
    the many faint pixels count.
    """
    condition = needed_condition(spec, "la_gan")
    places = {"local": local, "scale": SCALE}
    generator = locally_connected.generator(
        {"latent": (latent_dim,), **condition}, spec.x_shape, filters, **places
    )
    critic = locally_connected.critic(
        {"x": spec.x_shape},
        {"score": 1, "classes": spec.condition_size},
        critic_filters,
        minibatch=minibatch,
        soft=LEAST_MOMENTUM / MOMENTA[1],
        **places,
    )
    term = ClassTerm([(a.start, a.stop) for a in spec.attributes], class_weight)
    critic = Critic(critic, "non_saturating")
    return GAN(spec, generator, critic, terms=[term], output=output, seed=seed)


@recipe(
    "calo_gan",
    learning_rate=4e-5,
    generator_learning_rate=4e-4,
    beta_1=0.5,
)
def calo_gan(
    spec: DatasetSpec,
    energy_weight: float = 0.05,
    latent_dim: int = 64,
    filters: Sequence[int] = (16, 16, 6),
    critic_filters: Sequence[int] = (16, 8, 8, 8),
    local: bool = True,
    attention: bool = True,
    minibatch: Sequence[int] = (10, 10),
    output: str = "rectified",
    seed: int = 0,
) -> GAN:
    """Showers in three layers of a calorimeter, of the energy that is asked for.

    A stream of layers that know the place makes each layer of the calorimeter, and what
    the one before holds is filled into it. The critic is told the energies of the
    layers, and how far their sum is from the energy asked for.

    Args:
        spec: of `calorimeter` or `calo:FILE`.
        energy_weight: of the error of the sum of energies, of one GeV, >= 0. Default
            0.05.
        latent_dim: numbers that the generator sees, >= 1. Default 64.
        filters: channels of the generator's dense picture of a layer, of its
            convolution, and of the layer that knows the place, each >= 1. Default (16,
            16, 6).
        critic_filters: channels of the critic's convolution, and of three layers that
            know the place, each >= 1. Default (16, 8, 8, 8).
        local: whether layers know the place, by weights of their own for each; else
            they are convolutions. Default True.
        attention: whether layers of the calorimeter are filled in from those before
            them. Default True.
        minibatch: kernels of the critic's minibatch discriminations, 0 for none, and
            their size, each >= 0. Default (10, 10).
        output: as for `la_gan`. Default "rectified".
        seed: of the initial weights and of the noise in training. Default 0.

    Raises:
        ValueError: for other data, or another number of `filters`.

    Reference: Paganini, de Oliveira, Nachman, "CaloGAN: Simulating 3D High Energy
    Particle Showers in Multilayer Electromagnetic Calorimeters with Generative
    Adversarial Networks", 2018, whose critic's rate is a tenth of the generator's, too.
    Fewer channels. Cells are put out as shares of the energy, whose logarithm stands
    beside its product with the latent; the critic also sees logarithms.
    """
    (energy,) = needed_attributes(spec, "calo_gan", "energy")
    if spec.x_shape != (CELLS,) or not energy.is_real or spec.condition_size != 1:
        raise ValueError(
            "`calo_gan` needs the data set 'calorimeter' or 'calo:FILE'. "
            f"Received: {spec.name!r} of the shape {spec.x_shape}."
        )
    condition, x = {"condition": (1,)}, {"x": spec.x_shape}
    layers = [(layer.rows, layer.columns) for layer in LAYERS]
    shared = layers, energy.values
    style = {"local": local, "unit": UNIT}
    generator = calorimeter.generator(
        {"latent": (latent_dim,), **condition},
        *shared,
        filters,
        attention=attention,
        **style,
    )
    critic = calorimeter.critic(
        {**x, **condition},
        {"score": 1},
        *shared,
        critic_filters,
        minibatch=minibatch,
        soft=THRESHOLD,
        **style,
    )
    term = EnergySum(energy_weight, energy.low, energy.high, UNIT)
    return GAN(
        spec,
        generator,
        Critic(critic, "non_saturating"),
        terms=[term],
        output=output,
        resampled=("energy",),
        seed=seed,
    )
