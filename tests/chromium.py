"""Drives a headless Chromium over its debugging pipe, which needs nothing but the browser."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60.0


def installed() -> str | None:
    """Return the browser's path; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """A browser with one page. `troubles` are the exceptions, and the errors that the page's console showed."""

    def __init__(self, path: str, profile: Path, width: int = 1200, height: int = 900) -> None:
        inner_in, self.out = os.pipe()
        self.into, inner_out = os.pipe()
        options = (
            f"--headless --no-sandbox --disable-gpu --remote-debugging-pipe --user-data-dir={profile} "
            f"--window-size={width},{height} --no-first-run --disable-background-networking"
        )
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" {options} about:blank 3<&{inner_in} 4>&{inner_out}', path],
            pass_fds=(inner_in, inner_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(inner_in)
        os.close(inner_out)
        self.rest = b""
        self.count = 0
        self.session = ""
        self.troubles: list[str] = []
        try:
            self.attach()
        except BaseException:
            self.close()
            raise

    def attach(self) -> None:
        """Make a page and listen to what it says."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        os.close(self.out)
        os.close(self.into)

    def call(self, method: str, **params: Any) -> Any:
        """Send a command and return its answer."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]
            self.notice(answer)

    def read(self) -> Any:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.into], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser says nothing"
            got = os.read(self.into, 1 << 20)
            assert got, "the browser is gone"
            self.rest += got
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def notice(self, event: Any) -> None:
        if event["method"] == "Runtime.exceptionThrown":
            self.troubles.append(str(event["params"]["exceptionDetails"]))
        if event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
            self.troubles.append(str(event["params"]["entry"]["text"]))

    def open(self, path: Path) -> None:
        """Load a file and wait for its scripts."""
        self.call("Page.navigate", url=path.as_uri())
        end = time.monotonic() + PATIENCE
        while self.evaluate("location.href === " + json.dumps(path.as_uri()) + " && document.readyState") != "complete":
            assert time.monotonic() < end, "the page does not load"
            time.sleep(0.02)

    def evaluate(self, expression: str) -> Any:
        """Return what an expression of JavaScript gives in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x: float, y: float) -> None:
        self.mouse("mouseMoved", x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)
