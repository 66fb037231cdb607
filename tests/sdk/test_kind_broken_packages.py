"""A package of types that cannot be used is told by its name, its file and what to do, whatever it does instead."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from integration import DeclarationError, load, plan
from integration.sdk.plugins import declared_steps
from tests.sdk.test_plugins import MODULE, NUMBERS, SCHEMA
from tests.support import distribution, write

Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a package whose one module holds some code, and return the module's name."""

    def install(
        code: str, schema: str = SCHEMA, target: str = "{0}:contoso_badge", point: str = "contoso_badge"
    ) -> str:
        module = f"contoso_broken_{next(NUMBERS)}"
        write(tmp_path, {f"{module}.py": code, "contoso_badge.json": schema})
        distribution(tmp_path, "contoso-badges", {"contoso_badge": target.format(module)})
        monkeypatch.syspath_prepend(tmp_path)
        return module

    return install


def refused() -> str:
    with pytest.raises(DeclarationError) as caught:
        load()
    return str(caught.value)


@pytest.mark.parametrize(
    ("code", "raised", "line"),
    [
        ("raise SystemExit(0)", "SystemExit: 0", 1),
        ("import sys\n\nsys.exit('no licence')", "SystemExit: no licence", 3),
        ("import pytest\n\npytest.skip('not here', allow_module_level=True)", "Skipped: not here", None),
        ("import contoso_part_in_c", "ModuleNotFoundError: No module named 'contoso_part_in_c'", 1),
        ("x = 1\ndef contoso(:", "SyntaxError: invalid syntax", 2),
        ("import ctypes\nctypes.CDLL('libcontoso.so')", "OSError: libcontoso.so", None),
    ],
)  # fmt: skip
def test_whatever_a_package_raises_when_it_is_imported_names_it(
    code: str, raised: str, line: int | None, install: Install
) -> None:
    module = install(code)
    said = refused()
    assert said.startswith(f"the package contoso-badges cannot be loaded: {module}:contoso_badge: {raised}")
    assert said.endswith(": mend it, or uninstall it")
    assert line is None or f"({Path.cwd() / module}.py, line {line})" in said


def test_an_interrupt_while_a_package_is_imported_is_one(install: Install) -> None:
    install("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load()


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        ("raise SystemExit(0)", ": its hook integration_steps failed: SystemExit: 0 ("),
        ("return 5", ": its hook integration_steps failed: TypeError: 'int' object is not iterable: mend it, or"),
        ("return [None]", ": its hook integration_steps gave something of the type NoneType: give what entity_step"),
        ("yield from (1 / 0 for _ in 'a')", ": its hook integration_steps failed: ZeroDivisionError: division by "),
    ],
)  # fmt: skip
def test_a_hook_that_gives_no_steps_names_its_plugin(gives: str, said: str, install: Install) -> None:
    code = f"from integration import hookimpl\n\n\n@hookimpl\ndef integration_steps():\n    {gives}\n"
    module = install(code, target="{0}")
    assert f"the plugin {module}{said}" in refused()


@pytest.mark.parametrize("target", ["{0}:", "", "{0} !!"])
def test_an_entry_point_of_another_form_is_told(target: str, install: Install) -> None:
    install(MODULE, target=target)
    assert refused().startswith("the package contoso-badges: its entry point contoso_badge is ")


@pytest.mark.parametrize(
    "code",
    [
        MODULE.replace("def contoso", "@functools.cache\ndef contoso"),
        MODULE.replace('@entity_step("Key")', '@entity_step("Key")\n@entity_step("Key")'),
    ],
)
def test_what_is_declared_of_no_function_names_its_package(code: str, install: Install) -> None:
    module = install(f"import functools\n{code}")
    assert refused().endswith(
        f"write a function below its decorator (in the package contoso-badges: {module}:contoso_badge)"
    )


def test_a_function_may_have_decorators_that_keep_what_it_is(install: Install) -> None:
    inner = "    @functools.wraps(f)\n    def inner(ctx):\n        yield from f(ctx)\n\n    return inner\n"
    wraps = f"import functools\n\n\ndef same(f):\n{inner}"
    install(wraps + MODULE.replace("def contoso", "@same\ndef contoso"))
    assert "contoso_badge" in {step.name for step in declared_steps(load())}


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what was asked of it."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/schema.json", asked
        server.shutdown()


