"""Models: the only files with a `train_step`."""

# Imported so that names ("elbo", "vamp") and saved models find what they stand for.
import keras_genmodels.distributions
import keras_genmodels.objectives  # noqa: F401
from keras_genmodels.models import views
from keras_genmodels.models.autoencoder import Autoencoder
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.bigan import ALI, VAEGAN, BiGAN, Rebuilt
from keras_genmodels.models.coupled_gan import CoupledGAN
from keras_genmodels.models.critic import Critic
from keras_genmodels.models.deep_rotator import DeepRotator
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.inversion import Inversion, Inverter, invert
from keras_genmodels.models.laplacian_gan import LaplacianGAN
from keras_genmodels.models.semi_supervised import SemiSupervisedGAN
from keras_genmodels.models.vae import VAE
from keras_genmodels.models.video_vae import VideoVAE

__all__ = [
    "ALI",
    "GAN",
    "VAE",
    "VAEGAN",
    "Autoencoder",
    "BiGAN",
    "CoupledGAN",
    "Critic",
    "DeepRotator",
    "GenerativeModel",
    "Inversion",
    "Inverter",
    "LaplacianGAN",
    "Rebuilt",
    "SemiSupervisedGAN",
    "VideoVAE",
    "invert",
    "views",
]
