"""Sets of clips that the catalogue of TensorFlow Datasets (TFDS) lacks, as builders.

Imported by the first call that needs one: it imports TensorFlow.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import tensorflow_datasets as tfds

from keras_genmodels.data.archives import rendered_chairs, weizmann
from keras_genmodels.data.files import video_files
from keras_genmodels.data.rendering.turntable import VIEWS
from keras_genmodels.data.request import Request

SPLIT = "train"  # all of a set: TFDS knows no name for that


class ChairCad(tfds.core.GeneratorBasedBuilder):
    """The rendered Chair CAD models: a turn in 31 steps from 20 and from 30 degrees.

    Configurations: "all", 1,393 models; "subset", those that `subset.txt` names, a line
    each, such as the 809 without near-duplicates.
    """

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(name=name, description=text)
        for name, text in rendered_chairs.CONFIGURATIONS.items()
    ]
    MANUAL_DOWNLOAD_INSTRUCTIONS = rendered_chairs.WANTED

    def _info(self) -> tfds.core.DatasetInfo:
        shape = (VIEWS, rendered_chairs.STORED, rendered_chairs.STORED, 3)
        views = tfds.features.Video(shape=shape)
        features = {"views": views, "model": tfds.features.Text()}
        return _described(self, features, "Aubry et al., Seeing 3D Chairs, CVPR 2014")

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        folder = pathlib.Path(dl_manager.manual_dir)
        return {SPLIT: self._generate_examples(folder)}

    def _generate_examples(self, folder: pathlib.Path) -> Iterator[Any]:
        for model in rendered_chairs.models(folder, self.builder_config.name):
            views = rendered_chairs.views(model)
            yield model.name, {"views": views, "model": model.name}


class WeizmannFilms(tfds.core.GeneratorBasedBuilder):
    """The films of the Weizmann Institute: nine people at ten actions."""

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = weizmann.WANTED

    def _info(self) -> tfds.core.DatasetInfo:
        actions = [*weizmann.FILMED.values()]
        features = {
            "film": tfds.features.Video(shape=(None, None, None, 3)),
            "action": tfds.features.ClassLabel(names=actions),
            "identity": tfds.features.ClassLabel(names=weizmann.PEOPLE),
        }
        cited = "Blank et al., Actions as Space-Time Shapes, ICCV 2005"
        return _described(self, features, cited)

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        folder = pathlib.Path(dl_manager.manual_dir)
        return {SPLIT: self._generate_examples(folder)}

    def _generate_examples(self, folder: pathlib.Path) -> Iterator[Any]:
        for file in weizmann.films(folder):
            person, action = weizmann.person_and_action(file)
            try:
                frames = list(video_files.frames(file, Request()))
            except video_files.UnreadableError as error:
                raise ValueError(
                    f"{file} must be a film. Received: {error}."
                ) from error
            labels = {"action": weizmann.FILMED[action], "identity": person}
            yield file.stem, {"film": frames} | labels


def _described(builder: Any, features: dict[str, Any], cited: str) -> Any:
    features = tfds.features.FeaturesDict(features)
    return tfds.core.DatasetInfo(builder=builder, features=features, citation=cited)
