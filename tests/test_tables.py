"""The tables say what the lecture says, and their files are whole or not there."""

import csv
import json
import shutil

import pytest
from films import weizmann
from PIL import Image

from keras_genmodels import cli, registry, tables, zoo
from keras_genmodels.tables import cells, gallery, ring

TINY = {"objectives": ["minimax", "hinge"], "seeds": 2, "epochs": 1}


def rows_of(folder):
    with open(folder / "table.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def saturated(tmp_path_factory):
    return tables.make("saturation", tmp_path_factory.mktemp("tables") / "s", steps=150)


@pytest.mark.slow
def test_the_minimax_gradient_vanishes_where_the_critic_is_sure(saturated):
    rows = [{k: float(v) for k, v in row.items()} for row in rows_of(saturated)]
    shares = [row["D(G(z))"] for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert max(shares) > 0.9
    sure = [row for row in rows if row["D(G(z))"] < 0.05]
    assert len(sure) >= 2
    for row in sure:
        minimax, other = (
            row[f"gradient norm, {name}"] for name in ("minimax", "non_saturating")
        )
        assert other >= 10 * minimax > 0
        assert row["ratio"] == pytest.approx(other / minimax)
    # Where the critic is fooled it is the other way round.
    assert min(row["ratio"] for row in rows if row["D(G(z))"] > 0.9) < 0.2


@pytest.mark.slow
def test_a_table_has_three_files(saturated):
    names = sorted(path.name for path in saturated.iterdir())
    assert names == ["plot.png", "table.csv", "table.md"]
    text = (saturated / "table.md").read_text(encoding="utf-8")
    assert text.startswith("**The generator's gradient as the critic grows strong**\n")
    assert "| D(G(z)) | gradient norm, minimax |" in text
    assert "`gan` on digits" in text
    with Image.open(saturated / "plot.png") as picture:
        assert picture.size == (760, 480)
        colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert {(0, 0x72, 0xB2), (0xD5, 0x5E, 0)} <= colours  # both curves are drawn


@pytest.fixture(scope="module")
def ringed(tmp_path_factory):
    return tables.make("ring", tmp_path_factory.mktemp("tables") / "ring", **TINY)


@pytest.mark.slow
def test_every_objective_has_a_row_with_its_seeds(ringed):
    rows = rows_of(ringed)
    assert [row["objective"] for row in rows] == ["minimax", "hinge"]
    for row in rows:
        assert [0 <= int(modes) <= 8 for modes in row["modes covered"].split()] == [
            True,
            True,
        ]
        assert 0 <= float(row["good samples"]) <= 1
        assert row["diverged"] == "0"
    runs = sorted(path.name for path in (ringed / "runs").iterdir())
    assert runs == ["hinge-0", "hinge-1", "minimax-0", "minimax-1"]
    config = json.loads((ringed / "runs" / "hinge-1" / "config.json").read_text())
    assert config["seed"] == 1
    assert config["arguments"]["objective"] == "hinge"


@pytest.mark.slow
def test_a_finished_cell_is_not_trained_again(ringed, tmp_path):
    folder = shutil.copytree(ringed, tmp_path / "ring")
    shutil.rmtree(folder / "runs" / "hinge-1")
    files = [p for p in (folder / "runs").rglob("*") if p.is_file()]
    before = {path: path.stat().st_mtime_ns for path in files}
    tables.make("ring", folder, **TINY)
    assert {path: path.stat().st_mtime_ns for path in files} == before
    assert (folder / "table.csv").read_text() == (ringed / "table.csv").read_text()


def test_a_cell_that_diverges_stands_in_the_table(tmp_path, monkeypatch):
    wild = ("gan", {"objective": "least_squares", "learning_rate": 1e30})
    monkeypatch.setitem(ring.ROWS, "wild", wild)
    options = {"objectives": ["wild"], "seeds": 1, "epochs": 1}
    for _ in range(2):  # the second time from its mark
        (row,) = rows_of(tables.make("ring", tmp_path, **options))
        assert row["modes covered"] == "-"
        assert row["diverged"] == "1"


def test_all_objectives_of_the_package_have_a_row():
    played = {row[1].get("objective", name) for name, row in ring.ROWS.items()}
    aliases = {"wasserstein_gp", *(name for name in ring.ROWS if name[:2] == "f_")}
    known = set(registry.names("adversarial")) - {
        "f_divergence",
        "categorical",
        "logistic",
        "relativistic",  # came after the numbers of the table, like those that follow
        "which",
        "log_ratio",
        "accuracy_gate",
        "margin_ranking",
    }
    assert played - aliases == known


@pytest.mark.slow
def test_the_gallery_shows_every_recipe_and_its_report(tmp_path):
    options = {"recipes": ["gan", "cgan"], "epochs": 1}
    folder = tables.make("gallery", tmp_path, **options)
    rows = rows_of(folder)
    assert [row["recipe"] for row in rows] == ["gan", "cgan"]
    for row in rows:
        path = folder / "runs" / row["recipe"] / "report.json"
        numbers = json.loads(path.read_text(encoding="utf-8"))["metrics"]
        assert float(row["Fréchet distance"]) == numbers["frechet_distance"]
        assert float(row["Fréchet distance"]) > float(row["real against real"]) > 0
    assert rows[0]["as asked"] == ""  # nothing was asked of `gan`
    assert 0 <= float(rows[1]["as asked"]) <= 1
    assert "the classifier `digits`" in (folder / "table.md").read_text("utf-8")
    with Image.open(folder / "plot.png") as picture:
        assert picture.size[0] > 2 * 10 * 48  # two recipes, ten samples a row


@pytest.mark.slow
def test_games_on_photographs_are_seen_by_a_judge_and_by_other_eyes(tmp_path):
    options = {"recipes": ["gan", "cgan"], "dataset": "digits", "epochs": 1}
    options["num_samples"] = 300
    folder = tables.make("photographs", tmp_path, **options)
    plain, asked = rows_of(folder)
    for row in (plain, asked):
        for eyes in ("", ", random_network"):
            floor = float(row[f"real against real{eyes}"])
            assert float(row[f"Fréchet distance{eyes}"]) > floor > 0
            assert float(row[f"kernel distance{eyes}"]) > 0
        assert 0 <= float(row["precision"]) <= 1
        assert 0 <= float(row["recall"]) <= 1
        assert 1 <= float(row["classifier score"]) <= 10
    assert "the classifier `digits`" in (folder / "table.md").read_text("utf-8")
    assert plain["as asked"] == ""  # nothing was asked of `gan`
    assert 0 <= float(asked["as asked"]) <= 1
    figures = folder / "runs" / "cgan" / "figures.json"
    before = figures.stat().st_mtime_ns
    tables.make("photographs", folder, **options)  # nothing is measured again
    assert figures.stat().st_mtime_ns == before
    assert rows_of(folder) == [plain, asked]
    assert (folder / "plot.png").is_file()


@pytest.mark.slow
def test_posteriors_and_priors_have_a_cell_each(tmp_path):
    options = {
        "dataset": "digits",
        "posteriors": ["normal", "iaf"],
        "priors": ["standard_normal", "hierarchical"],
        "arguments": {"latent_dim": 4, "units": [8]},
        "seeds": 2,
        "epochs": 1,
    }
    folder = tables.make("flows", tmp_path, **options)
    normal, bent = rows_of(folder)
    assert [normal["posterior"], bent["posterior"]] == ["normal", "iaf"]
    assert bent["hierarchical"] == ""  # which multiplies normals
    nats = []
    for seed in (0, 1):
        path = folder / "runs" / f"iaf-standard_normal-{seed}" / "report.json"
        numbers = json.loads(path.read_text(encoding="utf-8"))["metrics"]
        nats.append(numbers["log_likelihood"])
    mean, spread = map(float, bent["standard_normal"].split(" ± "))
    assert mean == pytest.approx(sum(nats) / 2, rel=1e-3)
    assert spread == pytest.approx(abs(nats[0] - nats[1]) / 2**0.5, rel=0.05)
    assert "importance weighted by 5000 samples" in (folder / "table.md").read_text()


@pytest.mark.slow
def test_objectives_are_held_against_each_other_by_their_latents(tmp_path):
    options = {"rows": ["beta 4", "FactorVAE 10"], "seeds": 1, "epochs": 1}
    options |= {"data": {"image_size": 16, "num_examples": 600}}
    folder = tables.make("disentanglement", tmp_path, **options)
    rows = rows_of(folder)
    assert [row["row"] for row in rows] == ["beta 4", "FactorVAE 10"]
    for row in rows:
        for column in ("MIG", "SAP", "DCI", "completeness", "FactorVAE score"):
            assert 0 <= float(row[column]) <= 1, column
        assert float(row["reconstruction error"]) > 0
    config = json.loads((folder / "runs" / "beta-4-0" / "config.json").read_text())
    assert config["arguments"]["beta"] == 4.0
    assert (folder / "plot.png").is_file()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("flows", {"posteriors": ["ifa"]}, "Unknown name 'ifa'.*'iaf'"),
        ("flows", {"priors": ["vmap"]}, "Unknown name 'vmap'"),
        ("flows", {"seeds": 0}, "`seeds` must be >= 1. Received: seeds=0"),
        ("photographs", {"recipes": ["dcgam"]}, "Unknown recipe 'dcgam'"),
        ("photographs", {"judge": "digitz"}, "Unknown extractor 'digitz'"),
        ("disentanglement", {"rows": ["beta 3"]}, "Unknown row 'beta 3'"),
        ("disentanglement", {"seeds": 0}, "`seeds` must be >= 1. Received: seeds=0"),
    ],
)
def test_what_no_table_has_is_refused(name, options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        tables.make(name, tmp_path, **options)


def test_the_gallery_has_every_game_of_images():
    of_clips = {"mocogan", "vgan", "context_rnn_gan"}
    translators = {"cycle_gan", "disco_gan", "dual_gan", "id_cgan"}
    translators |= {"aff_gan", "al_cgan", "cc_gan", "dr_gan", "ff_gan", "gp_gan"}
    photographs = {"art_gan", "projection_gan", "r3_gan", "sn_resnet_gan"}
    others = {"am_gan", "b_gan"}  # one argument from `acgan` and `f_gan`
    editors = {"aegan", "age_cgan", "gene_gan", "icgan"}
    others |= {"calo_gan", "la_gan", "c_rnn_gan", "cs_gan", "ada_gan", "go_gan"}
    others |= {"bayesian_gan"}  # which makes no pictures
    games = {name for name in zoo.names() if name.endswith(("gan", "ali", "gan_gp"))}
    assert set(gallery.RECIPES) == (
        games - of_clips - translators - photographs - editors - others
    )


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    films = weizmann(tmp_path_factory.mktemp("films"), size=16)
    data = {"manual_dir": str(films), "num_examples": 36, "num_frames": 2}
    options = {"rows": ["-C-S", "+C+S"], "epochs": 1, "data": data | {"holdout": 0.25}}
    options["dtype"] = "mixed_bfloat16"
    folder = tmp_path_factory.mktemp("tables") / "weizmann"
    return tables.make("weizmann", folder, **options), options


@pytest.mark.slow
def test_the_ablation_has_a_row_for_each_model_and_those_of_real_clips(filmed):
    folder, _ = filmed
    real, trained, *rows = rows_of(folder)
    assert float(trained["I-Score"]) > 1.0
    assert [row["row"] for row in rows] == ["-C-S", "+C+S"]
    report = json.loads((folder / "runs" / "+C+S-0" / "report.json").read_text())
    bound = report["metrics"]["video_inception_score/real_test"]
    assert float(real["I-Score"]) == bound
    assert (real["published I-Score"], rows[1]["published I-Score"]) == ("89.1", "70.1")
    assert all(0 < float(row["of real test"]) < 100 for row in rows)
    for column in ("action as asked", "identity as asked"):
        for asked in (column, f"{column}, seen", f"{column}, never seen"):
            assert rows[0][asked] == ""  # it is not asked for anything
            assert 0 <= float(rows[1][asked]) <= 1
            assert float(real[asked]) > 0.9
    config = json.loads((folder / "runs" / "-C-S-0" / "config.json").read_text())
    assert config["recipe"] == "video_vae_unconditional_unstructured"
    assert config["arguments"]["memory_noise"] == 0.15  # as the preset has it
    assert config["data"]["holdout"] == 0.25
    assert config["dtype"] == "mixed_bfloat16"
    with Image.open(folder / "plot.png") as picture:
        assert picture.mode == "RGB"


@pytest.mark.slow
def test_a_column_that_no_row_fills_is_left_out(filmed, tmp_path):
    folder, options = filmed
    shutil.copytree(folder, tmp_path / "table")
    tables.make("weizmann", tmp_path / "table", **{**options, "rows": ["-C-S"]})
    real, _, row = rows_of(tmp_path / "table")
    assert real.keys() == row.keys()
    assert not {"action as asked", "identity as asked"} & row.keys()
    assert float(row["diversity"]) > 0


def test_several_seeds_are_their_mean_and_deviation():
    assert cells.summed_up([0.5]) == 0.5
    assert cells.summed_up([0.9, None, 1.0, 0.8]) == "0.9 ± 0.1"
    assert cells.summed_up([None]) == ""


@pytest.mark.slow
def test_what_was_measured_of_a_run_is_not_measured_again(filmed):
    folder, options = filmed
    files = [p for p in (folder / "runs").rglob("*") if p.is_file()]
    before = {path: path.stat().st_mtime_ns for path in files}
    table = (folder / "table.csv").read_text(encoding="utf-8")
    tables.make("weizmann", folder, **options)
    assert {path: path.stat().st_mtime_ns for path in files} == before
    assert (folder / "table.csv").read_text(encoding="utf-8") == table


def test_the_command_prints_the_table_and_its_folder(tmp_path, capsys):
    folder = tmp_path / "out"
    words = ["table", "saturation", "--out", str(folder), "--set", "steps=2"]
    assert cli.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == str(folder)
    assert "| --- | --- | --- | --- |" in lines


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("table saturatoin", "Unknown table 'saturatoin'. Did you mean 'saturation'?"),
        ("table gallery --set recipes=['dcgn']", "Did you mean 'dcgan' or"),
        ("table ring --set epoch=1", "Unknown option 'epoch' of the table 'ring'."),
        ("table ring --set objectives=['hing']", "Did you mean 'hinge'?"),
        ("table ring --set seeds=0", "`seeds` must be >= 1. Received: seeds=0."),
        ("table weizmann --set rows=['mocogen']", "Did you mean 'mocogan'?"),
        ("table weizmann --set seeds=0", "`seeds` must be >= 1. Received: seeds=0."),
        ("table saturation --set steps=0", "`steps` must be >= 1."),
    ],
)
def test_bad_input_costs_one_line(tmp_path, capsys, words, message):
    assert cli.main([*words.split(), "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert not (tmp_path / "out").exists()
