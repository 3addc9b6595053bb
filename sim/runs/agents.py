"""Agents of one's own: classes in a file, a module or a list, each a kind of one of the shipped classes."""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem, SimError
from sim.model.terms import SIDES
from sim.words import listed

if TYPE_CHECKING:
    from sim.model.world import World

ROLES = {
    "State": "state_class",
    "Host": "host_class",
    "Beijing": "beijing_class",
    "Taipei": "taipei_class",
    "Washington": "washington_class",
}
"""Names of the shipped classes, and where a world has what plays the part."""
AgentsSource: TypeAlias = "str | Path | Iterable[type]"
"""A file, the name of a module, or classes."""
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_known: dict[str, Agents] = {}
"""Those loaded so far, by digest: who reads a result finds what it was made with."""


@dataclass(frozen=True, eq=False)
class Agents:
    """Classes of one's own, at most one for each shipped class."""

    name: str
    """Of their file without its folder, of their module, or of the classes."""
    digest: str
    """SHA-256 of their file; of classes that were handed over, of their code."""
    classes: Mapping[str, type]
    """By the name of the shipped class."""
    source: str | None
    """Path or module that another process loads them from; None where they were handed over as classes."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.source, self.digest)

    @property
    def document(self) -> dict[str, Any]:
        """What a manifest says of them."""
        classes = {role: kind.__qualname__ for role, kind in self.classes.items()}
        return {"name": self.name, "digest": self.digest, "classes": classes}

    @property
    def world(self) -> type[World]:
        """The world that they live in. Raises InputError where they have not been loaded."""
        from sim.model.world import World

        if not self.classes:
            rule = f"the {self.name} that the result was made with, SHA-256 {self.digest[:16]}..., unchanged"
            others = listed([agents.name for agents in _known.values()])
            raise InputError(Problem("--agents", rule, others or None))
        return type("OwnWorld", (World,), {ROLES[role]: kind for role, kind in self.classes.items()})

    def check(self, changes: Iterable[tuple[int, int, int, int, Any]], expected: NDArray[np.float64]) -> None:
        """Raises ValueError where what they gave in a run is no side or no chance.

        changes : month, place, side before and after, and more; expected : sums of chances
        """
        for _, _, _, after, _ in changes:
            if after not in range(len(SIDES["recognition"])):
                raise ValueError(f"decide() gave {after!r}, which is no side: 0, 1 or 2")
        if not np.isfinite(expected).all():
            raise ValueError("reckon() gave a chance that is no number from 0 to 1")

    def failure(self, error: Exception) -> SimError:
        """What one of their methods raised, with the line."""
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self.source]
        where = f"{self.name}:{lines[-1]}" if lines else self.name
        return SimError(f"{where}: {type(error).__name__}: {' '.join(str(error).split())}")


def own_agents(source: AgentsSource | None) -> Agents | None:
    """The agents in a file or a module, or of these classes; None of None.

    Raises InputError unless there is at least one, at most one for each shipped class, and Python can load them.
    """
    if source is None:
        return None
    if isinstance(source, (str, Path)):
        agents = _of_source(os.fspath(source))
    else:
        classes = list(source)
        wrong = next((kind for kind in classes if not isinstance(kind, type)), None)
        if wrong is not None:
            raise InputError(Problem("agents", "classes, or the name of a file or module", wrong))
        cast = _cast(classes, None)
        code = repr([(role, *_code(kind)) for role, kind in cast.items()])
        name = ", ".join(kind.__qualname__ for kind in cast.values())
        agents = Agents(name, hashlib.sha256(code.encode()).hexdigest(), cast, None)
    _known[agents.digest] = agents
    return agents


def known_agents(document: Mapping[str, Any]) -> Agents:
    """Those that a manifest tells of; where they have not been loaded, without classes, so that no run can be made."""
    return _known.get(document["digest"]) or Agents(document["name"], document["digest"], {}, None)


def check_traceable(agents: Agents | None, place: object) -> None:
    """Raises InputError where a result in a folder, at `place`, would have agents that no digest of a file tells of."""
    if place is not None and agents is not None and agents.source is None:
        rule = "a file or a module, for a result in a folder has its digest, and not classes"
        raise InputError(Problem("agents", rule, agents.name))


def _again(source: str | None, digest: str) -> Agents:
    """The same in another process, which has the same file."""
    agents = own_agents(source)
    if agents is None or agents.digest != digest:
        raise SimError(f"{source}: changed while it was used")
    return agents


def _of_source(text: str) -> Agents:
    is_file = text.endswith(".py") or os.sep in text or Path(text).is_file()
    if not is_file and not _MODULE.fullmatch(text):
        raise InputError(Problem("--agents", "a Python file, or package.module", text))
    path = Path(text).absolute() if is_file else _origin(text)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no name of a file"
        raise InputError(Problem("--agents", f"a Python file that can be read: {why}", text)) from None
    digest, source = hashlib.sha256(content).hexdigest(), str(path) if is_file else text
    if digest in _known and _known[digest].source == source:
        return _known[digest]
    module = _executed(path, content, f"_own_{digest[:16]}", text) if is_file else _imported(text)
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
    return Agents(path.name if is_file else text, digest, _cast(kinds, text), source)


def _origin(name: str) -> Path:
    """The file of a module; modules in the folder one is in are found too."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    try:
        spec = importlib.util.find_spec(name)
    except ImportError:
        spec = None
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        raise InputError(Problem("--agents", "a Python file, or a module that Python finds", name))
    return Path(spec.origin)


