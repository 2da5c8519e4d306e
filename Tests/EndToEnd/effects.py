"""What the database holds after a run, against what was acknowledged: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter

from postgres import Cluster
from senders import Delivery

LEVELS = {"COMPLETED": "SUCCESS", "FAILED": "ERROR"}


class Effects:
    """One look at the database."""

    def __init__(self, cluster: Cluster):
        self.statuses = {task: status for task, status in cluster.rows(
            'SELECT "taskId", "status" FROM "students" WHERE "taskId" IS NOT NULL'
        )}
        # By task: how it is known to have ended, in the words of the log. Failed checks log an ERROR too, of another kind.
        self.endings: dict[str, list[tuple[str, str]]] = {}
        for task, level, context in cluster.rows(
            """
            SELECT s."taskId", l."level", l."context" FROM "session_logs" l JOIN "students" s ON s."id" = l."studentId"
            WHERE l."level" IN ('SUCCESS', 'ERROR') AND l."message" NOT LIKE '%check failed:%'
            """
        ):
            self.endings.setdefault(task, []).append((level, context))
        self.deliveries = Counter(row[0] for row in cluster.rows("SELECT delivery_id FROM grading_monitor.deliveries"))
        self.changes = Counter(
            (task, status) for task, status in cluster.rows(
                "SELECT task_id, to_status FROM grading_monitor.changes WHERE kind = 'task'"
            )
        )
        self.session_changes = Counter(
            (session, status) for session, status in cluster.rows(
                "SELECT session_id, to_status FROM grading_monitor.changes WHERE kind = 'session'"
            )
        )
        self.sessions = {session: status for session, status in cluster.rows('SELECT "id", "status" FROM "grading_sessions"')}

    def wrong(self, acknowledged: dict[str, Delivery]) -> list[str]:
        """About the callbacks that were answered 2xx, a sentence each."""
        found = []
        for delivery in acknowledged.values():
            task = delivery.task
            if self.deliveries[delivery.id] != 1:
                found.append(f"task {task}: acknowledged, but {self.deliveries[delivery.id]} rows for its delivery {delivery.id}")
            if self.changes[task, delivery.status] != 1:
                found.append(f"task {task}: {self.changes[task, delivery.status]} changes to {delivery.status}")
            if delivery.status in LEVELS:
                found += self._wrong_ending(task, delivery.status, "callback")
        return found

    def wrong_polled(self, tasks: set[str]) -> list[str]:
        """About tasks whose callbacks were withheld: completed, once, and not by a callback."""
        found = []
        for task in tasks:
            contexts = {context for _, context in self.endings.get(task, [])}
            context = next(iter(contexts & {"reconciliation", "manual"}), "reconciliation")
            found += self._wrong_ending(task, "COMPLETED", context)
            if self.changes[task, "COMPLETED"] != 1:
                found.append(f"task {task}: withheld, {self.changes[task, 'COMPLETED']} changes to COMPLETED")
        return found

    def _wrong_ending(self, task: str, status: str, context: str) -> list[str]:
        found = []
        if self.statuses.get(task) != status:
            found.append(f"task {task}: should be {status}, but is {self.statuses.get(task, 'missing')}")
        if self.endings.get(task, []) != [(LEVELS[status], context)]:
            found.append(f"task {task}: log rows of its ending: {self.endings.get(task, [])}")
        return found

    def wrong_sessions(self) -> list[str]:
        """All done, and each said so once."""
        found = [f"session {session}: {status}" for session, status in self.sessions.items() if status != "COMPLETED"]
        return found + [
            f"session {session}: {self.session_changes[session, 'COMPLETED']} changes to COMPLETED"
            for session in self.sessions if self.session_changes[session, "COMPLETED"] != 1
        ]


def verdict(name: str, wrong: list[str]) -> bool:
    """Prints the evidence and the last line; whether all was right."""
    for line in wrong[:20]:
        print(f"  WRONG: {line}")
    if len(wrong) > 20:
        print(f"  … and {len(wrong) - 20} more")
    print(f"{name}: {len(wrong)} wrong", flush=True)
    return not wrong
