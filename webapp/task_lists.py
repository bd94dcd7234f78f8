"""A task list: all statements by role and commitment, each with what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace

from reviews.questionnaires import AskedStatement, Questionnaire


@dataclass(frozen=True)
class Task:
    """One statement. `done` says what was chosen; until then `state` says how far it is.
    `responsible` names who works on it and until when, where somebody does."""

    code: str
    title: str
    done: str
    state: str
    begun: bool
    responsible: str = ""


@dataclass(frozen=True)
class CommitmentTasks:
    code: str
    title: str
    text: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class RoleTasks:
    title: str
    summary: str
    commitments: tuple[CommitmentTasks, ...]

    @property
    def statements(self) -> int:
        return sum(len(one.tasks) for one in self.commitments)

    @property
    def done(self) -> int:
        return sum(bool(task.done) for one in self.commitments for task in one.tasks)


def only(roles: Iterable[RoleTasks], codes: Container[str]) -> tuple[RoleTasks, ...]:
    """A task list without all statements but some, and without what is empty then."""
    kept = (
        replace(role, commitments=tuple(_with_tasks(role.commitments, codes))) for role in roles
    )
    return tuple(role for role in kept if role.commitments)


def _with_tasks(
    commitments: Iterable[CommitmentTasks], codes: Container[str]
) -> Iterator[CommitmentTasks]:
    for one in commitments:
        tasks = tuple(task for task in one.tasks if task.code in codes)
        if tasks:
            yield replace(one, tasks=tasks)


def task_list(
    questionnaire: Questionnaire, task: Callable[[AskedStatement], Task]
) -> tuple[RoleTasks, ...]:
    """The roles of an instrument with the task that each of its statements is."""
    return tuple(
        RoleTasks(
            title=role.title,
            summary=role.summary,
            commitments=tuple(
                CommitmentTasks(
                    code=part.code,
                    title=part.title,
                    text=part.text,
                    tasks=tuple(map(task, part.statements)),
                )
                for part in role.commitments
            ),
        )
        for role in questionnaire.roles
    )
