"""The commands do what they say, and wrong input costs one line and exit code 2."""

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from keras_genmodels import cli, training
from keras_genmodels.export import layout

TINY = shlex.split(
    "vae digits --epochs 1 --batch-size 8 --set latent_dim=2 'units=(8,)' "
    "likelihood=bernoulli --data num_examples=32 dequantise=False binarise=static"
)

TINY_CLIPS = shlex.split(
    "video_vae moving_shapes --epochs 1 --batch-size 4 --set latent_dim=3 features=6 "
    "memory=5 'filters=(3,4)' 'decoder_filters=(4,3)' style=3 components=2 backdrops=4 "
    "--data num_frames=3 image_size=16 num_examples=8"
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "tiny"
    assert cli.main(["train", *TINY, "--out", str(out)]) == 0
    return out


@pytest.fixture
def run(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


@pytest.fixture
def command(capsys):
    """Run a command; returns its exit code and the lines of stdout and stderr."""

    def call(*words):
        capsys.readouterr()
        code = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return call


def without_tensorflow(*words):
    """Exit code, what was printed in all, and which heavy modules were imported."""
    code = (
        "import contextlib, io, sys\nfrom keras_genmodels import cli\n"
        "said = io.StringIO()\n"
        "with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):\n"
        "    code = cli.main(sys.argv[1:])\n"
        "print([code, said.getvalue(),"
        " [m for m in ('tensorflow', 'keras') if m in sys.modules]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    return ast.literal_eval(done.stdout)


def process(*words):
    command = [sys.executable, "-m", "keras_genmodels", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_answers_without_tensorflow():
    code = (
        "import sys\nfrom keras_genmodels import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('tensorflow', 'keras', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")
    for name in ("train", "resume", "evaluate", "sample", "export", "push", "list"):
        assert f"\n    {name} " in done.stdout


def test_train_ends_with_figures_and_paths(command, tmp_path):
    out = tmp_path / "run"
    code, lines, err = command("train", *TINY, "--out", out)
    assert (code, err) == (0, [])
    rows = [re.fullmatch(r"(.+?)  +(.*)", line) for line in lines]
    values = {row[1]: row[2] for row in rows if row}
    for name in ("test elbo", "test log_likelihood"):
        assert re.match(r"-\d+\.\d{4}  .*bits_per_dimension=\d", values[name])
    assert values["samples"] == str(out / "samples" / "epoch-0001.png")
    assert values["run"] == str(out)


def test_resume_says_that_a_run_is_finished(command, run):
    code, lines, err = command("resume", run)
    assert (code, err) == (0, [])
    assert lines == [f"{run} is finished: 1 epochs. A larger --epochs trains on."]


def test_resume_says_which_checkpoint_was_damaged(command, run):
    newest = run / "checkpoints" / "epoch-0001.keras"
    newest.write_bytes(newest.read_bytes()[:1000])
    code, lines, err = command("resume", run, "--epochs", 2)
    assert code == 0
    assert lines[0] == f"Going on in {run} after epoch 0 of 2"
    assert len(err) == 1
    assert "epoch-0001.keras is damaged" in err[0]
    assert err[0].endswith("going back to the start.")


def test_evaluate_takes_metrics_and_options(command, run):
    words = ["--metrics", "elbo,log_likelihood", "--num-samples", 7]
    code, lines, err = command("evaluate", run, *words, "--set", "max_examples=9")
    assert (code, err) == (0, [])
    assert [line.split()[1] for line in lines] == ["elbo", "log_likelihood"]
    assert "examples=9  num_samples=7" in lines[1]


def test_evaluate_takes_other_data_than_the_runs(command, run):
    code, lines, err = command(
        "evaluate", run, "--metrics", "elbo", "--data", "num_examples=5"
    )
    assert (code, err) == (0, [])
    assert "examples=5" in lines[0]


@pytest.mark.parametrize("figure", ["reconstructions", "manifold", "traversals"])
def test_sample_draws_the_figures_of_the_lecture(command, run, tmp_path, figure):
    out = tmp_path / f"{figure}.png"
    code, lines, _ = command("sample", run, "--figure", figure, "--out", out)
    assert (code, lines) == (0, [str(out)])
    with Image.open(out) as picture:
        assert min(picture.size) > 2 * 16
        assert len(set(picture.convert("L").tobytes())) > 10


@pytest.mark.slow
def test_a_figure_of_clips_moves(command, tmp_path):
    run, out = tmp_path / "run", tmp_path / "changes.gif"
    assert command("train", *TINY_CLIPS, "--out", run)[0] == 0
    default = run / "samples" / "changes.webp"
    for words, path in (([], default), (["--out", out], out)):
        code, lines, _ = command("sample", run, "--figure", "changes", *words)
        assert (code, lines) == (0, [str(path)])
        with Image.open(path) as picture:
            assert picture.n_frames == 3
            assert min(picture.size) > 2 * 16  # a row an attribute, a column a class
    still = ("--figure", "changes", "--out", tmp_path / "changes.png")
    code, _, errors = command("sample", run, *still)
    assert code == 2
    assert "must end in .webp or .gif" in errors[-1]
    assert not (tmp_path / "changes.png").exists()


def test_an_unknown_figure_is_met_with_the_nearest(command, run):
    code, _, errors = command("sample", run, "--figure", "manifolds")
    assert code == 2
    assert "Did you mean 'manifold'?" in errors[-1]


def test_sample_writes_a_picture(command, run, tmp_path):
    out = tmp_path / "three.png"
    code, lines, _ = command(
        "sample", run, "--count", 6, "--condition", "label=3", "--out", out
    )
    assert (code, lines) == (0, [str(out)])
    assert out.read_bytes().startswith(b"\x89PNG")
    code, lines, _ = command("sample", run, "--seed", 5)
    assert lines == [str(run / "samples" / "seed-5.png")]


def test_export_numbers_its_versions(command, run, tmp_path):
    out = tmp_path / "saved" / "digits"
    for version in ("1", "2"):
        code, lines, _ = command("export", run, "--out", out)
        assert (code, lines) == (0, [str(out / version)])
    assert (out / "card.json").is_file()
    assert (out / "2" / "saved_model.pb").is_file()


def test_export_keeps_the_folder_of_saved_models(command, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named = ("--name", "tiny_vae", "--half", "--metrics", "linear_probe")
    for words, name in (((), "run"), (named, "tiny_vae")):
        code, lines, err = command("export", run, *words)
        assert (code, lines, err) == (0, [f"saved_models/{name}/1"], [])
    folder = tmp_path / "saved_models"
    assert (folder / "models.config").read_text().count('name: "tiny_vae"') == 1
    assert "[`run`](run)" in (folder / "README.md").read_text()
    card = json.loads((folder / "tiny_vae" / "card.json").read_text())
    assert card["half"]["samples"] == 64
    assert {"elbo", "linear_probe"} <= set(card["metrics"])
    trained = json.loads((run / "config.json").read_text())["command"]
    assert card["command"] == trained  # which names no folder of data


def test_export_leaves_out_where_the_data_lay(run, tmp_path):
    config = json.loads((run / "config.json").read_text())
    training.Run(run).write_config({**config, "data_dir": str(tmp_path)})
    path = training.publish(training.Run.open(run), tmp_path / "tiny")
    card = json.loads((path.parent / "card.json").read_text())
    assert card["command"] == config["command"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--name", "a/b"), "`name` must be letters, digits.* Received: name='a/b'"),
        (("--name", ".hidden"), "`name` must be letters, digits"),
        (("--name", "a", "--out", "b"), "`path` and `name` must not both be given"),
    ],
)
def test_export_refuses_names_that_cannot_be(
    words, message, command, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, lines, err = command("export", run, *words)
    assert (code, lines, len(err)) == (2, [], 1)
    assert re.search(message, err[0])


def test_a_run_whose_name_no_artefact_can_bear_is_told_how(
    command, run, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    weird = run.rename(tmp_path / 'we"ird')
    code, _, (line,) = command("export", weird)
    assert code == 2
    assert re.search(r"`name` must be printable, .*`--name` or `--out` gives", line)
    assert not (tmp_path / "saved_models").exists()
    assert command("export", weird, "--name", "weird")[0] == 0


def test_two_exports_at_once_are_two_versions(command, run, tmp_path, monkeypatch):
    """The second saw the same free version as the first, which was faster."""
    path, free = tmp_path / "tiny", layout.next_version

    def slow(folder):
        monkeypatch.setattr(layout, "next_version", free)
        seen = free(folder)
        assert command("export", run, "--out", folder)[0] == 0
        return seen

    monkeypatch.setattr(layout, "next_version", slow)
    assert command("export", run, "--out", path)[:2] == (0, [str(path / "2")])
    assert layout.versions(path) == [1, 2]


def test_an_export_whose_examples_find_no_room_says_what_is_whole(
    command, run, tmp_path
):
    path = tmp_path / "tiny"
    path.mkdir()
    (path / ".partial-examples.npz").symlink_to("/dev/full")
    code, _, (line,) = command("export", run, "--out", path)
    assert code == 2
    assert f"The model is whole in {path / '1'}; what lies beside" in line
    assert "No space left" in line
    assert sorted(p.name for p in path.iterdir()) == ["1", "card.json"]


def test_list_names_everything(command):
    code, lines, err = command("list")
    text = "\n".join(lines)
    assert (code, err) == (0, [])
    for word in ("vae", "Auto-Encoding Variational Bayes", "digits", "folder:", "elbo"):
        assert word in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("train vea digits", "Unknown recipe 'vea'. Did you mean 'vae'"),
        ("train vae digitz", "Unknown dataset 'digitz'. Did you mean 'digits'"),
        ("train vae foldr:x", "Unknown dataset scheme 'foldr'. Did you mean 'folder'"),
        ("train vae digits --set betta=1", "Did you mean 'beta'"),
        (
            "train vae digits --set latent_dim=abc",
            "must be an integer. Received: laten",
        ),
        (
            "train vae digits --data crob=8",
            "Unknown key 'crob' in `data`. Did you mean",
        ),
        (
            "train vae digits --data num_frames=a",
            "`num_frames` must be an integer or N",
        ),
        ("train vae digits --epoch 2 --sed 1", "unrecognized arguments: --sed 1"),
        ("describe vea", "Unknown recipe 'vea'. Did you mean 'vae'"),
        ("evaluate runs/a --metrics elbow", "Unknown metric 'elbow'. Did you mean"),
        ("evaluate runs/a --set sed=1", "Unknown option 'sed'. Did you mean 'seed'"),
        (
            "export runs/a --metrics elbow",
            "Unknown metric 'elbow'. Did you mean 'elbo'",
        ),
        ("push runs/a hf://ada", "`url` must be hf://OWNER/NAME"),
        (
            "sample runs/a --figure manifolds",
            "Unknown figure 'manifolds'. Did you mean",
        ),
        ("table saturatoin", "Unknown table 'saturatoin'. Did you mean 'saturation'"),
        ("table ring --set epoch=1", "Unknown option 'epoch' of the table 'ring'."),
        (
            "table ring --set seeds=a",
            "`seeds` must be an integer. Received: seeds='a'.",
        ),
    ],
)
def test_a_mistyped_word_is_answered_without_tensorflow(words, message):
    code, err, imported = without_tensorflow(*words.split())
    assert code == 2
    assert message in err
    assert imported == []


def test_everything_is_listed_with_its_meaning_and_without_tensorflow():
    code, err, imported = without_tensorflow("list")
    assert (code, imported) == (0, [])
    sections = re.split(r"^(?=\w)", err, flags=re.MULTILINE)[1:]
    titles = [section.splitlines()[0] for section in sections]
    assert titles == ["Recipes", "Datasets", "Metrics", "Tables"]
    for section in sections:
        for item in re.split(r"^  (?=\w)", section, flags=re.MULTILINE)[1:]:
            name, *meaning = item.splitlines()
            assert meaning, name


def test_describe_prints_all_that_was_resolved(command):
    code, lines, err = command("describe", "wgan", "digits")
    text = "\n".join(lines)
    assert (code, err) == (0, [])
    for word in (
        'Arjovsky, Chintala, Bottou, "Wasserstein Generative Adversarial Networks"',
        "  clip = 0.01\n      the greatest absolute value",
        "epochs           200",
        "batch size       64",
        "Conv2DTranspose",
        "StandardNormalPrior(latent_dim=100)",
        "Wasserstein()",
        "WeightClipping(limit=0.01)",
        "generator_optimizer: RMSprop, learning rate 5e-05, falls to 2 % on a cosi",
        "ema=0.999",
    ):
        assert word in text, word
    code, lines, err = command("describe", "vae")
    assert (code, lines[-1]) == (0, "Presets: digits, mnist")
    assert "  latent_dim = 50" in lines


def test_a_loss_that_is_not_finite_is_told_in_one_line(command, tmp_path):
    words = [*TINY, "--set", "learning_rate=1e30", "--epochs", 3]
    code, _, err = command("train", *words, "--out", tmp_path / "run")
    assert code == 1
    assert len(err) == 1
    assert re.search(r"training stopped: Epoch 1: .*(nan|inf)", err[0])


REFUSED = [
    ("train vea digits", r"Unknown recipe 'vea'. Did you mean 'vae'"),
    ("train vae digitz", r"Unknown dataset 'digitz'. Did you mean 'digits'"),
    (
        "train vae digits --set latent_dims=2",
        r"'latent_dims'.*Did you mean 'latent_dim'",
    ),
    ("train vae digits --data binarize=none", r"'binarize'.*Did you mean 'binarise'"),
    ("train vae digits --fit-data num_frame=9", r"'num_frame' in `fit_data`"),
    ("train vae digits --set latent_dim", r"`--set` must be KEY=VALUE"),
    ("train vae digits --set beta=-1", r"`beta` must be"),
    ("train vae digits --epochs 0", r"`epochs` must be >= 1"),
    ("train vae digits --seed 2147483648", r"`seed` must be <= 2147483647"),
    ("train vae digits --epochs 9223372036854775808", r"`epochs` must be below 2"),
    ("train vae digits --epochs 9223372036854775807", r"`decay_steps` must be below"),
    (
        "train vae digits --set units={{[]:1}}",
        r"`units` must be a sequence of integers",
    ),
    ("train vae digits --set latent_dim=1e999", r"`latent_dim` must be an integer"),
    ("train vae digits --set latent_dim=0", r"`latent_dim` must be >= 1"),
    ("train vae digits --set learning_rate=-1", r"`learning_rate` must be >= 0"),
    ("train vae digits --set learning_rate=1e999", r"`learning_rate` must be finite"),
    ("train vae digits --data greyscale=abc", r"`greyscale` must be True or False"),
    ("train vae digits --data shuffle=abc", r"`shuffle` must be True or False or None"),
    ("train dcgan digits --set filters=[]", r"`filters` must not be empty"),
    ("train cogan digits --set filters=[]", r"`filters` must not be empty"),
    ("train dcgan moving_shapes", r"`dcgan` needs images.*`stills=True`"),
    ("train conv_vae gaussian_ring", r"`conv_vae` needs images, .*'gaussian_ring'"),
    ("table ring --set seeds=0", r"`seeds` must be >= 1"),
    ("table chairs --set epochs=0", r"`epochs` must be >= 1"),
    ("train vae digits --epochs many", r"--epochs: invalid int value: 'many'"),
    ("train vae digits --dtype float8", r"--dtype: invalid choice: 'float8'"),
    ("train vae mnist --data-dir {tmp}/none", r"mnist.*{tmp}/none"),
    ("train vae folder:{tmp}/none", r"{tmp}/none"),
    ("train vae digits --out {run}", r"which holds a run already.*resume"),
    ("train vae digits --out=", r"`out` must be the name of a folder"),
    ("train vae digits --out {tmp}/full", r"`out` must be a new or an empty folder"),
    ("train vae digits --out {tmp}/file/run", r"`out` must be a folder that can be"),
    ("train vae digits --out /proc/run", r"`out` must be a folder that can be written"),
    ("train vae", r"required: DATASET"),
    ("resume {tmp}/none", r"`run` must be the folder of a run"),
    ("resume {run} --epochs 0", r"`epochs` must be >= 1"),
    ("evaluate {run} --metrics elbow", r"Unknown metric 'elbow'. Did you mean 'elbo'"),
    ("evaluate {run} --set sed=1", r"Unknown option 'sed'. Did you mean 'seed'"),
    ("evaluate {run} --set num_samples=abc", r"`num_samples` must be an integer"),
    ("evaluate {run} --metrics elbo --num-samples 0", r"`num_samples` must be >= 1"),
    ("evaluate {run} --set elbo=3", r"`elbo` must be a dict"),
    ("evaluate {run} --data crob=8", r"Unknown key 'crob' in `data`. Did you mean"),
    ("evaluate {tmp}/none", r"`run` must be the folder of a run"),
    ("sample {run} --condition lable=3", r"Unknown attribute 'lable'"),
    ("sample {run} --condition label=ten", r"Unknown class 'ten'"),
    ("sample {run} --seed 2147483648", r"`seed` must be in \[-2147483648, 21474836"),
    ("sample {run} --count 0", r"`num_samples` must be >= 1"),
    ("sample {run} --out {tmp}/file/a.png", r"{tmp}/file"),
    ("tain vae digits", r"invalid choice: 'tain'"),
    ("", r"required: COMMAND"),
]


@pytest.mark.parametrize(("words", "message"), REFUSED)
def test_bad_input_costs_one_line(command, run, tmp_path, monkeypatch, words, message):
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    places = {"tmp": tmp_path, "run": run}
    code, _, err = command(*words.format(**places).split())
    assert code == 2
    assert len(err) == 1, err
    assert re.search(message.replace("{tmp}", re.escape(str(tmp_path))), err[0])
    assert sorted(tmp_path.rglob("*")) == before


def test_a_tilde_is_the_home_of_whoever_types_it(command, run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert command("train", *TINY, "--out", "~/new")[0] == 0
    assert (tmp_path / "new" / "report.json").is_file()
    code, lines, _ = command("sample", "~/run", "--count", 4, "--out", "~/four.png")
    assert (code, lines) == (0, [str(tmp_path / "four.png")])
    code, lines, _ = command("export", "~/run", "--out", "~/tiny")
    assert (code, lines) == (0, [str(tmp_path / "tiny" / "1")])
    assert not (tmp_path / "~").exists()


def test_bad_input_costs_one_line_of_a_fresh_process(tmp_path):
    done = process(
        "train", "vae", "digits", "--set", "betta=1", "--out", tmp_path / "run"
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"keras-genmodels: .*Did you mean 'beta'.*\n", done.stderr)
    assert not (tmp_path / "run").exists()
