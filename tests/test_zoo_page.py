"""The page of the lecture's zoo: every name is there, and what is said of it holds."""

import inspect
import re

import pytest
from documents import PAGES
from test_numbers import NUMBERS

import keras_genmodels as kgm
from keras_genmodels import registry
from keras_genmodels.zoo.presets import PRESETS

NAMES = {
    *("GAN", "3D-GAN", "acGAN", "AC-GAN", "AdaGAN", "AEGAN", "AffGAN", "AL-CGAN"),
    *("ALI", "AMGAN", "AnoGAN", "ArtGAN", "b-GAN", "Bayesian GAN", "BEGAN", "BiGAN"),
    *("BS-GAN", "CGAN", "CaloGAN", "CCGAN", "CatGAN", "CoGAN", "Context-RNN-GAN"),
    *("C-RNN-GAN", "CS-GAN", "CVAE-GAN", "CycleGAN", "DTN", "DCGAN", "DiscoGAN"),
    *("DR-GAN", "DualGAN", "EBGAN", "f-GAN", "FF-GAN", "GAWWN", "GeneGAN"),
    *("Geometric GAN", "GoGAN", "GP-GAN", "IAN", "iGAN", "IcGAN", "ID-CGAN"),
    *("Improved GAN", "InfoGAN", "LAGAN", "LAPGAN"),
}
FURTHER = {"Pix2pix", "LSGAN", "WGAN", "Text to image"}
OPERATIONS = {"follow"}  # of any generator, which no training makes
MEASURED = {number.recipe for number in NUMBERS}


def rows():
    """Name to the other cells of its row."""
    lines = [line for line in PAGES["docs/zoo.md"].splitlines() if line[:2] == "| "]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: rest for name, *rest in cells if name not in ("name", "---")}


def test_every_name_of_the_lecture_has_a_row():
    assert len(NAMES) == 48
    assert set(rows()) == NAMES | FURTHER


@pytest.mark.parametrize("name", sorted(NAMES | FURTHER))
def test_a_row_of_the_zoo_holds(name):
    cell, paper, data, measured, without, page = rows()[name]
    recipe = re.search(r"`(\w+)`", cell).group(1)
    if recipe in OPERATIONS:
        assert "Reference: " in inspect.getdoc(getattr(kgm.models, recipe))
    else:
        listed = rf"^- `{recipe}`, {re.escape(paper)}: "
        assert re.search(listed, PAGES["docs/recipes.md"], re.MULTILINE)
        made = registry.lookup(recipe, "recipe")
        assert re.search(r"References?: ", inspect.getdoc(made))
        assert (recipe, data.strip("`")) in PRESETS
        assert data.strip("`") in kgm.data.names()
    assert bool(measured) == bool(page)
    assert not without or measured
    if measured and recipe not in OPERATIONS:
        assert recipe in MEASURED, "a number needs a row in test_numbers.py"
        told = PAGES[f"docs/{re.search(r'[(](.+)[)]', page).group(1)}"]
        assert f"`{recipe}`" in told or f"`{recipe}_" in told
