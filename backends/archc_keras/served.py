"""`python -m archc_keras.served ENGINE`: holds runners for another process, asked through standard input and output."""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from typing import TYPE_CHECKING, Any

from archc.backend import MissingFramework
from archc_keras import engines

if TYPE_CHECKING:
    from archc_keras.runner import KerasRunner


class Server:
    """The runners of one process, by number."""

    def __init__(self) -> None:
        self.runners: dict[int, KerasRunner] = {}

    def answer(self, what: str, number: int, *args: Any) -> Any:
        """Do what is asked of a runner."""
        if what == "forget":
            self.runners.pop(number, None)
            return None
        if what == "build":
            from archc_keras.runner import build

            graph, plain, probed, dtype = args
            self.runners[number] = build(graph, plain, probed, dtype=dtype)
            return None
        return getattr(self.runners[number], what)(*args)


def serve(engine: str) -> None:
    """Answer until there is nothing more to read."""
    engines.here = engine
    # Answers leave through a copy: what a framework prints must not come between them.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    server = Server()
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer: tuple[str, Any] = ("done", server.answer(*request))
        except MissingFramework as error:
            answer = ("missing", str(error))
        except Exception as error:  # told to the process that asked
            place = traceback.extract_tb(error.__traceback__)[-1]
            answer = ("error", f"{type(error).__name__}: {error} ({os.path.basename(place.filename)}:{place.lineno})")
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