def _executed(path: Path, content: bytes, name: str, label: str) -> ModuleType:
    """A file as a module, of exactly these bytes: an older one that Python keeps compiled is not looked for."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        exec(compile(content, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _unloadable(error, label, str(path)) from error
    return module


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise _unloadable(error, name, name) from error


def _unloadable(error: Exception | SystemExit, label: str, file: str) -> InputError:
    """Why Python cannot load a file."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    why = error.msg if isinstance(error, SyntaxError) else error
    rule = f"Python that can be loaded: {type(error).__name__}: {why}"
    return InputError(Problem("" if line is None else f"line {line}", rule), label)


def _cast(kinds: Iterable[type], file: str | None) -> dict[str, type]:
    """The classes by the shipped class of each, without those that others of them derive from."""
    shipped = _shipped()
    own = [kind for kind in dict.fromkeys(kinds) if issubclass(kind, tuple(shipped.values()))]
    own = [kind for kind in own if kind not in shipped.values()]
    leaves = [kind for kind in own if not any(other is not kind and issubclass(other, kind) for other in own)]
    cast: dict[str, type] = {}
    problems = []
    for role, base in shipped.items():
        of_role = [kind for kind in leaves if issubclass(kind, base)]
        if len(of_role) > 1:
            problems.append(Problem(role, "one class of this kind", ", ".join(kind.__qualname__ for kind in of_role)))
        if of_role:
            cast[role] = of_role[0]
    if not cast:
        problems.append(Problem("", f"at least one class that is a kind of {', '.join(shipped)}"))
    if problems:
        raise InputError(problems, file or "agents")
    return cast


def _shipped() -> dict[str, type]:
    from sim.model.world import World

    return {role: getattr(World, attribute) for role, attribute in ROLES.items()}


def _code(kind: type) -> list[Any]:
    """All that a class and those it is made of say, down to the shipped one."""
    shipped = _shipped().values()
    return [
        (one.__qualname__, name, marshal.dumps(value.__code__) if isinstance(value, FunctionType) else repr(value))
        for one in kind.__mro__
        if not any(issubclass(base, one) for base in shipped)
        for name, value in vars(one).items()
        if name not in ("__dict__", "__weakref__")
    ]