def schema_of(name: object, **further: object) -> str:
    return json.dumps({"properties": {"name": {"description": "A name.", **dict(name)}}, **further})  # type: ignore[call-overload]


def test_a_schema_that_refers_to_another_host_is_refused_and_nobody_asked(
    elsewhere: tuple[str, list[str]], install: Install
) -> None:
    url, asked = elsewhere
    for deep in ({"$ref": url}, {"items": {"anyOf": [{"type": "null"}, {"$ref": f"{url}#/a"}]}}):
        install(MODULE, schema_of(deep))
        assert refused().startswith(f"{Path.cwd() / 'contoso_badge.json'}: {url}")
        assert refused().endswith(" leads out of this file: write out what it names")
    install(MODULE, schema_of({"$ref": "file:///etc/hostname"}))
    assert "file:///etc/hostname leads out of this file" in refused()
    assert asked == []


@pytest.mark.parametrize(
    "definitions",
    [
        {"a": {"$ref": "#/$defs/a"}},
        {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
        {"a": {"allOf": [{"type": "string"}, {"not": {"$ref": "#/$defs/b"}}]}, "b": {"$ref": "#/$defs/a"}},
    ],
)  # fmt: skip
def test_a_schema_that_refers_to_itself_is_refused(definitions: dict[str, object], install: Install) -> None:
    install(MODULE, schema_of({"$ref": "#/$defs/a"}, **{"$defs": definitions}))
    assert " leads to itself: write out what it names" in refused()


def test_a_schema_may_refer_to_parts_of_itself(install: Install) -> None:
    tree = {"type": "string", "anyOf": [{"$ref": "#/$defs/b"}, {"minLength": 1}]}
    install(MODULE, schema_of({"$ref": "#/$defs/a"}, **{"$defs": {"a": tree, "b": {"maxLength": 5}}}))
    assert "contoso_badge" in {step.name for step in declared_steps(load())}


def test_a_package_in_an_archive_is_told_to_be_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    module = f"contoso_zipped_{next(NUMBERS)}"
    write(Path("unpacked"), {f"{module}.py": MODULE, "contoso_badge.json": SCHEMA})
    distribution(Path("unpacked"), "contoso-badges", {"contoso_badge": f"{module}:contoso_badge"})
    with zipfile.ZipFile("contoso.whl", "w") as archive:
        for path in Path("unpacked").rglob("*"):
            archive.write(path, path.relative_to("unpacked"))
    monkeypatch.syspath_prepend(Path.cwd() / "contoso.whl")
    said = refused()
    assert said.startswith(f"{Path.cwd() / 'contoso.whl' / module}.py: contoso_badge: its file is not on disk")
    assert said.endswith("install the package unpacked")


def test_a_package_may_have_thousands_of_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = f"contoso_many_{next(NUMBERS)}"
    numbers = range(3000)
    functions = "\n\n".join(
        MODULE.partition("step\n")[2].replace("contoso_badge", f"contoso_badge_{n}") for n in numbers
    )
    write(tmp_path, {f"{module}.py": f"from integration import Entity, entity_step\n{functions}"})
    write(tmp_path, {f"schemas/contoso_badge_{n}.json": SCHEMA for n in numbers})
    distribution(tmp_path, "contoso-badges", {f"contoso_badge_{n}": f"{module}:contoso_badge_{n}" for n in numbers})
    monkeypatch.syspath_prepend(tmp_path)
    assert len(plan(load(), only=[module]).steps) == 3000


def test_what_a_package_prints_when_it_is_imported_is_no_result(install: Install) -> None:
    install(f"print('Welcome to Contoso')\n{MODULE}")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ["PYTHONPATH"]])}
    command = [sys.executable, "-m", "integration", "types", "--schema", "contoso_badge"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["title"] == "contoso_badge"
    assert done.stderr == "Welcome to Contoso\n"


def test_the_doctor_says_which_package_is_broken_and_goes_on(install: Install) -> None:
    module = install("raise SystemExit(0)")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ["PYTHONPATH"]])}
    command = [sys.executable, "-m", "integration", "doctor", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    checks = {each["check"]: each for each in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert f"the package contoso-badges cannot be loaded: {module}:contoso_badge: SystemExit" in str(checks["types"])
    assert {"versions", "settings"} <= set(checks)
