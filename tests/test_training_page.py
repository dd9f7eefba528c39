"""The page of a run needs no other file and says all that is known."""

import contextlib
import html
import re
import signal
import subprocess
import time
from html.parser import HTMLParser

import pytest
from PIL import Image
from runs import COMMAND, TINY, start

from keras_genmodels import training


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "paged"
    settings = TINY | {"validation": 0.25, "epochs": 2}
    return training.train("vae", "digits", out=out, verbose=0, **settings)


class Page(HTMLParser):
    """What a page shows: the addresses that it loads, its captions, all its text."""

    def __init__(self, path):
        super().__init__()
        self.addresses, self.texts, self.open = [], [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.text = " ".join(self.texts)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.addresses += [
            attrs[name] for name in ("src", "srcset", "href") if name in attrs
        ]
        if tag not in ("meta", "img", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open and data.strip():
            self.texts.append(data.strip())


def test_the_page_is_whole_in_itself(run):
    page = Page(run.page)
    assert not page.open
    kinds = [address.partition(";base64,")[0] for address in page.addresses]
    # Four charts, each for light and for dark, two of samples, one of reconstructions.
    assert kinds == ["data:image/png"] * 11
    source = run.page.read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in source
    assert "width=device-width" in source
    assert not re.search(r"https?://|@import|<script", source)


def test_the_page_says_what_was_trained_and_what_came_of_it(run):
    text = Page(run.page).text
    assert text.count("vae on digits") == 2  # the title and the heading
    assert "The variational autoencoder, fully connected." in text
    assert "Kingma & Welling" in text
    assert "Finished: 2 of 2 epochs" in text
    shown = re.search(r"<pre>(.*?)</pre>", run.page.read_text(encoding="utf-8"))[1]
    command = html.unescape(re.sub("</?span>", "", shown))
    assert command == run.config["command"]
    assert f"{run.report['metrics']['elbo']:.4f}" in text
    for words in ("epoch 1", "epoch 2", "reconstructions, epoch 2", "validation 0.25"):
        assert words in text
    assert run.config["versions"]["keras"] in text


def test_the_curves_are_a_picture(run):
    with Image.open(run.curves) as picture:
        assert picture.size == (2 * 960, 2 * 640)  # four terms
        colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= colours  # both lines


def test_going_on_writes_the_page_anew(run):
    training.resume(run.path, epochs=3, verbose=0)
    text = Page(run.page).text
    assert "Finished: 3 of 3 epochs" in text
    assert "epoch 3" in text


def interrupted(process):
    """Press Ctrl-C, again where a call out of TensorFlow has swallowed it."""
    for _ in range(4):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=30)
    raise AssertionError("the run goes on after four interruptions")


def test_an_interrupted_run_has_a_page(tmp_path):
    out = tmp_path / "run"
    long = [word if word != "6" else "600" for word in COMMAND]
    process = start(*long, out)
    while not (out / "checkpoints" / "epoch-0001.json").is_file():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.005)
    _, err = interrupted(process)
    assert process.returncode == 130, err
    assert f"interrupted; `keras-genmodels resume {out}` goes on" in err
    text = Page(training.Run.open(out).page).text
    assert re.search(r"Interrupted\. \d+ of 600 epochs are done", text)
    assert f"keras-genmodels resume {out} goes on." in text
    assert "On the test split" not in text
