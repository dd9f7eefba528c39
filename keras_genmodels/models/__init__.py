"""Models: the only files with a `train_step`."""

# Imported so that names ("elbo", "vamp") and saved models find what they stand for.
import keras_genmodels.distributions
import keras_genmodels.objectives  # noqa: F401
from keras_genmodels.models import views as views
from keras_genmodels.models.attribute_classifier import (
    AttributeClassifier as AttributeClassifier,
)
from keras_genmodels.models.autoencoder import Autoencoder as Autoencoder
from keras_genmodels.models.autoregressive_model import (
    AutoregressiveModel as AutoregressiveModel,
)
from keras_genmodels.models.base import BatchModel as BatchModel
from keras_genmodels.models.base import GenerativeModel as GenerativeModel
from keras_genmodels.models.bayesian import BayesianClassifier as BayesianClassifier
from keras_genmodels.models.bayesian import BayesianModel as BayesianModel
from keras_genmodels.models.blending_gan import BlendingGAN as BlendingGAN
from keras_genmodels.models.code_sharing_gan import CodeSharingGAN as CodeSharingGAN
from keras_genmodels.models.constraints import Colour as Colour
from keras_genmodels.models.constraints import Drag as Drag
from keras_genmodels.models.constraints import Sketch as Sketch
from keras_genmodels.models.coupled_gan import CoupledGAN as CoupledGAN
from keras_genmodels.models.critic import Critic as Critic
from keras_genmodels.models.cycle_gan import CycleGAN as CycleGAN
from keras_genmodels.models.deep_rotator import DeepRotator as DeepRotator
from keras_genmodels.models.domain_transfer import DomainTransfer as DomainTransfer
from keras_genmodels.models.editing_gan import EditingGAN as EditingGAN
from keras_genmodels.models.encoder_gan import ALI as ALI
from keras_genmodels.models.encoder_gan import VAEGAN as VAEGAN
from keras_genmodels.models.encoder_gan import BiGAN as BiGAN
from keras_genmodels.models.encoder_gan import Permuted as Permuted
from keras_genmodels.models.encoder_gan import Rebuilt as Rebuilt
from keras_genmodels.models.ensemble import Ensemble as Ensemble
from keras_genmodels.models.gan import GAN as GAN
from keras_genmodels.models.identity_gan import IdentityGAN as IdentityGAN
from keras_genmodels.models.implicit_model import ImplicitModel as ImplicitModel
from keras_genmodels.models.introspective_gan import (
    IntrospectiveGAN as IntrospectiveGAN,
)
from keras_genmodels.models.inversion import Inversion as Inversion
from keras_genmodels.models.inversion import Inverter as Inverter
from keras_genmodels.models.inversion import invert as invert
from keras_genmodels.models.laplacian_gan import LaplacianGAN as LaplacianGAN
from keras_genmodels.models.painting import Painted as Painted
from keras_genmodels.models.painting import follow as follow
from keras_genmodels.models.painting import paint as paint
from keras_genmodels.models.painting import project as project
from keras_genmodels.models.pixel_cnn import PixelCNN as PixelCNN
from keras_genmodels.models.pixel_vae import PixelVAE as PixelVAE
from keras_genmodels.models.representation_gan import (
    RepresentationGAN as RepresentationGAN,
)
from keras_genmodels.models.semi_supervised import (
    SemiSupervisedGAN as SemiSupervisedGAN,
)
from keras_genmodels.models.sequence_gan import SequenceGAN as SequenceGAN
from keras_genmodels.models.text_to_image import TextToImage as TextToImage
from keras_genmodels.models.transfiguration import Transfiguration as Transfiguration
from keras_genmodels.models.vae import VAE as VAE
from keras_genmodels.models.video_vae import VideoVAE as VideoVAE
from keras_genmodels.models.vq_vae import VQVAE as VQVAE
