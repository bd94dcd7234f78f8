"""A task list: all statements by role and commitment, each with what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviews.questionnaires import AskedStatement, Questionnaire


@dataclass(frozen=True)
class Task:
    """One statement. `done` says what was chosen; until then `state` says how far it is."""

    code: str
    title: str
    done: str
    state: str
    begun: bool


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
