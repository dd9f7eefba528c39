"""Volumes of a person's own, and ModelNet10 as it is fetched."""

from __future__ import annotations

import numpy as np
import pytest
from cases import everything
from conftest import tfds_folder

from keras_genmodels import data
from keras_genmodels.data.files import volume_files

RNG = np.random.default_rng(0)


def load(name, split="train", **options):
    options = {"batch_size": 4, "drop_remainder": False, "shuffle": False, **options}
    found = data.load(name, split, **options)
    return everything(found[0]), found[1]


def cells(size=4, count=6):
    return (RNG.random((count, size, size, size)) < 0.4).astype(np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Five arrays of 4x4x4 in either of two classes, one of them in an archive."""
    made = cells(count=10)
    for i, volume in enumerate(made):
        name = tmp_path / ("chair" if i < 5 else "table")
        name.mkdir(exist_ok=True)
        if i % 5:
            np.save(name / f"{i}.npy", volume.astype(float))
        else:
            np.savez(name / f"{i}.npz", voxels=volume.astype(bool))
    return tmp_path, made


def test_arrays_are_volumes_and_folders_their_classes(folder):
    path, made = folder
    found = {}
    for split, count in {"train": 8, "test": 2}.items():
        batch, spec = load(f"voxels:{path}", split, image_size=4)
        assert (spec.kind, spec.x_shape) == ("volume", (4, 4, 4, 1))
        assert len(batch["x"]) == count
        labels = spec.labels(batch["condition"])["label"]
        names = np.array(spec.attributes[0].classes)[labels]
        found |= {
            x[..., 0].astype(np.uint8).tobytes(): name
            for x, name in zip(batch["x"], names, strict=True)
        }
    names = ["chair"] * 5 + ["table"] * 5
    expected = {v.tobytes(): name for v, name in zip(made, names, strict=True)}
    assert found == expected


def test_a_recipe_of_volumes_is_built_for_them(folder):
    from keras_genmodels import zoo

    _, spec = load(f"voxels:{folder[0]}", image_size=8)
    small = {"latent_dim": 2, "filters": (3, 4), "preset": False}
    assert zoo.build("gan3d", spec, **small).sample(2).shape == (2, 8, 8, 8, 1)


def test_a_small_volume_stands_in_the_middle_of_the_cube():
    volume = np.arange(8).reshape(2, 2, 2) % 3 > 0
    cube = volume_files.in_cube(volume, 5)
    np.testing.assert_array_equal(cube[1:3, 1:3, 1:3, 0], volume)
    assert cube.sum() == volume.sum()


def test_a_voxel_is_filled_where_any_cell_of_it_is():
    volume = np.zeros((6, 6, 3))
    volume[1, 4, 2] = volume[0, 5, 1] = 1
    cube = volume_files.in_cube(volume, 3, shrink=True)
    assert cube.shape == (3, 3, 3, 1)
    np.testing.assert_array_equal(np.argwhere(cube[..., 0]), [[0, 2, 0], [0, 2, 1]])
    with pytest.raises(ValueError, match="`image_size` must be at least 6"):
        volume_files.in_cube(volume, 3)


def test_meshes_are_filled_and_voxels_of_binvox_are_read(tmp_path):
    trimesh = pytest.importorskip("trimesh", reason="the extra `volumes`")
    trimesh.creation.box(extents=(1.0, 2.0, 0.5)).export(tmp_path / "box.off")
    found = volume_files.read(tmp_path / "box.off", 16)[..., 0]
    spans = [np.flatnonzero(found.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    assert [np.ptp(span) + 1 for span in spans] == [8, 16, 4]
    assert found.sum() == 8 * 16 * 4  # its inside as well
    volume = cells(count=1)[0].astype(bool)
    grid = trimesh.voxel.VoxelGrid(volume)
    data = trimesh.exchange.binvox.export_binvox(grid)
    (tmp_path / "some.binvox").write_bytes(data)
    read = volume_files.read(tmp_path / "some.binvox", 4)[..., 0]
    np.testing.assert_array_equal(read, volume)


def test_files_that_are_no_volumes_are_named(folder):
    path, _ = folder
    (path / "train").mkdir()
    (path / "chair").rename(path / "train" / "chair")
    (path / "table").rename(path / "train" / "table")
    (path / "train" / "chair" / "broken.npy").write_bytes(b"no array")
    (path / "train" / "chair" / "notes.txt").write_text("nothing")
    np.save(path / "train" / "chair" / "flat.npy", np.ones((3, 3)))
    with pytest.warns(UserWarning, match="Skipped .* of 13 files") as found:
        load(f"voxels:{path}", image_size=4)
    assert "notes.txt" in str(found[0].message)


def test_a_folder_without_volumes_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("nothing")
    with pytest.raises(ValueError, match=r"at least two volumes. Received: 0, and 1"):
        load(f"voxels:{tmp_path}")
    with pytest.raises(ValueError, match="`voxels:PATH` must name a folder that exi"):
        load(f"voxels:{tmp_path / 'nowhere'}")


def test_meshes_without_the_library_say_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trimesh", None)
    for name in "ab":
        (tmp_path / f"{name}.off").write_text("OFF\n0 0 0\n")
    with pytest.raises(ImportError, match=r"pip install 'keras_genmodels\[volumes\]'"):
        load(f"voxels:{tmp_path}")


# --- ModelNet10 -----------------------------------------------------------------------


def write(folder, train, test, label=None):
    arrays = {}
    for split, volumes in {"train": train, "test": test}.items():
        bits = volumes.reshape(len(volumes), -1)
        arrays[f"{split}_voxels"] = np.packbits(bits, axis=1)
        numbers = np.arange(len(volumes)) % 10 if label is None else label
        arrays[f"{split}_label"] = np.array(numbers, np.uint8)
    np.savez(folder / "modelnet10_30.npz", **arrays)


def test_cells_are_turned_to_right_up_and_the_front(tmp_path):
    """A cell at the far end of back, left and up is found where that is."""
    volumes = np.zeros((12, 30, 30, 30), np.uint8)
    volumes[:, 0, 4, 29] = 1  # far in front, left by 4, at the top
    write(tmp_path, volumes, volumes[:3])
    batch, spec = load("modelnet10", manual_dir=tmp_path)
    assert spec.x_shape == (32, 32, 32, 1)
    assert spec.attributes[0].classes[2] == "chair"
    place = [1 + 29 - 4, 1 + 29, 1 + 29]
    for x in batch["x"]:
        np.testing.assert_array_equal(np.argwhere(x[..., 0]), [place])
    kinds = spec.labels(batch["condition"])["kind"]
    assert sorted(kinds) == sorted([*range(10), 0, 1])


@pytest.mark.parametrize(
    ("side", "label", "options", "message"),
    [
        (8, None, {}, "must hold bits of 30x30x30 cells"),
        (30, [11, 0], {}, "labels below 10. Received: .* 11"),
        (30, None, {"image_size": 16}, "`image_size` must be at least 30"),
    ],
)
def test_other_cells_are_refused(side, label, options, message, tmp_path):
    volumes = np.ones((2, side, side, side), np.uint8)
    write(tmp_path, volumes, volumes, label)
    with pytest.raises(ValueError, match=message):
        load("modelnet10", manual_dir=tmp_path, **options)


def test_the_real_one_is_as_it_is_known_to_be():
    folder = tfds_folder().parent / "modelnet10_30"
    if not folder.is_dir():
        pytest.skip(f"modelnet10 is not in {folder}")
    batch, spec = load("modelnet10", "test", manual_dir=folder, batch_size=908)
    counts = np.bincount(spec.labels(batch["condition"])["kind"])
    assert counts.tolist() == [50, 100, 100, 86, 86, 100, 86, 100, 100, 100]
    assert float(batch["x"].mean()) == pytest.approx(0.0592, abs=0.03)
