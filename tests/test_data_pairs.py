"""A person's own pictures for translation: pairs of them, and unpaired folders."""

import numpy as np
import pytest
from cases import everything
from PIL import Image

from keras_genmodels import data, registry
from keras_genmodels.data import DatasetSpec, side_by_side
from keras_genmodels.data.request import Arrays

WHOLE = {"batch_size": 2, "drop_remainder": False}


def paint(path, level, size=(8, 6), mode="RGB"):
    """A picture of one level of 0..255, (width, height)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (level, level, level)).convert(mode).save(path)


def levels(pictures):
    """The level of each picture, 0..255."""
    return np.rint(pictures[:, 0, 0, 0] * 255).astype(int).tolist()


def loaded(name, split="train", **options):
    batches, spec = data.load(name, split, **WHOLE | options)
    batch = everything(batches)
    spec.check(batch)
    return batch, spec


def of_both_splits(name, **options):
    """The levels of all sources."""
    found = [loaded(name, split, **options)[0] for split in ("train", "test")]
    return [level for batch in found for level in levels(batch["source"])]


# --- pairs ----------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path):
    """Ten files, of the level 10 + i on the left and 110 + i on the right."""
    for i in range(10):
        both = np.zeros((6, 16, 3), np.uint8)
        both[:, :8], both[:, 8:] = 10 + i, 110 + i
        (tmp_path / "halves").mkdir(exist_ok=True)
        Image.fromarray(both).save(tmp_path / "halves" / f"{i}.png")
    return tmp_path / "halves"


@pytest.fixture
def folders(tmp_path):
    """Grey sources 10 + i and coloured targets 110 + i, in two folders of one root."""
    for i in range(10):
        paint(tmp_path / "two" / "source" / f"{i}.png", 10 + i, mode="L")
        paint(tmp_path / "two" / "Target" / f"{i}.bmp", 110 + i)
    return tmp_path / "two"


@pytest.mark.parametrize("kind", ["beside", "folders"])
def test_a_pair_is_a_source_and_its_target(kind, request):
    root = request.getfixturevalue(kind)
    found = {}
    for split in ("train", "test"):
        batch, spec = loaded(f"paired:{root}", split)
        assert spec.name == f"paired:{root.name}"
        assert spec.attributes == ()
        channels = 1 if kind == "folders" else 3  # each side has its own
        assert spec.shapes["x"] == (6, 8, 3)
        assert spec.shapes["source"] == (6, 8, channels)
        for picture, level in ((batch["x"], 100), (batch["source"], 0)):
            assert np.ptp(picture, axis=(1, 2, 3)).max() == 0  # nothing of the other
            found[split] = [v - level for v in levels(picture)]
        assert [v - 100 for v in levels(batch["x"])] == levels(batch["source"])
    assert [len(found[split]) for split in ("train", "test")] == [8, 2]
    assert sorted(found["train"] + found["test"]) == list(range(10, 20))


@pytest.mark.parametrize("kind", ["beside", "folders"])
def test_source_and_target_may_change_places(kind, request, tmp_path):
    root = request.getfixturevalue(kind)
    options = {"shuffle": False, "cache": tmp_path / "cache"}
    plain, _ = loaded(f"paired:{root}", **options)
    for _ in range(2):  # the second time from the cache
        turned, spec = loaded(f"paired:{root}", **options, reverse=True)
        np.testing.assert_array_equal(turned["x"], plain["source"])
        np.testing.assert_array_equal(turned["source"], plain["x"])
        assert spec.shapes["x"] == plain["source"].shape[1:]


def test_pairs_are_scaled_and_cut_alike(beside):
    for file in beside.iterdir():  # a mark at the same place of both halves
        both = np.array(Image.open(file))
        both[2:4, 2:6] = both[2:4, 10:14] = 255
        Image.fromarray(both).save(file)
    batch, spec = loaded(f"paired:{beside}", image_size=12, greyscale=True)
    assert spec.shapes["x"] == spec.shapes["source"] == (12, 12, 1)
    low, high = (batch[k].min((1, 2, 3), keepdims=True) for k in ("source", "x"))
    found = [(batch["source"] - low) / (1 - low), (batch["x"] - high) / (1 - high)]
    assert (found[0] > 0.9).any(axis=(1, 2)).all()  # the mark, in both at one place
    np.testing.assert_allclose(*found, atol=0.02)
    batch, spec = loaded(f"paired:{beside}", num_examples=3, crop=4)
    assert batch["x"].shape == batch["source"].shape == (3, 4, 4, 3)


@pytest.mark.parametrize("form", ["source/{split}/{label}", "{split}/source/{label}"])
def test_splits_and_classes_of_pairs_are_sub_folders(form, tmp_path):
    for place, split in enumerate(("train", "test", "val")):
        for i in range(2):
            for number, label in enumerate(("cat", "dog")):
                level = 20 * place + 10 * number + i
                folder = tmp_path / form.format(split=split, label=label)
                paint(folder / f"{i}.png", level)
                target = str(folder).replace("source", "target")
                paint(tmp_path / target / f"{i}.png", 100 + level)
    for place, split in enumerate(("train", "test", "validation")):
        batch, spec = loaded(f"paired:{tmp_path}", split)
        wanted = [20 * place + 10 * number + i for number in range(2) for i in range(2)]
        assert sorted(levels(batch["source"])) == wanted
        assert [v - 100 for v in levels(batch["x"])] == levels(batch["source"])
        labels = spec.labels(batch["condition"])["label"]
        assert labels.tolist() == [v % 20 // 10 for v in levels(batch["source"])]
        assert spec.attributes[0].classes == ("cat", "dog")


def test_options_of_pairs_combine_with_those_of_batches(folders):
    batch, spec = loaded(f"paired:{folders}", y="negative", validation=0.25)
    assert sorted(spec.shapes) == ["condition", "source", "truth", "x", "y"]
    assert len(batch["x"]) == 6
    held, _ = loaded(f"paired:{folders}", "validation", validation=0.25)
    assert not {*levels(held["x"])} & {*levels(batch["x"])}
    with pytest.raises(
        ValueError, match=r"`source` must be None .*\['source'\] alread"
    ):
        loaded(f"paired:{folders}", source="edges")


def test_a_source_of_another_size_than_its_target_is_refused(folders):
    paint(folders / "source" / "3.png", 13, size=(8, 8), mode="L")
    message = (
        r"A source and its target must have one size\. Received: \(height, width\) "
        r"\(8, 8\) of '.*source/3\.png' and \(6, 8\) of '.*Target/3\.bmp'\."
    )
    for options in ({}, {"image_size": 4}):
        with pytest.raises(ValueError, match=message):
            of_both_splits(f"paired:{folders}", **options)


def test_a_width_that_cannot_be_halved_is_refused(beside):
    paint(beside / "4.png", 3, size=(15, 6))
    message = r"in halves of one width\. Received: 15 pixels of '.*4\.png'"
    with pytest.raises(ValueError, match=message):
        of_both_splits(f"paired:{beside}")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "source/lonely.png",
            r"of 'source' must have one of the same name in 'target'\. Received: 1 "
            r"without, such as 'source/lonely\.png'",
        ),
        (
            "Target/left/alone.png",
            r"of 'target' must have one .* such as 'Target/left/alone\.png'",
        ),
        (
            "source/3.jpg",
            r"of 'source' must have a name of its own\. Received: 'source/3\.jpg' and "
            r"'source/3\.png'",
        ),
    ],
)
def test_names_without_one_partner_are_named(folders, more, message):
    paint(folders / more, 5)
    with pytest.raises(ValueError, match=message):
        loaded(f"paired:{folders}")


def test_files_that_are_no_pairs_are_named_and_skipped(folders):
    (folders / "notes.txt").write_text("no picture")
    paint(folders / "beside.png", 5)
    whole = (folders / "Target" / "3.bmp").read_bytes()
    (folders / "Target" / "3.bmp").write_bytes(whole[:60])  # within its pixels
    with pytest.warns(UserWarning, match=r"which are no pairs of pictures") as caught:
        found = of_both_splits(f"paired:{folders}")
    assert sorted(found) == [v for v in range(10, 20) if v != 13]
    told = " ".join(str(warning.message) for warning in caught)
    for name in ("notes.txt", "beside.png", "source/3.png", "Target/3.bmp"):
        assert name in told


def test_a_folder_without_pairs_is_refused(tmp_path):
    for count in (0, 1):
        with pytest.raises(
            ValueError, match=f"at least two pairs .*Received: {count},"
        ):
            loaded(f"paired:{tmp_path}")
        paint(tmp_path / "one.png", 5)
    with pytest.raises(
        ValueError, match=r"`paired:PATH` must name a folder that exist"
    ):
        loaded("paired:no/such/folder")


# --- two folders that are not paired --------------------------------------------------


@pytest.fixture
def horses(tmp_path):
    """Ten grey pictures of the levels 10 to 19."""
    for i in range(10):
        paint(tmp_path / "horses" / f"{i}.png", 10 + i, mode="L")
    return tmp_path / "horses"


@pytest.fixture
def zebras(tmp_path):
    """Twenty-five coloured pictures of the levels 110 to 134."""
    for i in range(25):
        paint(tmp_path / "zebras" / f"{i}.jpg", 110 + i)
    return tmp_path / "zebras"


def test_two_folders_are_two_domains(horses, zebras, tmp_path):
    found = {}
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        for split in ("train", "test"):
            batch, spec = loaded(f"unpaired:{horses},{zebras}", split, cache=cache)
            assert spec.name == "unpaired:horses,zebras"
            assert spec.shapes == {"x": (6, 8, 3), "y": (6, 8, 3), "condition": (0,)}
            found[split] = [{*levels(batch[k])} for k in "xy"]
            np.testing.assert_array_equal(batch["x"][..., 0], batch["x"][..., 2])
        assert [len(found["train"][0]), len(found["test"][0])] == [8, 2]
        assert found["train"][0] | found["test"][0] == {*range(10, 20)}
        assert not found["train"][1] & found["test"][1]
        assert {*range(110, 135)} >= found["train"][1] | found["test"][1]


def test_an_epoch_is_a_pass_over_x_beside_any_of_y(horses, zebras):
    batches, spec = data.load(f"unpaired:{zebras},{horses}", batch_size=4)
    assert int(batches.cardinality()) == spec.steps_per_epoch == 5  # of 20 zebras
    epochs = [everything(batches) for _ in range(2)]
    for epoch in epochs:
        assert len({*levels(epoch["x"])}) == 20
        rounds = levels(epoch["y"])
        assert {*rounds[:8]} == {*rounds[8:16]}  # all eight horses before one again
        assert len({*rounds[:8]}) == 8
        assert rounds[:8] != rounds[8:16]
    partners = [dict(zip(levels(e["x"]), levels(e["y"]), strict=True)) for e in epochs]
    assert partners[0] != partners[1]


def test_counts_and_shares_are_those_of_either_domain(horses, zebras):
    name = f"unpaired:{horses},{zebras}"
    batch, _ = loaded(name, num_examples=3)
    assert len(batch["x"]) == 3
    assert len({*levels(batch["y"])}) == 3
    seen = {}
    for split in ("train", "validation"):
        batches, _ = data.load(name, split, batch_size=1, validation=0.25)
        epochs = [everything(batches) for _ in range(9)]
        seen[split] = [{v for e in epochs for v in levels(e[k])} for k in "xy"]
    assert [[len(s) for s in one] for one in seen.values()] == [[6, 15], [2, 2]]
    # Of five held back y a pass over two of x shows two, always the same.
    for kept, held in zip(*seen.values(), strict=True):
        assert not kept & held


def test_the_domains_may_change_places(horses, zebras):
    one, _ = loaded(f"unpaired:{horses},{zebras}", shuffle=False, reverse=True)
    other, spec = loaded(f"unpaired:{zebras},{horses}", shuffle=False)
    assert spec.name == "unpaired:zebras,horses"
    for key in "xy":
        np.testing.assert_array_equal(one[key], other[key])


def test_domains_of_sets_that_have_names(horses):
    options = {"image_size": 16, "batch_size": 8}
    batch, spec = loaded(f"unpaired:digits,folder:{horses}", **options)
    assert spec.name == "unpaired:digits,horses"
    assert [a.name for a in spec.attributes] == ["label"]  # those of x
    digits, _ = loaded("digits", batch_size=8, shuffle=False)
    known = {
        x.tobytes(): c for x, c in zip(digits["x"], digits["condition"], strict=True)
    }
    for x, condition in zip(batch["x"], batch["condition"], strict=True):
        np.testing.assert_array_equal(condition, known[x.tobytes()])
    few, spec = loaded(
        f"unpaired:digits,{horses}", **options, exclude=[{"label": "3"}], holdout=0.2
    )
    kinds = {*spec.labels(few["condition"])["label"]}
    assert 3 not in kinds
    assert len(kinds) == 7  # a fifth of ten is held out, too
    assert {*levels(few["y"])} == {*levels(batch["y"])}  # nobody knows their labels


def test_an_empty_folder_of_two_is_refused(horses, tmp_path):
    (tmp_path / "none").mkdir()
    for name in (f"{horses},{tmp_path}/none", f"{tmp_path}/none,{horses}"):
        with pytest.raises(
            ValueError, match=r"'.*/none' must hold at least two pictures\. Received: 0"
        ):
            loaded(f"unpaired:{name}")


def test_domains_of_two_sizes_are_refused(horses, tmp_path):
    for i in range(4):
        paint(tmp_path / "large" / f"{i}.png", 5, size=(12, 12), mode="L")
    message = (
        r"must have one size: give `image_size`\. Received: \(6, 8\) of 'folder:horses'"
        r" and \(12, 12\) of 'folder:large'"
    )
    with pytest.raises(ValueError, match=message):
        loaded(f"unpaired:{horses},{tmp_path}/large")
    batch, _ = loaded(f"unpaired:{horses},{tmp_path}/large", image_size=5)
    assert batch["x"].shape == batch["y"].shape == (8, 5, 5, 1)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("unpaired:", r"two folders, or two sets, .*Received: 'unpaired:'"),
        ("unpaired:one", "with a comma between them. Received: 'unpaired:one'"),
        ("unpaired:a,b,c", "Received: 'unpaired:a,b,c'"),
        ("unpaired:digits,nowhere", "folder that exists.*'folder:nowhere'"),
        ("unpaired:digits,moving_shapes", "'moving_shapes', which holds clips"),
        ("unpaired:gaussian_ring,digits", "holds numbers that are no pixels"),
    ],
)
def test_names_of_two_domains_are_checked(name, message):
    with pytest.raises(ValueError, match=message):
        loaded(name)


def test_nothing_else_says_what_y_is(horses, zebras):
    for option in ({"y": "negative"}, {"domains": {"label": ["a", "b"]}}):
        with pytest.raises(ValueError, match="Only one of `y`, `domains` and a set of"):
            loaded(f"unpaired:{horses},{zebras}", **option)
    batch, spec = loaded(f"unpaired:{horses},{zebras}", source="edges")
    assert spec.shapes["source"] == (6, 8, 1)  # of x
    assert len(batch["source"]) == len(batch["x"])


def test_a_domain_of_which_nothing_is_left_is_refused():
    @registry.register("one_of_y", "dataset")
    def one_of_y(request):
        x = np.arange(9, dtype=np.uint8).reshape(9, 1, 1, 1)
        spec = DatasetSpec("one_of_y", (1, 1, 1), side_by_side({"label": "ab"}))
        labels = np.arange(9)[:, None] % 2
        return Arrays(x, labels, spec, domain=np.array([*"xxxxxxxxy"]))

    with pytest.raises(ValueError, match=r"Both domains .*Received: \[2, 0\] of x"):
        loaded("one_of_y", "validation", validation=0.25)


def test_sets_that_are_no_pairs_have_no_sides_to_reverse():
    with pytest.raises(ValueError, match="'digits' takes no `reverse`"):
        data.load("digits", reverse=True)
