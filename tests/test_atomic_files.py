"""Files are whole or not there, whatever stops the process that writes them."""

import errno
import fcntl
import os
import subprocess
import sys

import pytest
import tensorflow as tf

from keras_genmodels import atomic_files

KILLED = """
import os, pathlib, sys
from keras_genmodels import atomic_files
with getattr(atomic_files, sys.argv[1])(sys.argv[2]) as beside:
    print(beside.name, flush=True)
    os.kill(os.getpid(), 9)
"""


def kill_within(block, path):
    """The name of what a process leaves that is killed within the block."""
    command = [sys.executable, "-c", KILLED, block, str(path)]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def write_and_fail(path):
    with atomic_files.replacing(path) as partial:
        assert partial.suffix == path.suffix
        partial.write_text("sec")
        1 / 0  # noqa: B018


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "notes.txt"
    atomic_files.write_text(path, "first")
    with pytest.raises(ZeroDivisionError):
        write_and_fail(path)
    assert path.read_text() == "first"
    assert os.listdir(tmp_path) == ["notes.txt"]


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path):
    path = tmp_path / "notes.json"
    atomic_files.write_json(path, 1)
    (tmp_path / ".partial-notes.json").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        atomic_files.write_json(path, 2)
    assert path.read_text() == "1\n"
    assert os.listdir(tmp_path) == ["notes.json"]


def test_a_folder_of_a_killed_process_is_removed_and_that_of_a_living_one_is_not(
    tmp_path,
):
    left = tmp_path / kill_within("filling", tmp_path / "set")
    with atomic_files.filling(tmp_path / "set") as mine:
        assert not left.exists()
        with atomic_files.filling(tmp_path / "set") as other:
            assert mine.is_dir()
            assert other != mine
    assert os.listdir(tmp_path) == []


def test_a_lock_is_held_once(tmp_path):
    with atomic_files.locked(tmp_path) as held:
        assert held
        with atomic_files.locked(tmp_path, wait=False) as again:
            assert again is False
    with atomic_files.locked(tmp_path, wait=False) as held:
        assert held


def test_where_there_are_no_locks_nobody_is_refused(tmp_path, monkeypatch):
    def refuse(file, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with atomic_files.locked(tmp_path, wait=False) as held:
        assert held is None


def test_what_tensorflow_says_of_a_disk_is_known():
    with pytest.raises(tf.errors.OpError) as caught:
        tf.io.write_file("/dev/full", "x" * 10**6)
    assert atomic_files.refusal(caught.value).errno == errno.ENOSPC
    assert atomic_files.refusal(
        tf.errors.ResourceExhaustedError(None, None, "OOM")
    ) is (None)
