"""Every recipe on every kind of data: it is prepared, or refused in one sentence."""

import re

import numpy as np
import pytest

from keras_genmodels import pictures, registry, training, zoo
from keras_genmodels.data import load
from keras_genmodels.zoo.presets import PRESETS

SETS = {  # what is loaded of each, and how it differs from the others
    "images": ("digits", {"num_labels": None}),
    "images without attributes": ("folder:{pictures}", {}),
    "points": ("gaussian_ring", {}),
    "clips": ("moving_shapes", {"num_frames": 3, "image_size": 16}),
}
RECIPES = sorted(registry.entries("recipe"))  # those of the package alone
CLIPS = {name for name in RECIPES if name.startswith("video_vae")}
CLIPS |= {"vae_lstm", "mocogan", "vgan", "deep_rotator", "context_rnn_gan"}
IMAGES = {"art_gan", "conv_vae", "conv_autoencoder", "lapgan", "cogan"}
ANY = {"gan", "vae", "iwae", "conditional_vae", "linear_autoencoder"}  # perceptrons
ANY |= {"deep_autoencoder", "improved_gan", "ada_gan"}
BAYESIAN = {"bayesian_gan", "bayesian_classifier"}
ANY |= BAYESIAN
ATTRIBUTES = {"cgan", "acgan", "cvae_gan", "conditional_vae", "video_vae_additive"}
ONE_ATTRIBUTE = {"am_gan", "art_gan", "catgan", "improved_gan", "cc_gan"}
ONE_ATTRIBUTE |= BAYESIAN
SECOND = {"cycle_gan", "disco_gan", "dual_gan", "dtn", "gene_gan"}  # two domains
SOURCE = {"al_cgan", "dr_gan", "pix2pix", "id_cgan", "aff_gan", "gp_gan", "cc_gan"}
SOURCE |= {"ff_gan"}
ATTRIBUTES |= {"age_cgan", "classifier", "icgan"}
IMAGES |= {"age_cgan", "classifier", *SECOND, *SOURCE}
IMAGES |= {"pixel_cnn", "gated_pixel_cnn", "pixel_cnn_pp", "pixel_rnn", "pixel_vae"}
FIRST_FRAME = {"visual_dynamics"}
IMAGES |= {"factor_vae", "vq_vae", *FIRST_FRAME}
IMAGES |= {"beta_tc_vae", "wae", "capacity_vae"}
VOLUMES = {"gan3d", "vae_gan3d"}
SEQUENCES, TOKENS = {"c_rnn_gan", "mdn_rnn"}, {"cs_gan"}
CAPTION = {"text_to_image", "gawwn"}
IMAGES |= {"ladder_vae", "projection_gan", "r3_gan", "sn_resnet_gan", *CAPTION}
ATTRIBUTES |= {"projection_gan", "la_gan"}
IMAGES |= {"la_gan"}
NEEDED = {
    **{"y": SECOND, "source": {*SOURCE, "context_rnn_gan"}},
    **{"first_frame": FIRST_FRAME, "caption": CAPTION},
}


def needs(recipe, kind):
    """What the recipe lacks of data of this kind, as the refusal says it; or None."""
    if recipe == "calo_gan":
        return r"needs attributes \['energy'\] of the data"
    if recipe in VOLUMES:
        return r"needs volumes, \(depth, height, width, channels\)"
    if recipe in SEQUENCES:
        return r"needs sequences, \(time, size\)"
    if recipe in TOKENS:
        return r"needs sentences, tokens of \(length,\)"
    if recipe in CLIPS and kind != "clips":
        return r"needs clips, \(time, height, width, channels\)"
    if recipe in IMAGES and "images" not in kind:
        return r"needs images, \(height, width, channels\)"
    if kind == "clips" and recipe not in CLIPS | ANY:
        return r"needs images, or other data that are no clips.*`stills=True`"
    if recipe in ONE_ATTRIBUTE and kind in ("clips", "images without attributes"):
        return "needs a dataset with one attribute, which has classes"
    if (recipe, "digits") not in PRESETS or kind != "images":  # whose preset gives them
        for tensor, recipes in NEEDED.items():
            if recipe in recipes:
                return rf"needs the tensors \['{tensor}'.*\] of a batch"
    if recipe in ATTRIBUTES and "without" in kind:
        return "needs a dataset with attributes"
    return None


@pytest.fixture(scope="module")
def specs(tmp_path_factory):
    """Of each set its spec, its name in a list, and the options of `load`."""
    path = tmp_path_factory.mktemp("pictures")
    drawn = np.random.default_rng(0).random((20, 16, 20, 3))
    for i, picture in enumerate(drawn):
        pictures.save_png(path / f"{i}.png", picture)
    found = {}
    for kind, (name, options) in SETS.items():
        words, data = [name.format(pictures=path)], {"num_examples": 16, **options}
        kept = {key: value for key, value in data.items() if key != "num_labels"}
        found[kind] = load(*words, batch_size=4, **kept)[1], words, data
    return found


BORROWERS = ["age_cgan", "dtn", "id_cgan"]  # whose presets do not say what from


@pytest.mark.parametrize("recipe", BORROWERS)
def test_a_recipe_that_borrows_says_what_from(recipe):
    with pytest.raises(ValueError, match=r"^`start` must be .*Received: start=None"):
        training.prepare(recipe, "digits", data={"num_examples": 64}, batch_size=4)


@pytest.mark.parametrize(
    ("recipe", "kind"),
    [
        (recipe, kind)
        for recipe in RECIPES
        for kind in SETS
        if kind != "images" or recipe not in BORROWERS
    ],
)
def test_a_recipe_fits_a_set_or_says_what_it_needs(recipe, kind, specs, tmp_path):
    spec, words, data = specs[kind]
    out, lacking = tmp_path / "run", needs(recipe, kind)
    settings = {"batch_size": 4, "epochs": 1, "validation": 0, "out": out}
    if lacking is None:
        job = training.prepare(recipe, *words, **settings, data=data)
        assert job.run.path == out
    else:
        with pytest.raises(ValueError, match=f"^`{recipe}` {lacking}") as caught:
            zoo.build(recipe, spec, preset=False)
        assert re.search(r"Received: '\w.*'", str(caught.value))


@pytest.mark.parametrize("kind", SETS)
def test_a_refusal_leaves_no_run(kind, specs, tmp_path):
    _, words, data = specs[kind]
    recipe = "conv_vae" if kind == "points" else "gan3d"
    settings = {"batch_size": 4, "out": tmp_path / "run"}
    with pytest.raises(ValueError, match=f"^`{recipe}` needs"):
        training.prepare(recipe, *words, **settings, data=data)
    assert not (tmp_path / "run").exists()
