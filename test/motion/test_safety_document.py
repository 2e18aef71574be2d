"""docs/safety.md lists exactly the rules that have tests, and only one place drives the wheels."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import moe_robot
from moe_robot.motion import gate
from moe_robot.motion.safety_words import safety_words

PACKAGE = Path(moe_robot.__file__).parent
ROOT = Path(__file__).resolve().parents[2]


def test_the_document_lists_exactly_the_rules_that_have_tests():
    listed = re.findall(r"^\| (S\d+) \|", (ROOT / "docs" / "safety.md").read_text(encoding="utf-8"), re.MULTILINE)
    tested = {
        f"S{number}"
        for path in (ROOT / "test").rglob("test_*.py")
        for number in re.findall(r"^def test_S(\d+)_", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert listed == sorted(set(listed), key=lambda rule: int(rule[1:]))
    assert set(listed) == tested


def test_every_promise_is_listed_with_rules_that_exist():
    document = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"^\| (S\d+) \|", document, re.MULTILINE))
    promises = re.findall(r"^\| (P\d+) \| [^|]+ \| ([^|]+) \|", document, re.MULTILINE)
    assert [name for name, _ in promises] == [f"P{i + 1}" for i in range(13)]
    for name, text in promises[:-1]:
        assert set(re.findall(r"S\d+", text)) <= rules, name
        assert re.search(r"S\d+", text), name


def _calls(path: Path, name: str) -> int:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return sum(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == name for n in ast.walk(tree)
    )


def test_S14_only_the_motor_core_drives_a_base_and_only_with_the_gates_output():
    callers = {
        p.relative_to(PACKAGE).as_posix(): _calls(p, "drive") for p in PACKAGE.rglob("*.py") if _calls(p, "drive")
    }
    assert callers == {"motion/controller.py": 1}
    source = (PACKAGE / "motion" / "controller.py").read_text(encoding="utf-8")
    assert re.search(r"velocity = self\.gate\.output\(now_s\)\n(.*\n){1,6}.*self\._base\.drive\(velocity\)", source)


def test_S14_only_the_link_makes_set_points():
    makers = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if re.search(r"(?<!class )\bSetPoint\(", path.read_text(encoding="utf-8"))
    ]
    assert makers == ["hardware/frames.py", "hardware/link.py"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_S33_every_key_of_the_gate_has_words_in_both_languages(language):
    sources = [(PACKAGE / "motion" / name).read_text(encoding="utf-8") for name in ("gate.py", "controller.py")]
    keys = {key for source in sources for key in re.findall(r'Verdict\(False, "(\w+)"\)', source)}
    keys |= set(re.findall(r'STILL, "(\w+)"', sources[0]))
    keys |= {"disarmed", "estop", "not_finite", "obstacle", "slow_zone", "speed_limit", "acceleration", "cause_present"}
    keys |= gate.CAUSES
    nodes = [PACKAGE / "nodes" / name for name in ("motor_node.py", "limit_parameters.py")]
    told = [path.read_text(encoding="utf-8") for path in nodes]
    keys |= {key for source in told for key in re.findall(r'(?:return|limiting =|reason =|else) "(\w+)"', source)}
    assert gate.Verdict(True).reason == ""
    assert all(safety_words(key, language) for key in keys)
    table = yaml.safe_load((PACKAGE / "motion" / "safety_words.yaml").read_text(encoding="utf-8"))
    assert set(table) == keys


def test_S34_the_motor_process_imports_no_model_code():
    """In a fresh interpreter: everything that the motor process loads, and what it must not have loaded with it."""
    code = (
        "import sys\n"
        "import moe_robot.nodes.motor_node\n"
        "models = {'torch', 'onnxruntime', 'sklearn', 'transformers', 'cv2', 'whisper', 'scipy', 'mujoco', 'hassil'}\n"
        "models |= {'llama_cpp', 'tensorflow', 'vosk', 'joblib', 'py_trees'}\n"
        "parts = ('brain', 'agent', 'experts', 'router', 'planner', 'vision', 'memory')\n"
        "ours = {'moe_robot.' + part for part in parts}\n"
        "loaded = (models | ours) & set(sys.modules)\n"
        "assert 'moe_robot.motion.monitors' in sys.modules\n"
        "sys.exit(f'loaded {sorted(loaded)}' if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_protocol_document_draws_the_bytes_as_the_code_does():
    document = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    comment = ast.get_docstring(ast.parse((PACKAGE / "hardware" / "frames.py").read_text(encoding="utf-8")))
    drawing = [line.strip() for line in comment.splitlines() if line.startswith("    ") and line.strip()]
    missing = [line for line in drawing if re.sub(r"\s+", " ", line) not in re.sub(r"[ \t]+", " ", document)]
    assert missing == []
