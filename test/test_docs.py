"""The documents against the code: a test fails when they rot."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml
from test_architecture import BASE, MAY_IMPORT

from moe_robot.cli.main import app
from moe_robot.config import load_config
from moe_robot.lexicon import lexicon_of
from moe_robot.nodes.run import NODES
from moe_robot.notation import format_nodes, parse_nodes
from moe_robot.planner.check import PlanContext, check
from moe_robot.router.parser import SentenceParser
from moe_robot.skills.schemas import CONDITIONS, SKILLS, schemas
from moe_robot.world.home import load_home

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.ru.md")
SKIPPED = {".venv", ".git", "runs", "build", "install", "log", "node_modules", ".hypothesis", ".pytest_cache"}
DOCUMENTS = sorted(
    str(path.relative_to(ROOT)) for path in ROOT.rglob("*.md") if not SKIPPED & set(path.relative_to(ROOT).parts)
)
PLAN_LANGUAGE = "docs/plan-language.md"
# Made when the robot runs or somebody follows a recipe.
NOT_IN_THE_REPOSITORY = {"runs/demo/", "worlds/mine.yaml", "camera/image_raw", "camera/depth", "camera/camera_info"}
PATH = re.compile(r"(?:[\w.-]+/)+(?:[\w.-]+\.[a-z]+)?")
FIGURE = re.compile(r"\d\s?(ms|мс|%|fps|FPS|MB|МБ)(?!\w)")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    """Without the code blocks."""
    return re.sub(r"^```.*?^```$", "", text(name), flags=re.MULTILINE | re.DOTALL)


def code_blocks(name: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```$", text(name), flags=re.MULTILINE | re.DOTALL)


def headings(name: str) -> list[tuple[int, str]]:
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", prose(name), flags=re.MULTILINE)]


def section(name: str, title: str) -> str:
    return text(name).split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(markdown: str) -> list[list[str]]:
    """Cells of the table rows, without heads; a bar behind a backslash is none."""
    found: list[list[str]] = []
    for line in markdown.splitlines():
        if line.startswith("|") and set(line) <= set("|-: "):
            found.pop()  # the head
        elif line.startswith("|"):
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])])
    return found


def spans(markdown: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", markdown)


# ---------------------------------------------------------------- skills and plans


def skill_rows() -> dict[str, set[str]]:
    """Skill -> parameters, of the table in docs/plan-language.md."""
    found: dict[str, set[str]] = {}
    for names, parameters, _ in rows(section(PLAN_LANGUAGE, "Skills")):
        told = {re.split(r"\W", span)[0] for span in spans(parameters)}
        found |= dict.fromkeys(spans(names), told)
    return found


def test_every_skill_is_in_the_plan_language_with_its_parameters_and_nothing_else_is() -> None:
    known = {name: set(schema.params) for name, schema in schemas(load_config()).items()}
    assert skill_rows() == known


def test_every_condition_is_in_the_plan_language_with_its_parameters() -> None:
    told: dict[str, set[str]] = {}
    for name, parameters in re.findall(r"`(\w+)\(([\w=, ]*=)\)`", section(PLAN_LANGUAGE, "Conditions and blocks")):
        told[name] = told.get(name, set()) | set(re.findall(r"(\w+)=", parameters))
    assert told == {name: set(schema.params) for name, schema in CONDITIONS.items()}


def notations() -> list[str]:
    """Plans that the document shows, without those of skills in general ("go_to(...)")."""
    shown = [span for span in spans(text(PLAN_LANGUAGE)) if re.match(r"\w+\(.*\)(\{.*\})?$", span)]
    return [s for s in shown if "..." not in s and "(C)" not in s and "(N)" not in s and "=)" not in s and "X" not in s]


@pytest.mark.parametrize("notation", sorted({n for n in notations() if n.split("(")[0] not in CONDITIONS}))
def test_plans_in_the_document_are_canonical_and_pass_the_check(notation: str) -> None:
    nodes = parse_nodes(notation)
    assert format_nodes(nodes) == notation
    check(nodes, PlanContext(load_home("flat"), load_config()))


@pytest.fixture(scope="module")
def parser() -> SentenceParser:
    return SentenceParser(lexicon_of(load_home("flat")), load_config())


def said_and_planned() -> Iterator[tuple[str, tuple[str, ...]]]:
    """A sentence of the table and the plans that are right for it."""
    for said, plan, also, _ in rows(section(PLAN_LANGUAGE, "Where more than one plan is right")):
        for sentence in re.findall(r'"([^"]+)"', said):
            yield sentence, (*spans(plan), *spans(also))


@pytest.mark.parametrize(("sentence", "plans"), list(said_and_planned()), ids=lambda value: str(value)[:40])
def test_sentences_in_the_document_become_a_plan_beside_them(
    parser: SentenceParser, sentence: str, plans: tuple[str, ...]
) -> None:
    assert format_nodes(parser.parse(sentence).nodes) in plans


# ---------------------------------------------------------------- configuration, commands, topics


def test_every_key_of_the_configuration_has_a_comment() -> None:
    lines = text("config/robot_config.yaml").splitlines()
    keys = [line for line in lines if re.match(r"  \w+:", line)]
    data = yaml.safe_load(text("config/robot_config.yaml"))
    assert len(keys) == sum(len(part) for part in data.values())
    assert [line for line in keys if not re.search(r"\S\s+# \S", line)] == []


def command_options() -> dict[str, set[str]]:
    group = typer.main.get_command(app)
    commands = group.commands  # type: ignore[attr-defined]
    return {
        name: {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
        for name, command in commands.items()
    }


@pytest.mark.parametrize("name", READMES)
def test_every_command_has_its_row_in_the_readme(name: str) -> None:
    told = {span.split()[1] for row in rows(prose(name)) for span in spans(row[0]) if span.startswith("moe-robot ")}
    assert told == set(command_options())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_and_options_that_documents_show_exist(name: str) -> None:
    known = command_options()
    for line in text(name).splitlines():
        for used, rest in re.findall(r"moe-robot ([a-z][a-z-]*)((?: [^`#|]*)?)", line):
            assert used in known, f"{name}: moe-robot {used}"
            for option in re.findall(r"(--[a-z-]+)", rest):
                assert option in known[used], f"{name}: moe-robot {used} {option}"
        row = re.match(r"\| `moe-robot ([a-z-]+)", line)
        for option in re.findall(r"`(--[a-z-]+)`", line) if row else ():
            assert option in known[row.group(1)], f"{name}: moe-robot {row.group(1)} {option}"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_make_targets_that_documents_show_exist(name: str) -> None:
    targets = set(re.findall(r"^(\w+):", text("Makefile"), flags=re.MULTILINE))
    shown = "\n".join([*spans(prose(name)), *(block for language, block in code_blocks(name) if language == "bash")])
    assert set(re.findall(r"^make ([a-z]+)", shown, flags=re.MULTILINE)) <= targets


def ros_names() -> dict[str, str]:
    """Topic, service or action name -> a file of nodes/ that uses it."""
    calls = {
        **dict.fromkeys(("create_publisher", "create_subscription", "create_service", "create_client"), 1),
        **dict.fromkeys(("subscribe", "serve", "ActionServer", "ActionClient"), 2),
    }
    found: dict[str, str] = {}
    for path in sorted((ROOT / "moe_robot" / "nodes").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            at = calls.get(name)
            if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                found[str(node.args[at].value)] = path.name
    return found


def test_every_topic_service_and_action_of_the_nodes_is_in_topics_md() -> None:
    told = set(spans(text("docs/topics.md")))
    missing = {name: file for name, file in ros_names().items() if not {name, f"/{name}", name.lstrip("/")} & told}
    assert not missing


def test_directions_of_imports_are_those_of_the_test() -> None:
    table = rows(section("docs/architecture.md", "Folders and the direction of imports"))
    allowed = {"nothing": set(), "anything": {"*"}}
    told = {part: allowed.get(cell, set(spans(cell))) for parts, cell in table[1:] for part in spans(parts)}
    assert set(spans(table[0][0])) == BASE
    assert told == MAY_IMPORT


def test_processes_are_those_that_are_started() -> None:
    table = rows(section("docs/architecture.md", "Processes and topics"))
    assert {spans(row[0])[0] for row in table} == set(NODES)


# ---------------------------------------------------------------- links, folders, two languages


def anchors(name: str) -> set[str]:
    """As GitHub makes them from headings."""
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for _, title in headings(name)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_relative_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(name)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        assert path.exists(), f"{name} links to {target}"
        if anchor:
            assert anchor in anchors(str(path.resolve().relative_to(ROOT))), f"{name} links to {target}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_documents_name_exist(name: str) -> None:
    for span in spans(prose(name)):
        if not PATH.fullmatch(span) or span in NOT_IN_THE_REPOSITORY or span.startswith((".", "/")):
            continue
        if span.endswith("/") or "." in span.rsplit("/", 1)[-1]:
            folders = (ROOT, ROOT / "moe_robot", (ROOT / name).parent)
            assert any((folder / span).exists() for folder in folders), f"{name} names {span}"


@pytest.mark.parametrize("name", READMES)
def test_every_folder_has_its_line_in_the_readme(name: str) -> None:
    told = {row[0].strip("`") for row in rows(prose(name))}
    package = {f"moe_robot/{p.name}/" for p in (ROOT / "moe_robot").iterdir() if p.is_dir() and p.name != "__pycache__"}
    top = {
        "moe_robot_interfaces/",
        "config/",
        "worlds/",
        "urdf/",
        "launch/",
        "firmware/",
        "bench/",
        "docs/",
        "scripts/",
        "test/",
    }
    assert not (package | top) - told


def test_both_readmes_have_the_same_structure() -> None:
    english, russian = READMES
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(russian)]
    assert [len(row) for row in rows(prose(english))] == [len(row) for row in rows(prose(russian))]


def test_both_readmes_show_the_same_code() -> None:
    def bare(name: str) -> list[tuple[str, list[str]]]:
        """Without comments, and of drawings only how their parts hang together."""
        return [
            (language, [re.sub(r'\["[^"]*"\]', "", re.sub(r"\s+#.*", "", line)) for line in block.splitlines()])
            for language, block in code_blocks(name)
        ]

    assert bare(READMES[0]) == bare(READMES[1])


def test_both_readmes_count_the_skills_right() -> None:
    count = sum(1 for implemented in SKILLS.values() if implemented)
    assert f"| {count} skills" in text("README.md")
    assert f"| {count} навыков" in text("README.ru.md")


@pytest.mark.parametrize("name", READMES)
def test_figures_of_performance_stand_beside_a_link_to_their_results(name: str) -> None:
    lines = [line for line in prose(name).splitlines() if FIGURE.search(line)]
    assert [line for line in lines if "bench/results/" not in line] == []


def test_pictures_of_the_documents_are_small_and_used() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    shown = "".join(text(name) for name in DOCUMENTS)
    assert [p.name for p in pictures if p.stat().st_size > 300_000 or f"images/{p.name}" not in shown] == []
