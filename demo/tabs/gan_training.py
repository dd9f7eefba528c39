"""GAN training: how a run went, and which gradient the generator learns from."""

from __future__ import annotations

import functools
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from keras_genmodels_demo import axes, charts, checks, clips, snippets, widgets
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry

ABOUT = (
    "The critic D learns to tell real pictures from generated ones, the generator G "
    "learns to fool it. D(G(z)) is the probability that the critic gives a generated "
    "picture of being real. Move the slider: how much does the generator learn?"
)
MORE = (
    "<p>Early in training generated pictures are bad and the critic is sure of it: "
    "D(G(z)) is near 0. The original loss of the generator, log(1 &minus; D(G(z))), is "
    "flat there. The norm of its gradient with respect to the critic's logit is "
    "D(G(z)), almost 0: the loss <b>saturates</b>, and the generator stops learning "
    "just when it has most to learn.</p><p>The <b>non-saturating</b> loss, "
    "&minus;log D(G(z)), has the same optimum. The norm of its gradient is "
    "1 &minus; D(G(z)), almost 1 while pictures are bad, and it fades only when the "
    "critic is fooled.</p><p>Below the curves a run is replayed: its samples, and the "
    "losses of both players by epoch. Neither loss falls to 0 in a good run, because "
    "each player's success is the other's loss.</p>"
)
BELIEF = "D(G(z)), the critic's probability that a sample is real"
LOSSES = ("critic_loss", "generator_loss")
KEY = "game"  # in links that people keep
FPS, MOST_PIXELS = 3, 512


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab(KEY, "GAN training", ABOUT, _fits, MORE) as tab:
        found = tab.found
        with tab.controls("Compare"):
            model = gr.Dropdown(
                list(found),
                value=next(iter(found), None),
                label="Run",
                visible=bool(found),
            )
            score = widgets.slider(0.01, 0.99, 0.05, step=0.01, label=BELIEF)
            tab.examples(
                {
                    "sure it is generated": {score: 0.01},
                    "undecided": {score: 0.5},
                    "fooled": {score: 0.95},
                }
            )
        with tab.results():
            gradients = widgets.result("The two gradients")
            film = widgets.widget("film", None, "The run")
            if not found:
                tab.absent(
                    "the history of a GAN's run to replay",
                    "keras-genmodels train dcgan mnist --out runs/dcgan",
                    "keras-genmodels export runs/dcgan",
                )
        answer = functools.partial(_answer, found)
        tab.answers(answer, {"model": model, "score": score}, [gradients, film])


def _fits(entry: Entry) -> bool:
    return bool(entry.history and entry.history.pictures and _losses(entry))


def _losses(entry: Entry) -> dict[str, list[float]]:
    """List the players' losses, epoch by epoch."""
    losses = entry.history.losses
    return {name: list(losses[name]) for name in LOSSES if name in losses}


def _answer(
    found: dict[str, Entry], model: Any, score: Any
) -> tuple[str, dict[str, Any] | None, str]:
    """Show both gradients at one score of the critic, and the replay of a run."""
    score = checks.number("score", score, 0.01, 0.99)
    film = None
    if model is not None:
        entry = checks.item("model", model, found)
        film = entry.remember("replay", lambda: _replay(entry))
    return _gradients(score), film, _program(score, found.get(model))


def _gradients(score: float) -> str:
    """Draw both gradients over D(G(z)), and tell their numbers at one."""
    beliefs = np.linspace(0.0, 1.0, 51)
    told = widgets.pairs(
        {
            "saturating, log(1 - D(G(z)))": f"gradient norm {score:.2f}",
            "non-saturating, -log D(G(z))": f"gradient norm {1 - score:.2f}",
            "the second is": f"{(1 - score) / score:.1f} times the first",
        }
    )
    chart = charts.lines(
        {"saturating": beliefs, "non-saturating": 1.0 - beliefs},
        "Gradient of the generator's loss",
        axes.Axis.over(beliefs, BELIEF),
        "gradient norm",
        mark=score,
    )
    return f'<div class="kgm-gradients">{chart}{told}</div>'


def _replay(entry: Entry) -> dict[str, Any]:
    """Join the recorded pictures to a film, with the losses beside it."""
    frames = []
    for path in entry.history.pictures.values():
        with Image.open(path) as picture:
            picture = picture.convert("RGB")
            picture.thumbnail((MOST_PIXELS, MOST_PIXELS), Image.Resampling.LANCZOS)
            frames.append(np.asarray(picture, np.float32) / 255.0)
    pictures = np.stack([frame for frame in frames if frame.shape == frames[0].shape])
    film = clips.shown(entry.name, {f"samples of {entry.name}": pictures}, FPS)
    losses = _losses(entry)
    count = max(map(len, losses.values()))
    return {
        **film,
        "epochs": list(entry.history.pictures),
        "curves": losses,
        "across": axes.Axis.counting(count, "epoch").plain(),
        "up": {name: _upright(losses[name]).plain() for name in losses},
    }


def _upright(values: list[float]) -> axes.Axis:
    """Make the upright axis of a loss; numbers that are not finite find no room."""
    return axes.Axis.over([v for v in values if np.isfinite(v)] or [0.0], "loss")


def _program(score: float, entry: Entry | None) -> str:
    """Write both gradients in Python, and what the run recorded."""
    imports, recorded = _recorded(entry) if entry else ([], "")
    return snippets.program(
        [
            *imports,
            "import numpy as np",
            "import tensorflow as tf",
            "from keras_genmodels.objectives import Minimax, NonSaturating",
        ],
        f"belief = {score}  # D(G(z))",
        "score = tf.Variable([np.log(belief / (1 - belief))], dtype=tf.float32)",
        "for objective in (Minimax(), NonSaturating()):",
        "    with tf.GradientTape() as tape:",
        "        loss = objective.generator_loss(score)",
        "    norm = float(abs(tape.gradient(loss, score))[0])",
        "    print(type(objective).__name__, norm)",
        recorded,
    )


def _recorded(entry: Entry) -> tuple[list[str], str]:
    """Write the imports and lines that read a run's losses and samples."""
    folder = snippets.shown_path(entry.path.parent)
    imports = ["from PIL import Image", "from keras_genmodels.export import showcase"]
    return imports, (
        f'\nhistory = showcase.read_history("{folder}")\n'
        + "".join(f'{name} = history.losses["{name}"]\n' for name in _losses(entry))
        + "samples = []\n"
        "for path in history.pictures.values():\n"
        "    with Image.open(path) as picture:\n"
        "        samples.append(np.asarray(picture))"
    )
