"""What `--format sarif` writes fits the published schema of SARIF 2.1.0, where that is installed (`tests/editor`)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from archc.compile import examine
from archc.diagnostics import render
from archc.problems import Problems

HERE = Path(__file__).parent
INSTALLED = HERE / "editor" / "node_modules" / "@microsoft" / "sarif-multitool-linux" / "sarif-2.1.0.json"
SCHEMA = Path(os.environ.get("ARCHC_SARIF_SCHEMA", INSTALLED))


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """Return one report of all the files in `tests/errors`."""
    problems = Problems()
    for path in sorted((HERE / "errors").glob("*.yaml")):
        examine(str(path), problems)
    found: dict[str, Any] = json.loads(render(problems.found, problems.sources, "sarif"))
    return found


def test_every_finding_has_a_rule_and_a_place(report: dict[str, Any]) -> None:
    (run,) = report["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) > 150
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"] if "ruleIndex" in result else result["ruleId"] in rules
        assert result["message"]["text"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1


@pytest.mark.skipif(not SCHEMA.exists(), reason="the SARIF schema is not installed: npm install --prefix tests/editor")
def test_a_report_of_all_errors_fits_the_schema(report: dict[str, Any]) -> None:
    import jsonschema

    schema = json.loads(SCHEMA.read_text(encoding="utf-8-sig"))
    jsonschema.validators.validator_for(schema)(schema).validate(report)
