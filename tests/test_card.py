"""Which cards are sound, and what is said of those that are not."""

import subprocess
import sys

import pytest

from keras_genmodels.export import card as cards


def test_a_damaged_card_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"with a card\.json in it"):
        cards.read(tmp_path)
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(ValueError, match=r"card\.json must be JSON"):
        cards.read(tmp_path)
    (tmp_path / "card.json").write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"card\.json must be JSON"):
        cards.read(tmp_path)
    (tmp_path / "card.json").write_text("null")
    with pytest.raises(ValueError, match=r"card\.json is not sound: .*object"):
        cards.read(tmp_path)


X = {"dtype": "float32", "shape": [None, 4, 4, 1]}
Z = {"dtype": "float32", "shape": [None, 2]}
LABEL = {"name": "label", "classes": ["a", "b"], "start": 0, "stop": 2}


def card_with(**changes):
    spec = {"x_shape": [4, 4, 1], "condition_size": 2, "attributes": [LABEL]}
    condition = {"dtype": "float32", "shape": [None, 2]}
    sample = {"name": "sample", "inputs": {"condition": condition}, "outputs": {"x": X}}
    decode = {"name": "decode", "inputs": {"latent": Z}, "outputs": {"x": X}}
    card = {
        "name": "tiny",
        "recipe": "vae",
        "arguments": {"latent_dim": 2},
        "dataset": "digits",
        "seed": 0,
        "metrics": {"elbo": -1.5},
        "versions": {"python": "3.11"},
        "command": "keras-genmodels train vae digits",
        "spec": spec,
        "signatures": [sample, decode],
    }
    return {**card, **changes}


def test_a_card_by_hand_is_sound():
    cards.check(card_with())
    cards.check(card_with(recipe=None, seed=None, command=None, more=1))
    cards.check(card_with(name="a model, 2"))


def spec_with(**changes):
    return card_with(spec={**card_with()["spec"], **changes})


FOREIGN = ('we"ird', "a\nb", "a/b", "..", "", "a\\", "a|b", "<b>", "a\u2028b", "a`b")


def signature_with(**changes):
    return {**card_with()["signatures"][0], **changes}


def encode_to(*shape):
    latent = {"dtype": "float32", "shape": [None, *shape]}
    return {"name": "encode", "inputs": {"x": X}, "outputs": {"latent": latent}}


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (None, "must be a JSON object. Received: None"),
        ([], "must be a JSON object"),
        ({"name": "tiny"}, "Missing: 'recipe', 'arguments', .*'signatures'"),
        (card_with(metrics=None), "'metrics' of a card must be dict. Received: None"),
        (card_with(seed="0"), "'seed' of a card must be int or NoneType.*'0'"),
        (card_with(spec={}), "'spec' of a card is not one.*x_shape"),
        (spec_with(x_shape=[4, 0]), "not one.*positive integers"),
        (spec_with(condition_size=3), "must be 2, the sum .* Received: 3"),
        (spec_with(attributes=[{**LABEL, "stop": 3}]), "not one.*one column a class"),
        (spec_with(x_shape=[8, 8, 1]), "'x' of .*'sample' must end in .*8, 8, 1"),
        (
            spec_with(condition_size=0, attributes=[]),
            r"'condition' of the signature 'sample' must end in the shape \[0\]",
        ),
        (card_with(signatures=["sample"]), "must be a dict with 'name'"),
        (card_with(signatures=[signature_with(name=3)]), "must be a dict with 'name'"),
        (card_with(signatures=[signature_with(inputs=[])]), "'inputs' and 'outputs'"),
        (card_with(signatures=[signature_with(outputs={"x": 3})]), "with null for a"),
        (
            card_with(signatures=[signature_with(outputs={"x": {**X, "shape": None}})]),
            "with null for a free axis",
        ),
        (spec_with(attributes=3), "not one"),
        (spec_with(attributes=[3]), "not one"),
        (spec_with(tensors=[{"name": "y"}]), "not one"),
        (card_with(bytes="many"), "'bytes' of a card must be int"),
        (card_with(summary=3), "'summary' of a card must be str or NoneType"),
        (card_with(licence=[]), "'licence' of a card must be str or NoneType"),
        (card_with(version="1"), "'version' of a card must be int"),
        (card_with(half={}), "'half' of a card must have the numbers 'samples'"),
        *((card_with(name=name), "`name` must be printable") for name in FOREIGN),
        (
            card_with(signatures=[encode_to(2)]),
            r"'sample' or 'classify' among them.*\['encode'\]",
        ),
        (
            card_with(signatures=[*card_with()["signatures"], encode_to(3)]),
            r"agree on the shape of 'latent'.*\[None, 2\], \[None, 3\]",
        ),
    ],
)
def test_a_card_that_is_not_sound_is_refused(card, message):
    with pytest.raises(ValueError, match=message):
        cards.check(card)


def test_cards_need_no_tensorflow():
    code = "import sys, keras_genmodels.export; print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "'keras_genmodels.export.card'" in ran.stdout
    assert "'tensorflow'" not in ran.stdout
    assert "'keras'" not in ran.stdout
