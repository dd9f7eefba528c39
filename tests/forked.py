"""Python programs in processes of their own, which begin with TensorFlow imported.

That import takes five seconds of a processor. What is run here needs a process for
itself, not a fresh interpreter; where it matters how a process begins, or that two of
them have nothing in common, `subprocess` starts it.
"""

from __future__ import annotations

import multiprocessing
import os
import pathlib
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["tensorflow_probability", "keras_genmodels.training", "keras_genmodels_demo.page"]
)


class Program:
    """A running program.

    Args:
        words: what the interpreter is given: `-m MODULE`, `-c CODE` or a file, and the
            arguments.
        folder: in which it runs; default: this one's.
        log: the file of its errors; default: one of its own.
    """

    def __init__(
        self,
        *words: object,
        folder: pathlib.Path | None = None,
        log: pathlib.Path | None = None,
    ) -> None:
        self._kept = pathlib.Path(tempfile.mkdtemp(prefix="forked-"))
        self._out, self._errors = self._kept / "out", log or self._kept / "errors"
        files = self._out, self._errors
        for path in files:
            path.touch()
        where, environment = folder or pathlib.Path.cwd(), dict(os.environ)
        task = [str(word) for word in words], environment, where, files
        self._process = _CONTEXT.Process(target=_run, args=task)
        self._process.start()

    def lines(self) -> Iterator[str]:
        """The lines that it writes, as they come, until it ends."""
        with self._out.open(encoding="utf-8") as written:
            while True:
                ended = not self._process.is_alive()
                yield from written
                if ended:
                    return
                time.sleep(0.02)

    def finish(self, timeout: float = 300) -> subprocess.CompletedProcess:
        """Wait for its end; its exit code and what it wrote."""
        self._process.join(timeout)
        if self._process.is_alive():
            self._process.kill()
            raise subprocess.TimeoutExpired(str(self._process), timeout)
        out, errors = (p.read_text(encoding="utf-8") for p in (self._out, self._errors))
        code = self._process.exitcode
        shutil.rmtree(self._kept)
        return subprocess.CompletedProcess([], code, out, errors)

    def terminate(self) -> None:
        """Ask it to end, and wait until it has."""
        self._process.terminate()
        self._process.join(30)
        assert not self._process.is_alive()
        shutil.rmtree(self._kept)


def run(*words: object, **options) -> subprocess.CompletedProcess:
    """Run a program to its end, as `subprocess.run` does; see `Program`."""
    return Program(*words, **options).finish()


def _run(
    words: list[str],
    environment: dict[str, str],
    folder: pathlib.Path,
    files: tuple[pathlib.Path, pathlib.Path],
) -> None:
    for number, path in enumerate(files, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    first, *others = words
    if first == "-m":
        sys.argv = others
        runpy.run_module(others[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv = [first, *others[1:]]
        sys.path.insert(0, "")
        exec(compile(others[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = words
        sys.path.insert(0, os.path.dirname(first))
        runpy.run_path(first, run_name="__main__")
