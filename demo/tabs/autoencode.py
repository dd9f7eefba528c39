"""Autoencode: a picture, its code, what the code says of it, and what that costs."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
import numpy as np

from keras_genmodels_demo import (
    charts,
    checks,
    media,
    picture_tokens,
    snippets,
    uploads,
    widgets,
)
from keras_genmodels_demo.attributes import Attributes
from keras_genmodels_demo.frame import Page
from keras_genmodels_demo.models_index import Entry, conditional

ABOUT = (
    "The encoder turns a picture into a code of a few numbers, and the decoder turns "
    "the code back into a picture. Draw one, upload one, or choose an example."
)
MORE = (
    "<p>The evidence lower bound (<b>ELBO</b>) scores both in nats; higher is better. "
    "Two costs are subtracted. The <b>reconstruction</b>, &minus;E log p(x|z), grows "
    "the less likely the picture is given its code. The <b>KL divergence</b> grows the "
    "further the distribution of the code is from the prior, that is, the more the "
    "code tells of this very picture.</p><p>The bound lies below log p(x). Weighting "
    "many samples of the code by their importance measures log p(x) more closely.</p>"
)
LIKELIEST = "most likely"
SAMPLES, MANY_SAMPLES, PARTS, MOST_CLASSES = 16, 500, 10, 64


def build(page: Page) -> None:
    """Add the tab."""
    with page.tab("autoencode", "Autoencode", ABOUT, _fits, MORE) as tab:
        found = tab.found
        if not found:
            tab.absent(
                "an autoencoder of pictures",
                "keras-genmodels train vae mnist --out runs/vae",
                "keras-genmodels export runs/vae",
            )
            return
        first = next(iter(found.values()))
        with tab.controls("Autoencode"):
            model = gr.Dropdown(list(found), value=first.name, label="Model")
            asked = Attributes(conditional(found, "decode"), first, (LIKELIEST,))
            pad = widgets.widget(
                "pad",
                "e0" if first.examples else "",
                "Picture",
                server_functions=[picture_tokens.receiver(page.models.find)],
                **_offer(first),
            )
        with tab.results():
            shown = widgets.result("Reconstruction")
            measure = gr.Button(f"Measure log p(x), {MANY_SAMPLES} samples", size="sm")
            measured = widgets.result("Log-likelihood")
        asked.follow(model, found)
        model.change(
            lambda name: gr.update(**_offer(checks.item("model", name, found))),
            model,
            pad,
            api_visibility="private",
            show_progress="hidden",
        )
        state = {"model": model, "picture": pad, **asked.controls}
        tab.answers(functools.partial(_answer, page, asked), state, [shown])
        tab.also(measure, functools.partial(_measure, page, asked), measured)


def _fits(entry: Entry) -> bool:
    return entry.latents("encode", "decode")


def _offer(entry: Entry) -> dict[str, Any]:
    """Collect what the pad is to know of a model."""
    return {
        "model": entry.name,
        "shape": list(entry.frame_shape),
        "offered": picture_tokens.offered(entry),
        "most_bytes": uploads.MOST_BYTES,
    }


def _read(
    page: Page, asked: Attributes, model: Any, picture: Any, values: Mapping[str, Any]
) -> tuple[Entry, str, np.ndarray, list[dict[str, str]]]:
    """Read the model, the token, its picture, and the classes that it may have."""
    entry = page.models.find(model, "encode", "decode")
    [[token]] = picture_tokens.parse(picture or "", most=1) if picture else [["e0"]]
    x = picture_tokens.example(entry, token)[None]
    if not entry.is_conditional("decode"):
        return entry, token, x, [{}]
    chosen = asked.chosen(entry, values)
    open_to = [
        attribute.classes
        if chosen[attribute.name] == LIKELIEST
        else [chosen[attribute.name]]
        for attribute in entry.spec.attributes
    ]
    count = int(np.prod([len(classes) for classes in open_to]))
    if count > MOST_CLASSES:
        raise ValueError(
            f"At most {MOST_CLASSES} combinations of classes can be compared. "
            f"Received: {count}. Choose the class of some attributes."
        )
    names = [attribute.name for attribute in entry.spec.attributes]
    combinations = itertools.product(*open_to)
    return entry, token, x, [dict(zip(names, c, strict=True)) for c in combinations]


def _answer(
    page: Page, asked: Attributes, model: Any, picture: Any, **values: Any
) -> tuple[str, str]:
    """Show a picture, its code, its reconstruction, the error and the bound."""
    entry, token, x, classes = _read(page, asked, model, picture, values)
    terms, best = _bounds(entry, x, classes)
    given = _given(entry, x, classes[best : best + 1])
    latent = entry.call("encode", **given)["latent"][0]
    rebuilt = entry.call("reconstruct", **given)["x"][0]
    parts = [_pictures(x[0], rebuilt), _code(latent)]
    if terms:
        parts.append(
            _cost({name: float(nats[best]) for name, nats in terms.items()}, x)
        )
        if len(classes) > 1:
            parts.append(_chances(terms["elbo"], classes))
    program = _program(page, entry, token, x[0], classes[best])
    return f'<div class="kgm-autoencode">{"".join(parts)}</div>', program


def _given(
    entry: Entry, x: np.ndarray, classes: list[dict[str, str]]
) -> dict[str, Any]:
    """Repeat `x` for each choice of classes, with the condition that says them."""
    rows = np.repeat(x, len(classes), axis=0)
    if not classes[0]:
        return {"x": rows}
    columns = {name: [row[name] for row in classes] for name in classes[0]}
    return {"x": rows, "condition": entry.spec.condition(len(classes), **columns)}


def _bounds(
    entry: Entry, x: np.ndarray, classes: list[dict[str, str]]
) -> tuple[dict[str, np.ndarray], int]:
    """Compute the bound and its parts for each choice of classes; find the best."""
    if not entry.offers("elbo"):
        return {}, 0
    given = _given(entry, x, classes)
    terms = entry.call("elbo", **given, num_samples=SAMPLES, seed=(0, 0))
    return terms, int(terms["elbo"].argmax())


def _pictures(x: np.ndarray, rebuilt: np.ndarray) -> str:
    error = np.abs(x - rebuilt).mean(axis=-1)
    squared = float(np.mean((x - rebuilt) ** 2))
    shown = {
        "picture": media.img(x, "the picture"),
        "reconstruction": media.img(rebuilt, "its reconstruction"),
        f"error, mean square {squared:.4f}": media.heat(error, "where they differ"),
    }
    figures = (
        f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"
        for caption, picture in shown.items()
    )
    return f'<div class="kgm-trio">{"".join(figures)}</div>'


def _code(latent: np.ndarray) -> str:
    label = f"code: {len(latent)} numbers from {latent.min():.2f} to {latent.max():.2f}"
    return (
        f'<figure class="kgm-code">{charts.bars(latent, label, "latent", "value")}'
        f"<figcaption>{label}</figcaption></figure>"
    )


def _cost(terms: Mapping[str, float], x: np.ndarray) -> str:
    """Show the bound in one line, and its two parts."""
    bits = -terms["elbo"] / (np.log(2.0) * x.size)
    parts = {
        "reconstruction, -E log p(x|z)": terms["reconstruction"],
        "KL(q(z|x), p(z))": terms["kl"],
    }
    return (
        f'<figure class="kgm-cost"><figcaption><b>ELBO {terms["elbo"]:.1f} nats</b>, '
        f"{bits:.3f} bits a number; minus the two costs:</figcaption>"
        f"{charts.shares(parts, 'nats')}</figure>"
    )


def _chances(bounds: np.ndarray, classes: list[dict[str, str]]) -> str:
    """Show the chances of each class, by Bayes' rule with equal chances before."""
    weights = np.exp(bounds.astype(np.float64) - bounds.max())
    names = [", ".join(row.values()) for row in classes]
    shares = dict(zip(names, weights / weights.sum(), strict=True))
    return charts.probabilities(shares, "Class, by the bound under each", most=5)


