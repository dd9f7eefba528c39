"""GAN game: how a run went, and which gradient the generator learns from."""

from __future__ import annotations

import functools
from typing import Any

import gradio as gr
import numpy as np
from keras_genmodels_demo import charts, checks, clips, snippets, widgets
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry
from PIL import Image

ABOUT = (
    "Two players, one game. While the critic is sure that a sample is false, D(G(z)) "
    "near 0, the generator of the first game, who minimises log(1 - D), hardly learns: "
    "its gradient is D. Who maximises log D instead learns by 1 - D."
)
LOSSES = ("critic_loss", "generator_loss")
FPS, MOST_PIXELS = 3, 512


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("game", "GAN game", ABOUT, _fits) as tab:
        found = tab.found
        with tab.controls("Play"):
            model = gr.Dropdown(
                list(found),
                value=next(iter(found), None),
                label="Run",
                visible=bool(found),
            )
            score = widgets.slider(
                0.01, 0.99, 0.05, step=0.01, label="D(G(z)), what the critic believes"
            )
            tab.examples(
                {
                    "sure it is false": {score: 0.01},
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
        entry = found[checks.one_of("model", model, list(found))]
        film = entry.remember("replay", lambda: _replay(entry))
    return _gradients(score), film, _program(score, found.get(model))


def _gradients(score: float) -> str:
    """Draw both gradients over D(G(z)), and tell their numbers at one."""
    beliefs = np.linspace(0.0, 1.0, 51)
    told = widgets.pairs(
        {
            "saturating, log(1 - D)": f"gradient {score:.2f}",
            "non-saturating, -log D": f"gradient {1 - score:.2f}",
            "the second is": f"{(1 - score) / score:.1f} times the first",
        }
    )
    chart = charts.lines(
        {"saturating": beliefs, "non-saturating": 1.0 - beliefs},
        "Size of the gradient by the critic's score, over D(G(z)) from 0 to 1",
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
    return {**film, "epochs": list(entry.history.pictures), "curves": _losses(entry)}


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
        "    slope = float(abs(tape.gradient(loss, score))[0])",
        "    print(type(objective).__name__, slope)",
        recorded,
    )


def _recorded(entry: Entry) -> tuple[list[str], str]:
    """Write the imports and lines that read a run's losses and samples."""
    folder = snippets.shown_path(entry.path.parent)
    imports = ["from PIL import Image", "from keras_genmodels.export import exhibits"]
    return imports, (
        f'\nhistory = exhibits.read_history("{folder}")\n'
        + "".join(f'{name} = history.losses["{name}"]\n' for name in _losses(entry))
        + "samples = []\n"
        "for path in history.pictures.values():\n"
        "    with Image.open(path) as picture:\n"
        "        samples.append(np.asarray(picture))"
    )
