"""The rivals of VideoVAE: games of clips, and the recurrent rotator."""

from __future__ import annotations

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_genmodels as kgm
from keras_genmodels.models.views import RandomFrame
from keras_genmodels.objectives import MaskSparsity, StepTensors

SMALL = {
    "mocogan": {"content_dim": 3, "motion_dim": 2, "filters": (3, 4)},
    "vgan": {"latent_dim": 3, "filters": (3, 4)},
}
ROTATOR = {"identity_dim": 4, "pose_dim": 3, "filters": (3, 4), "units": (8,)}
ATTRIBUTES = (
    kgm.data.Attribute("row", ("high", "low"), 0, 2),
    kgm.data.Attribute("direction", ("left", "right"), 2, 4),
)
SPEC = kgm.data.DatasetSpec("dots", (5, 12, 12, 3), ATTRIBUTES)


def dots(count: int) -> dict[str, np.ndarray]:
    """A white square of 3 by 3 that goes left or right, high or low."""
    labels = {"row": np.arange(count) % 2, "direction": np.arange(count) // 2 % 2}
    x = np.zeros((count, *SPEC.x_shape), np.float32)
    for i in range(count):
        top = 2 + 5 * labels["row"][i]
        for t in range(5):
            left = t + 2 if labels["direction"][i] else 7 - t
            x[i, t, top : top + 3, left : left + 3] = 1.0
    named = {name: values.tolist() for name, values in labels.items()}
    return {"x": x, "condition": SPEC.condition(count, **named)}


@pytest.fixture(scope="module")
def batches():
    """32 clips, four batches of eight."""
    return tf.data.Dataset.from_tensor_slices(dots(32)).batch(8)


@pytest.mark.parametrize("recipe", SMALL)
class TestVideoGANs(cases.GameCase):
    @pytest.fixture
    def build(self, recipe):
        return lambda **kw: kgm.zoo.build(recipe, SPEC, **SMALL[recipe], **kw)


def test_all_frames_share_the_content_and_each_has_a_motion_of_its_own():
    """A step in the noise of frame 2 changes frames 2 and later, never earlier ones."""
    model = kgm.zoo.build("mocogan", SPEC, **SMALL["mocogan"])
    z = np.array(model.prior().sample(1, seed=(0, 1)))
    condition = SPEC.condition(1, row=0, direction=0)
    before = model.generate(z, condition)[0]
    z[:, 3 + 2 * 2] += 3.0
    change = np.abs(model.generate(z, condition)[0] - before).max(axis=(1, 2, 3))
    assert np.all(change[:2] == 0.0)
    assert np.all(change[2:] > 0.0)
    z[:, 0] += 3.0
    change = np.abs(model.generate(z, condition)[0] - before).max(axis=(1, 2, 3))
    assert np.all(change > 0.0)


def test_a_clip_is_the_mixture_that_its_mask_says():
    """With the mask at 0 every frame is the background; it is sparse at a price."""
    generator = kgm.zoo.build("vgan", SPEC, **SMALL["vgan"]).generator
    made = generator({"latent": tf.random.stateless_normal((2, 3), (0, 0))})
    assert made["mask"].shape == (2, 5, 12, 12, 1)
    still = generator.get_layer("background")
    latent = {"latent": tf.random.stateless_normal((2, 3), (0, 0))}
    background = tf.sigmoid(still(latent)["x"])[:, None]
    x, mask = tf.sigmoid(made["x"]), made["mask"]
    foreground = (x - (1.0 - mask) * background) / mask
    assert -1e-3 < np.min(foreground) <= np.max(foreground) < 1.0 + 1e-3
    cost = MaskSparsity(0.5).generator_loss(StepTensors({}, made))
    np.testing.assert_allclose(cost, 0.5 * np.mean(mask, axis=(1, 2, 3, 4)), rtol=1e-5)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_saturated_pixels_have_finite_logits_and_gradients_in_bfloat16(sign):
    model = kgm.zoo.build("vgan", SPEC, **SMALL["vgan"], dtype="mixed_bfloat16")
    for weight in model.generator.trainable_weights:
        if weight.shape[-1] in (3, 4) and weight.path.endswith("bias"):
            weight.assign(sign * 30.0 * tf.ones(weight.shape))
    z = tf.random.stateless_normal((2, 3), (0, 0))
    with tf.GradientTape() as tape:
        x = model.generator({"latent": z})["x"]
        cost = tf.reduce_sum(tf.sigmoid(x))
    assert np.all(sign * np.asarray(x, np.float32) > 10.0)
    for gradient in tape.gradient(cost, model.generator.trainable_weights):
        assert np.all(np.isfinite(np.asarray(gradient)))


def test_the_image_critic_sees_any_frame_and_each_about_as_often():
    """Each of 5 frames 400 times of 2,000 on average; 7 standard deviations are 125."""
    x = np.broadcast_to(np.arange(5.0)[None, :, None, None, None], (2000, 5, 1, 1, 1))
    seen = RandomFrame()({"x": tf.constant(x), "latent": 1}, tf.constant([0, 3]))
    assert seen["latent"] == 1
    assert seen["x"].shape == (2000, 1, 1, 1)
    counts = np.bincount(np.ravel(seen["x"]).astype(int), minlength=5)
    assert np.all(np.abs(counts - 400) < 125)


def test_mocogan_without_attributes_has_no_class_term():
    spec = kgm.data.DatasetSpec("plain", (3, 8, 8, 1))
    model = kgm.zoo.build("mocogan", spec, **SMALL["mocogan"])
    assert model.added_terms == []
    assert "condition" not in model.generator.input
    assert model.sample(2).shape == (2, 3, 8, 8, 1)


def test_pictures_are_refused():
    spec = kgm.data.DatasetSpec("pictures", (8, 8, 1))
    with pytest.raises(
        ValueError, match=r"`vgan` needs clips.*'pictures'.*\(8, 8, 1\)"
    ):
        kgm.zoo.build("vgan", spec)


def test_the_view_survives_the_file(tmp_path):
    model = kgm.zoo.build("mocogan", SPEC, **SMALL["mocogan"])
    model.save(tmp_path / "model.keras")
    twin = keras.saving.load_model(tmp_path / "model.keras")
    assert [type(critic.view) for critic in twin.critics] == [RandomFrame, type(None)]


@pytest.fixture
def rotator():
    return kgm.zoo.build("deep_rotator", SPEC, **ROTATOR)


def test_a_rotator_turns_as_the_action_says_and_keeps_the_first_frame(rotator):
    first = dots(2)["x"][:, 0]
    left = rotator.sample(None, SPEC.condition(1, row=0, direction=0), 6, first)
    right = rotator.sample(None, SPEC.condition(1, row=0, direction=1), 6, first)
    assert left.shape == (2, 6, 12, 12, 3)
    np.testing.assert_array_equal(left[:, 0], first)
    left_map = rotator.turn.weights[0]
    left_map.assign(0.5 * left_map)
    moved = rotator.sample(None, SPEC.condition(1, row=0, direction=0), 6, first)
    assert np.any(moved[:, 1:] != left[:, 1:])
    unmoved = rotator.sample(None, SPEC.condition(1, row=0, direction=1), 6, first)
    np.testing.assert_array_equal(unmoved, right)


def test_a_rotator_can_be_the_first_model_of_a_process():
    """Keras numbers the names of layers from the start, and has no "identity" yet."""
    keras.utils.clear_session()
    model = kgm.zoo.build("deep_rotator", SPEC, **ROTATOR)
    assert set(model.decoder.input) == {"identity", "pose"}


def test_a_rotator_takes_the_condition_as_an_array_or_in_a_dict(rotator):
    first = dots(2)["x"][:, 0]
    condition = SPEC.condition(2, row=0, direction=[0, 1])
    named = {"condition": condition}
    for method in (
        lambda c: rotator.sample(None, c, 4, first),
        lambda c: rotator.continue_from(first, c),
        lambda c: rotator.views(first, c, 4).mean(),
    ):
        np.testing.assert_array_equal(method(named), method(condition))


def test_the_action_may_change_in_mid_clip(rotator):
    first = dots(1)["x"][:, 0]
    left_map = rotator.turn.weights[0]
    left_map.assign(0.5 * left_map)
    still = np.repeat(SPEC.condition(1, row=0, direction=1)[:, None], 5, axis=1)
    turning = still.copy()
    turning[:, 3:] = SPEC.condition(1, row=0, direction=0)
    ours, theirs = (rotator.sample(None, c, 5, first)[0] for c in (still, turning))
    np.testing.assert_array_equal(ours[:3], theirs[:3])
    assert np.any(ours[3:] != theirs[3:])


def test_the_curriculum_looks_further_ahead_step_by_step(batches):
    model = kgm.zoo.build("deep_rotator", SPEC, **ROTATOR, stage_steps=4)
    seen = model.fit(batches, epochs=4, verbose=0).history["horizon"]
    assert seen[0] == 1.0
    assert seen[-1] == 4.0
    assert sorted(seen) == seen


def test_a_rotator_learns_goes_on_and_survives_the_file(batches, tmp_path):
    unbroken, first = (kgm.zoo.build("deep_rotator", SPEC, **ROTATOR) for _ in "ab")
    loss = unbroken.fit(batches, epochs=3, verbose=0).history["loss"]
    assert loss[-1] < loss[0]
    first.fit(batches, epochs=1, verbose=0)
    first.save(tmp_path / "model.keras")
    second = keras.saving.load_model(tmp_path / "model.keras")
    second.fit(batches, epochs=3, initial_epoch=1, verbose=0)
    pairs = zip(cases.all_state(unbroken), cases.all_state(second), strict=True)
    for ours, theirs in pairs:
        np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)


def test_a_rotator_that_draws_white_still_learns(batches):
    fast = ROTATOR | {"learning_rate": 0.1}
    rotator = kgm.zoo.build("deep_rotator", SPEC, **fast)
    bias = rotator.decoder.weights[-1]
    bias.assign_add(tf.fill(bias.shape, 4.0))  # far beyond white
    first, condition = dots(2)["x"][:, 0], SPEC.condition(1, row=0, direction=0)
    assert np.max(rotator.sample(None, condition, 3, first)) == 1.0
    loss = rotator.fit(batches, epochs=2, verbose=0).history["loss"]
    assert loss[-1] < 0.9 * loss[0]


def test_without_a_first_frame_a_rotator_turns_what_it_saw(rotator, batches):
    rotator.fit(batches, verbose=0)
    seen = {frame.tobytes() for frame in dots(32)["x"][:, 0]}
    clips = np.array(rotator.sample(6, SPEC.condition(1, row=0, direction=0), seed=2))
    assert clips.shape == (6, 5, 12, 12, 3)
    assert {frame.tobytes() for frame in clips[:, 0]} <= seen
    other = rotator.sample(6, SPEC.condition(1, row=0, direction=0), seed=3)
    assert np.any(other != clips)