def _measure(
    page: Page, asked: Attributes, model: Any, picture: Any, **values: Any
) -> Iterator[str]:
    """Measure the importance-weighted log-likelihood of the picture, as it tightens."""
    entry, _, x, classes = _read(page, asked, model, picture, values)
    if not entry.offers("log_likelihood"):
        raise ValueError(f"{entry.name} has no likelihood to measure.")
    _, best = _bounds(entry, x, classes)
    given = _given(entry, x, classes[best : best + 1])
    found = []
    for part in range(PARTS):
        nats = entry.call(
            "log_likelihood", **given, num_samples=MANY_SAMPLES // PARTS, seed=(1, part)
        )
        found.append(float(nats["log_likelihood"][0]))
        mean = np.logaddexp.reduce(found) - np.log(len(found))
        count = len(found) * MANY_SAMPLES // PARTS
        yield (
            f'<p class="kgm-measured">log p(x) &ge; <b>{mean:.1f} nats</b>, importance '
            f'weighted by {count} samples <progress value="{count}" '
            f'max="{MANY_SAMPLES}" aria-label="samples so far"></progress></p>'
        )


def _program(
    page: Page,
    entry: Entry,
    token: str,
    x: np.ndarray,
    classes: Mapping[str, str],
) -> str:
    """Write the same in Python."""
    imports, making = snippets.picture(entry, token, x)
    more = ", condition" if classes else ""
    given = ", condition=condition" if classes else ""
    return snippets.program(
        [*imports, "import numpy as np", "import keras_genmodels as kgm"],
        page.source.load(entry),
        making,
        snippets.condition(classes) if classes else "",
        f"latent = model.encode(x{more})",
        f"rebuilt = model.reconstruct(x{more})",
        f'bound = model.run("elbo", x=x{given}, num_samples={SAMPLES}, seed=(0, 0))'
        if entry.offers("elbo")
        else "",
        _measuring(given) if entry.offers("log_likelihood") else "",
    )


def _measuring(given: str) -> str:
    """Write in Python what the button measures."""
    count = MANY_SAMPLES // PARTS
    return (
        "\n# What `Measure log p(x)` shows.\n"
        "parts = [\n"
        f"    model.log_likelihood(x{given}, num_samples={count}, seed=(1, i))\n"
        f"    for i in range({PARTS})\n"
        "]\n"
        f"measured = np.logaddexp.reduce(parts) - np.log({PARTS})"
    )
