"""Clips of a model as they were asked for, and the data by which a page plays them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras_genmodels_demo import media, snippets
from keras_genmodels_demo.models_index import Entry

FPS, ACROSS, HEIGHT = 8, 5, 128


def directed(entry: Entry) -> bool:
    """Find whether a model draws clips of any length, and lets them change."""
    return entry.offers("generate")


def length(entry: Entry, frames: int) -> int:
    """Count the frames: as asked for, or as many as a model of one length draws."""
    return frames if directed(entry) else min(frames, entry.spec.x_shape[0])


@dataclass(frozen=True)
class Plan:
    """Plan of a clip, whatever its attributes.

    Every clip of a plan is drawn from the same noise, so that two clips differ by their
    attributes alone.

    Args:
        entry: the model.
        frames: how many.
        seed: of the noise.
        first: the first frame, (height, width, channels), or None.
        turn: an attribute and the class that it changes to, or None.
        moment: the first frame, counted from 0, that the change is seen in.
    """

    entry: Entry
    frames: int
    seed: int
    first: np.ndarray | None
    turn: tuple[str, str] | None
    moment: int

    @property
    def changes(self) -> bool:
        """Find whether a change falls within the clip."""
        return self.turn is not None and self.moment < self.frames

    @property
    def by_frame(self) -> bool:
        """Find whether the model takes a condition for every frame."""
        takes = self.entry.inputs("generate" if directed(self.entry) else "sample")
        return len(takes.get("condition", {"shape": []})["shape"]) == 3

    def infer(self) -> dict[str, np.ndarray]:
        """Read the probabilities of each attribute's classes from the first frame."""
        if self.first is None or not self.entry.offers("infer_attributes"):
            return {}
        found = self.entry.call("infer_attributes", first_frame=self.first[None])
        return {name: shares[0] for name, shares in found.items()}

    def clip(self, classes: Mapping[str, str]) -> np.ndarray:
        """Draw the clip with these attributes, (frames, height, width, channels)."""
        before = self.entry.spec.condition(1, **classes)
        after = self.entry.spec.condition(1, **self.turned(classes))
        if not self.changes:
            return self._run(self.first, self._steady(before, self.frames), self.frames)
        if self.by_frame:
            parts = [before] * self.moment + [after] * (self.frames - self.moment)
            return self._run(self.first, np.stack(parts, axis=1), self.frames)
        begun = self._run(self.first, before, self.moment)
        ended = self._run(begun[-1], after, self.frames - self.moment + 1)
        return np.concatenate([begun, ended[1:]])

    def turned(self, classes: Mapping[str, str]) -> dict[str, str]:
        """Give the attributes after the change."""
        return {**classes, **(dict([self.turn]) if self.turn else {})}

    def _steady(self, condition: np.ndarray, frames: int) -> np.ndarray:
        """Repeat one condition for all frames, as the model takes it."""
        return condition[:, None].repeat(frames, axis=1) if self.by_frame else condition

    def _run(
        self, first: np.ndarray | None, condition: np.ndarray, frames: int
    ) -> np.ndarray:
        given = {"condition": condition, "frames": frames, "seed": (0, self.seed)}
        if first is not None:
            answer = self.entry.call("continue_from", first_frame=first[None], **given)
        elif directed(self.entry):
            answer = self.entry.call("generate", count=1, **given)
        else:
            answer = self.entry.call("sample", count=1, **given)
        return answer["x"][0, :frames]

    # --- the same in Python -----------------------------------------------------------

    def program(self, classes: Mapping[str, str]) -> list[str]:
        """Write the lines that append this clip to a list called `clips`."""
        lines = [snippets.condition(classes)]
        if not self.changes:
            if self.by_frame:
                lines.append(f"condition = condition[:, None].repeat({self.frames}, 1)")
            return [*lines, f"clips.append({self._call('condition', self.frames)}[0])"]
        after = snippets.condition(self.turned(classes))
        lines.append(after.replace("condition", "after", 1))
        if self.by_frame:
            rest = self.frames - self.moment
            parts = f"[condition] * {self.moment} + [after] * {rest}"
            lines.append(f"condition = np.stack({parts}, axis=1)")
            return [*lines, f"clips.append({self._call('condition', self.frames)}[0])"]
        rest = self.frames - self.moment + 1
        return [
            *lines,
            f"begun = {self._call('condition', self.moment)}",
            f"ended = model.continue_from(begun[:, -1], after, {rest}, {self.seed})",
            "clips.append(np.concatenate([begun, ended[:, 1:]], axis=1)[0])",
        ]

    def _call(self, condition: str, frames: int) -> str:
        given = f"{condition}, {frames}, {self.seed}"
        if self.first is not None:
            return f"model.continue_from(first, {given})"
        if directed(self.entry):
            return f"model.generate({given})"
        return f"model.sample(1, {condition}, {self.seed})[:, :{frames}]"


def film(
    name: str,
    found: Mapping[str, np.ndarray],
    fps: int = FPS,
    change: int | None = None,
    height: int = HEIGHT,
) -> dict[str, Any]:
    """Collect what the player needs: one sheet of all clips, and files to keep.

    Args:
        name: of the files.
        found: label to clip, (frames, height, width, channels), all of one length.
        fps: frames a second.
        change: the frame from which something else is seen.
        height: of a clip in the files, in pixels, at least.
    """
    clips = np.stack(list(found.values()))
    pictures, scale = side_by_side(clips), math.ceil(height / clips.shape[2])
    files = {
        kind.lower(): media.uri(media.animation(pictures, kind, fps, scale), kind)
        for kind in ("WEBP", "GIF")
    }
    movie = media.mp4(pictures, fps, scale + scale % 2)
    if movie is not None:
        files["mp4"] = media.uri(movie, "MP4")
    return {**shown(name, found, fps), "change": change, "files": files}


def shown(name: str, found: Mapping[str, np.ndarray], fps: int) -> dict[str, Any]:
    """Collect what the player needs of clips that are not for keeping."""
    clips = np.stack(list(found.values()))
    return {
        "name": name,
        "clips": [{"label": label, "row": row} for row, label in enumerate(found)],
        "sheet": media.sheet(clips),
        "frames": clips.shape[1],
        "height": clips.shape[2],
        "width": clips.shape[3],
        "fps": fps,
    }


def side_by_side(clips: np.ndarray) -> np.ndarray:
    """Join clips into one, in rows of at most five; where none is, it is black.

    Args:
        clips: (clips, frames, height, width, channels).

    Returns:
        (frames, rows * height, columns * width, channels).
    """
    count, frames, height, width, channels = clips.shape
    columns = min(count, ACROSS)
    rows = math.ceil(count / columns)
    cells = np.zeros((rows * columns, *clips.shape[1:]), np.float32)
    cells[:count] = clips
    cells = cells.reshape(rows, columns, frames, height, width, channels)
    cells = cells.transpose(2, 0, 3, 1, 4, 5)  # (frames, rows, height, columns, ...)
    return cells.reshape(frames, rows * height, columns * width, channels)
