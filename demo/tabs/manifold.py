"""Manifold: the plane of a two-dimensional latent, and the picture at every point."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import axes, checks, media, snippets, widgets
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page, Tab
from keras_genmodels_demo.latent_pictures import IMPORTS, one_condition
from keras_genmodels_demo.models_index import Entry, conditional

ABOUT = (
    "With a code of two numbers, all that the decoder can draw lies in one plane. Move "
    "over it to see what is where, click to decode the very point. The dots are "
    "examples, coloured by their class, where the encoder puts them: similar pictures "
    "lie together, and where no dots are, the decoder draws what it never saw."
)
TILES, FARTHEST = 24, 10.0


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("manifold", "Manifold", ABOUT, _fits) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "a model with a latent of two numbers",
                "keras-genmodels train vae mnist --set latent_dim=2 --out runs/vae_2d",
                "keras-genmodels export runs/vae_2d",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Decode"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found, "decode"), first, ())
            decoded = widgets.result("The picture at the point")
        with tab.results():
            plane = widgets.widget("map", "0.000,0.000", "The latent plane", chart=None)
            tab.examples(
                {
                    "the middle": {plane: "0.000,0.000"},
                    "the edge": {plane: "2.200,0.000"},
                    "a corner": {plane: "-1.500,1.500"},
                }
            )
        asked.follow(model, found)
        _follow(tab, asked, model, plane)
        state = {"model": model, "point": plane, **asked.controls}
        tab.answers(functools.partial(_answer, page, asked), state, [decoded])


def _fits(entry: Entry) -> bool:
    return entry.latents("decode") and entry.latent_dim == 2


def _follow(tab: Tab, asked: Attributes, model: Any, plane: gr.HTML) -> None:
    """Let the plane show what the chosen model has in it."""
    names = list(asked.controls)

    def show(name: Any, *values: Any) -> Any:
        try:
            entry = _find(tab.page, name)
            given = dict(zip(names, values, strict=True))
            condition = one_condition(entry, asked, given)
        except (ValueError, TypeError):
            return widgets.unchanged(plane)  # the answer says what is wrong
        return gr.update(chart=_kept(entry, condition))

    inputs = [model, *asked.controls.values()]
    gr.on(
        [tab.starter.change, *(control.change for control in inputs)],
        show,
        inputs,
        plane,
        api_visibility="private",
        show_progress="hidden",
        trigger_mode="multiple",  # "always_last" beside the answer's never ends
        concurrency_id="answers",
    )


def _find(page: Page, name: Any) -> Entry:
    entry = page.models.find(name, "decode")
    if entry.latent_dim != 2:
        raise ValueError(
            f"`model` must have a latent of 2 numbers. Received: {entry.name} with "
            f"{entry.latent_dim}."
        )
    return entry


def _kept(entry: Entry, condition: np.ndarray | None) -> dict[str, Any]:
    """Keep the chart of a model under a condition, drawn once."""
    key = ("chart", None if condition is None else condition.tobytes())
    return entry.remember(key, lambda: _chart(entry, condition))


def _chart(entry: Entry, condition: np.ndarray | None) -> dict[str, Any]:
    """Draw a sheet of the pictures in the plane, and place the examples."""
    points = np.zeros((0, 2))
    if entry.examples and entry.offers("encode"):
        rows = entry.examples.condition if entry.is_conditional("encode") else None
        points = entry.call("encode", x=entry.examples.x, condition=rows)["latent"]
    far = np.quantile(np.abs(points), 0.995) if len(points) else 3.0
    extent = float(np.clip(np.ceil(2 * far) / 2, 2.5, 6.0))
    side = (np.arange(TILES) + 0.5) / TILES * 2 * extent - extent
    across, up = np.meshgrid(side, side[::-1])
    z = np.stack([across, up], axis=-1).reshape(-1, 2)
    rows = None if condition is None else condition.repeat(len(z), axis=0)
    x = entry.call("decode", latent=z, condition=rows)["x"]
    height, width, channels = entry.frame_shape
    return {
        "sheet": media.sheet(x.reshape(TILES, TILES, height, width, channels)),
        "tiles": TILES,
        "height": height,
        "width": width,
        "extent": extent,
        "axis": axes.Axis.between(-extent, extent, "latent").plain(),
        **_dots(entry, points),
    }


def _dots(entry: Entry, points: np.ndarray) -> dict[str, Any]:
    """Place the examples in the plane, by the class of the first attribute."""
    if not len(points) or not entry.spec.attributes:
        return {"points": [[*map(float, p), 0] for p in points], "classes": []}
    first = entry.spec.attributes[0]
    kinds = entry.examples.condition[:, first.start : first.stop].argmax(axis=1)
    dots = [
        [round(float(x), 3), round(float(y), 3), int(kind)]
        for (x, y), kind in zip(points, kinds, strict=True)
    ]
    return {"points": dots, "classes": list(first.classes)}


def _answer(
    page: Page, asked: Attributes, model: Any, point: Any, **values: Any
) -> tuple[str, str]:
    """Show the picture at a point of the plane."""
    entry = _find(page, model)
    z = _point(point)
    condition = one_condition(entry, asked, values)
    x = entry.call("decode", latent=z[None], condition=condition)["x"][0]
    told = f"({z[0]:.3f}, {z[1]:.3f})"
    shown = (
        f'<figure class="kgm-point">{media.img(x, f"the picture at {told}")}'
        f"<figcaption>decoded at {told}</figcaption></figure>"
    )
    program = _program(page, entry, z, asked, values, _kept(entry, condition)["extent"])
    return shown, program


def _point(text: Any) -> np.ndarray:
    """Read two numbers with a comma between them."""
    parts = text.split(",") if isinstance(text, str) else []
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != 2:
        raise ValueError(
            "`point` must be two numbers with a comma between them. "
            f"Received: {str(text)[:40]!r}."
        )
    kept = [checks.number("point", number, -FARTHEST, FARTHEST) for number in numbers]
    return np.asarray(kept, np.float32)


def _program(
    page: Page,
    entry: Entry,
    z: np.ndarray,
    asked: Attributes,
    values: Mapping[str, Any],
    extent: float,
) -> str:
    """Write the same in Python: the point, and the plane around it."""
    has_condition = entry.is_conditional("decode")
    classes = asked.chosen(entry, values) if has_condition else {}
    more = ", condition" if classes else ""
    return snippets.program(
        ["import numpy as np", *IMPORTS],
        page.source.load(entry),
        snippets.condition(classes) if classes else "",
        f"x = model.decode([[{z[0]:.3f}, {z[1]:.3f}]]{more})",
        'pictures.save_png("point.png", x[0])',
        f"\nside = {extent} * (2 * (np.arange({TILES}) + 0.5) / {TILES} - 1)",
        "z = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2)",
        f"plane = pictures.grid(model.decode(z{more}), columns={TILES})",
        'pictures.save_png("plane.png", plane)',
    )
