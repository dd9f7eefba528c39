"""Files of the Weizmann set of human actions: film strips, or the original films."""

from __future__ import annotations

import pathlib
import re

from keras_genmodels.data.files import listing

# Folder of the strips -> the action that they show.
ACTIONS = {
    "0": "one_hand_wave",
    "1": "two_hand_wave",
    "3": "jumping_jack",
    "4": "bend",
}
STRIPS_A_PERSON = 8  # four actions, each as it was filmed and mirrored
PEOPLE = (
    "daria",
    "denis",
    "eli",
    "ido",
    "ira",
    "lena",
    "lyova",
    "moshe",
    "shahar",
)
# Action in the names of the original films -> its name here.
FILMED = {
    "bend": "bend",
    "jack": "jumping_jack",
    "jump": "jump_forward",
    "pjump": "jump_in_place",
    "run": "run",
    "side": "gallop_sideways",
    "skip": "skip",
    "walk": "walk",
    "wave1": "one_hand_wave",
    "wave2": "two_hand_wave",
}
# Some are there twice, such as lena_walk1 and lena_walk2.
FILM = re.compile(rf"({'|'.join(PEOPLE)})_({'|'.join(FILMED)})\d?")
WANTED = (
    "film strips as MoCoGAN was published with (JPEG files in the folders 0, 1, 3 and "
    "4), or the films of https://www.wisdom.weizmann.ac.il/~vision/"
    "SpaceTimeActions.html (AVI files such as daria_bend.avi, in any folders)"
)


def strips(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the strips of the four actions, whose names are numbers."""
    return [
        file
        for name in ACTIONS
        for file in listing.files_below(folder / name, (".jpg",))
        if file.stem.isdecimal()
    ]


def films(folder: pathlib.Path) -> list[pathlib.Path]:
    """List the films whose names hold a person and an action."""
    found = listing.files_below(folder, (".avi",))
    return [file for file in found if FILM.fullmatch(file.stem)]


def person_and_action(film: pathlib.Path) -> tuple[str, str]:
    """Read the person and the action from the name of a film."""
    match = FILM.fullmatch(film.stem)
    return match[1], match[2]
