"""Shapes: volumes that turn, their slices, and sums of their latents."""

from __future__ import annotations

import functools
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import checks, clips, media, snippets, widgets
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry

ABOUT = (
    "A generator of volumes says of every cell of a cube how full it is. What is more "
    "than half full is drawn and turned. Latents of shapes can be mixed and added, as "
    "those of pictures can."
)
MORE = (
    "<p>The generator is that of DCGAN with one axis more: every convolution doubles "
    "height, width and depth. A critic of volumes beats it easily, so that it only "
    "learns while it is right <b>less than four times in five</b>.</p><p>A "
    "<b>slice</b> is what a saw would show: the cells of one height, seen from above, "
    "black where they are full.</p>"
)
SAMPLES, BETWEEN, SUM = "samples", "between two", "a - b + c"
KINDS = (SAMPLES, BETWEEN, SUM)
MOST, STEPS, SLICES, FRAMES, FPS = 6, 5, 8, 24, 12


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("shapes", "Shapes", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model of volumes with latents",
                "keras-genmodels train gan3d chair_voxels --out runs/gan3d",
                "keras-genmodels export runs/gan3d",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Draw"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            kind = gr.Radio(list(KINDS), value=SAMPLES, label="Shapes")
            count = widgets.slider(1, MOST, 3, step=1, label="Samples")
            seed = tab.seed()
            tab.examples({"from one to another": {kind: BETWEEN}, "a sum": {kind: SUM}})
        with tab.results():
            film = widgets.widget("film", None, "Turning")
            slices = widgets.result("Slices of the last shape")
        state = {"model": model, "kind": kind, "count": count, "seed": seed}
        tab.answers(functools.partial(_answer, page), state, [film, slices])


def _fits(entry: Entry) -> bool:
    """Find whether volumes are made of latents, and of nothing else."""
    if entry.spec.kind != "volume" or not entry.offers("decode", "prior"):
        return False
    return set(entry.inputs("decode")) == {"latent"}


def _answer(
    page: Page, model: Any, kind: Any, count: Any, seed: Any
) -> tuple[dict[str, Any], str, str]:
    """Show shapes that turn, and slices of the last one."""
    known = page.models.fitting(_fits)
    entry = checks.item("model", model, known)
    kind = checks.one_of("kind", kind, KINDS)
    count, seed = checks.whole("count", count, 1, MOST), checks.seed(seed)
    drawn = {SAMPLES: count, BETWEEN: 2, SUM: 3}[kind]
    z = entry.call("prior", count=drawn, seed=(0, seed))["latent"]
    z, labels = _mixed(kind, z)
    x = entry.call("decode", latent=z)["x"]
    film = clips.film(entry.name, dict(zip(labels, _turning(x), strict=True)), FPS)
    told = f"slices of {labels[-1]}, from the lowest to the highest"
    return film, _slices(x[-1], told), _program(page, entry, kind, drawn, seed)


def _mixed(kind: str, z: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Make the latents that are shown of those that were drawn, and their names."""
    from keras_genmodels import latents

    if kind == BETWEEN:
        walk = np.asarray(latents.interpolate(z, STEPS, latents.slerp))
        return walk, [f"step {i + 1}" for i in range(len(walk))]
    if kind == SUM:
        last = np.asarray(latents.arithmetic(*z))
        return np.concatenate([z, last[None]]), ["a", "b", "c", SUM]
    return z, [f"sample {i + 1}" for i in range(len(z))]


def _turning(x: np.ndarray) -> np.ndarray:
    from keras_genmodels import volumes

    return volumes.turning(x, FRAMES)


def _slices(volume: np.ndarray, told: str) -> str:
    """Show cells of some heights from above, the front below, full ones black."""
    height = volume.shape[1]
    cells = []
    for level in np.linspace(0, height - 1, SLICES + 2)[1:-1].round().astype(int):
        seen = 1.0 - volume[:, level, :, :].transpose(1, 0, 2)
        cells.append((seen, f"{told}: {level + 1}", f"height {level + 1}"))
    return media.figures(cells, SLICES // 2)


def _program(page: Page, entry: Entry, kind: str, drawn: int, seed: int) -> str:
    """Write the same in Python."""
    given = f"count={drawn}, seed=(0, {seed})"
    lines = [f'z = model.run("prior", {given})["latent"]']
    imports = [
        "import keras_genmodels as kgm",
        "from keras_genmodels import pictures, volumes",
    ]
    if kind == BETWEEN:
        lines.append(f"z = kgm.latents.interpolate(z, {STEPS}, kgm.latents.slerp)")
    if kind == SUM:
        imports.append("import numpy as np")
        lines.append("z = np.concatenate([z, kgm.latents.arithmetic(*z)[None]])")
    return snippets.program(
        imports,
        page.source.load(entry),
        *lines,
        "x = model.decode(z)",
        f"turning = volumes.turning(x, {FRAMES})  # (shapes, {FRAMES}, 64, 64, 1)",
        f'pictures.save_png("{entry.name}.png", pictures.grid(turning[:, 3]))',
    )
