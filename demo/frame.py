"""Frame of every tab: the question and its answer, and links that restore it.

A tab says which controls are its state and which function answers. The frame runs the
function when a control moves, shows the same thing in Python under the answer, and
keeps the address of the page such that it brings back this very answer.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from keras_genmodels_demo import links, messages, widgets
from keras_genmodels_demo.models_index import Entry, ModelsIndex
from keras_genmodels_demo.snippets import Source

_ALWAYS = ("model", "models", "seed")  # in a link even at their first values
AT_ONCE = 2  # answers that are computed side by side
_RESTORED = "() => kgm.restored()"
_TO_ADDRESS = "(below) => kgm.address(below)"
_OPEN = "(starter, below) => kgm.open(starter, below)"
_WANT = "(...all) => JSON.stringify(all)"
_NOTE = "(...given) => kgm.note('{key}', given)"
_AGAIN = "(...all) => kgm.again('{key}', {failed}, ...all)"


class Page:
    """Page of the application: its tabs, in order.

    Args:
        app: that holds them.
        models: the models.
        source: where snippets find them.
    """

    def __init__(self, app: gr.Blocks, models: ModelsIndex, source: Source):
        self.app, self.models, self.source = app, models, source
        self.tabs: list[Tab] = []

    @contextlib.contextmanager
    def tab(
        self,
        key: str,
        title: str,
        about: str,
        fits: Callable[[Entry], bool],
        more: str = "",
    ) -> Iterator[Tab]:
        """Open a new tab; which of its models did not load is said on top.

        Args:
            key: of the tab in links and for programs.
            title: on the tab.
            about: what is to be seen here, a sentence or two of HTML.
            fits: whether a model belongs on the tab.
            more: the explanation below the controls, HTML.
        """
        found = self.models.fitting(fits)
        lost = [name for name, entry in self.models.lost.items() if fits(entry)]
        with gr.Tab(title, id=key, elem_id=f"tab-{key}") as item:
            gr.HTML(f'<p class="kgm-about">{about}</p>', padding=False)
            if lost:
                gr.HTML(
                    messages.refusals(
                        {name: self.models.refused[name] for name in lost}
                    )
                )
            tab = Tab(self, key, item, about, found, more)
            with gr.Row(elem_classes="kgm-tab"):
                yield tab
        self.tabs.append(tab)

    def restores(self, tabs: gr.Tabs) -> None:
        """Let the address of the page decide what it shows first."""
        known = {tab.key: tab for tab in self.tabs}
        controls = [c for tab in known.values() for c in tab.state.values()]
        starters = [tab.starter for tab in known.values()]

        def restore(request: gr.Request) -> list[Any]:
            asked = urllib.parse.parse_qs(str(request.query_params))
            chosen = known.get(asked.get("tab", [""])[0], self.tabs[0])
            values = [
                links.value(control, asked.get(name) if tab is chosen else None)
                for tab in known.values()
                for name, control in tab.state.items()
            ]
            begun = [
                _another_token() if tab is chosen else gr.skip()
                for tab in known.values()
            ]
            return [gr.Tabs(selected=chosen.key), *values, *begun]

        for tab in known.values():
            tab.starter.render()
            tab.want.render()
        outputs = [tabs, *controls, *starters]
        self.app.load(
            restore, None, outputs, api_visibility="private", show_progress="hidden"
        ).success(None, None, None, js=_RESTORED, api_visibility="private")


class Tab:
    """Tab of the page: controls on one side, answers on the other.

    Attributes:
        found: name to model of those that belong here.
    """

    def __init__(
        self,
        page: Page,
        key: str,
        item: gr.Tab,
        about: str,
        found: dict[str, Entry],
        more: str,
    ):
        self.page, self.key, self.item, self.about = page, key, item, about
        self.found, self.more = found, more
        self.state: dict[str, Any] = {}
        # Another word in it asks: for a person, a link or an example that comes to the
        # tab. Outside the tabs, which the browser makes when they are first seen.
        self.starter = gr.Textbox("", visible="hidden", render=False)
        # What is wanted, as text: a list that says twice what was chosen asks once.
        self.want = gr.Textbox("", visible="hidden", render=False)

    def absent(self, what: str, *commands: str) -> None:
        """Say which model is missing, and how to make it.

        Args:
            what: the model that the tab is about.
            commands: that make it, line by line.
        """
        gr.HTML(messages.absent(what, commands))

    @contextlib.contextmanager
    def controls(self, verb: str) -> Iterator[None]:
        """Open the column of the controls, with a button to ask and one to stop."""
        with gr.Column(scale=2, min_width=280, elem_classes="kgm-controls"):
            yield
            with gr.Row():
                self.ask = gr.Button(verb, variant="primary", min_width=120)
                self.stop = gr.Button("Stop", min_width=80, scale=0)
            if self.more:
                gr.HTML(f'<div class="kgm-more">{self.more}</div>', padding=False)

    @contextlib.contextmanager
    def results(self) -> Iterator[None]:
        """Open the column of the answers, with the snippet and the link below."""
        with gr.Column(scale=5, min_width=300, elem_classes="kgm-results"):
            yield
            self.below = widgets.widget("below", None, "The same in Python, and a link")

    def answers(
        self,
        function: Callable[..., Sequence[Any]],
        state: Mapping[str, Any],
        outputs: Sequence[Any],
    ) -> None:
        """Say what is asked and who answers.

        Args:
            function: takes the values of the state by name; returns the outputs and,
                last, the snippet. ValueError, TypeError and Unavailable are shown.
            state: name, as in links and for programs, to control.
            outputs: what the answer fills.
        """
        self.state = dict(state)
        inputs, outputs = list(self.state.values()), [*outputs, self.below]
        gr.on(
            [self.starter.change, *map(widgets.asking, inputs)],
            None,
            [self.starter, *inputs],
            self.want,
            js=_WANT,
            api_visibility="private",
        )
        event = gr.on(
            [self.ask.click, self.want.change],
            self._answering(function),
            inputs,
            outputs,
            api_name=self.key,
            api_description=self.about,
            js=_NOTE.format(key=self.key),
            trigger_mode="always_last",
            show_progress="minimal",
            concurrency_id="answers",
            concurrency_limit=AT_ONCE,
        )
        self.item.select(
            None,
            [self.starter, self.below],
            self.starter,
            js=_OPEN,
            api_visibility="private",
        )
        event.success(None, self.below, None, js=_TO_ADDRESS, api_visibility="private")
        self._end_at_the_last(event)
        self.stop.click(None, None, None, cancels=[event], api_visibility="private")

    def _end_at_the_last(self, event: Any) -> None:
        """Ask again where a question ended and something else is wanted by now."""
        inputs = [self.want, self.starter, *self.state.values()]
        for failed, ended in (("false", event.success), ("true", event.failure)):
            js = _AGAIN.format(key=self.key, failed=failed)
            ended(None, inputs, self.starter, js=js, api_visibility="private")

    def also(
        self, button: gr.Button, function: Callable[..., Iterator[Any]], output: Any
    ) -> None:
        """Let a button ask a second, longer question about the same state.

        Args:
            button: that asks it.
            function: takes the state by name and yields its answer as it grows.
            output: what it fills.
        """
        names = list(self.state)

        def answer(*values: Any) -> Iterator[Any]:
            yield from function(**dict(zip(names, values, strict=True)))

        event = button.click(
            answer,
            list(self.state.values()),
            output,
            show_progress="hidden",
            concurrency_id="answers",
            concurrency_limit=AT_ONCE,
            api_visibility="private",
        )
        self.stop.click(None, None, None, cancels=[event], api_visibility="private")

    def _answering(self, function: Callable[..., Sequence[Any]]) -> Callable[..., Any]:
        """Wrap the function as Gradio calls it: values in; outputs and snippet out."""
        names = list(self.state)

        def answer(*values: Any) -> list[Any]:
            given = dict(zip(names, values, strict=True))
            *found, snippet = function(**given)
            return [*found, {"code": snippet, "link": self.link(given)}]

        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(name, kind) for name in names]
        answer.__signature__ = inspect.Signature(parameters)
        return answer

    def link(self, given: Mapping[str, Any]) -> str:
        """Make the address, after the page's own, that brings this answer back."""
        pairs = [("tab", self.key)]
        for name, value in given.items():
            if value == self.state[name].value and name not in _ALWAYS:
                continue
            several = value if isinstance(value, list) else [value]
            pairs += [(name, part) for part in several if part is not None]
        return "?" + urllib.parse.urlencode(pairs)

    def seed(self) -> gr.Number:
        """Add a seed, and a button that takes another one and asks."""
        return widgets.seed(self.starter)

    def examples(self, rows: Mapping[str, Mapping[gr.Component, Any]]) -> None:
        """Add buttons that set some controls and ask.

        Args:
            rows: what the button says, to the controls and their values.
        """
        with gr.Row(elem_classes="kgm-examples"):
            gr.HTML("<span>Try</span>", min_width=30)
            for label, values in rows.items():
                gr.Button(label, size="sm", min_width=60, scale=0).click(
                    functools.partial(_set, list(values.values())),
                    None,
                    [*values, self.starter],
                    api_visibility="private",
                    show_progress="hidden",
                )


def _set(values: Sequence[Any]) -> list[Any]:
    """Give the values of an example, and a starter that differs from the last one.

    Updates are copied: Gradio takes the value out of the one that it is given.
    """
    return [*map(copy.copy, values), _another_token()]


def _another_token() -> str:
    return str(time.monotonic_ns())
