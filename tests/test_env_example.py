"""`.env.example` names exactly the variables that are read, each with a value that works."""

import ast
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READERS = ("voicehub/settings.py", "voicehub/management/commands/up.py")


def variables_read(source: str) -> set[str]:
    """The names in `env.xxx("NAME")`, `env("NAME")`, `os.environ.get("NAME")` and `os.environ["NAME"]`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=reader, args=[ast.Constant(value=str(name)), *_]):
                if ast.unparse(reader).partition(".")[0] == "env" or ast.unparse(reader) == "os.environ.get":
                    names.add(name)
            case ast.Subscript(value=reader, slice=ast.Constant(value=str(name))):
                if ast.unparse(reader) == "os.environ":
                    names.add(name)
    return names


def examples() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    values = [line.removeprefix("#") for line in lines if line.startswith("#") and not line.startswith("# ")]
    return dict(value.split("=", 1) for value in values)


def test_the_example_names_exactly_the_variables_that_are_read():
    read = set().union(*(variables_read((ROOT / reader).read_text()) for reader in READERS))
    assert set(examples()) == read


def test_every_way_of_reading_a_variable_is_noticed():
    source = 'A = env.int("A", default=1)\nB = env("B")\nC = os.environ.get("C")\nD = os.environ["D"]\ne("E")'
    assert variables_read(source) == {"A", "B", "C", "D"}


def test_every_variable_has_a_line_of_explanation_above_it():
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = tuple(f"#{name}=" for name in examples())
    above = {line: words for words, line in pairwise(lines) if line.startswith(names)}
    assert len(above) == len(names)
    assert [line for line, words in above.items() if words[:2] != "# " or words.startswith("# ---")] == []


def test_the_values_of_the_example_work(tmp_path):
    """As they stand they are the defaults: the settings are the same with all of them and with none."""
    show = (
        "import json\nfrom voicehub import settings\n"
        "settings.LANGUAGES = settings.UNFOLD = None\n"
        "print(json.dumps({k: v for k, v in vars(settings).items() if k.isupper()}, default=str))"
    )
    plain = {"PATH": os.environ["PATH"], "VOICEHUB_IGNORE_DOTENV": "true", "VOICEHUB_DATA_DIR": str(tmp_path)}

    def load(variables: dict[str, str]) -> object:
        return json.loads(subprocess.check_output([sys.executable, "-c", show], cwd=ROOT, env=variables))

    assert load(examples() | plain) == load(plain)
