"""The grading server's report, in its "status" shape."""

from typing import Any, Literal

from pydantic import BaseModel, field_validator


class Report(BaseModel):
    task_id: str
    status: Literal["SUCCESS"]
    result: dict[str, Any]

    @field_validator("result")
    @classmethod
    def has_parts(cls, result: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(result.get("results"), dict):
            raise ValueError("no results")
        return result

    def scores(self) -> tuple[float, float]:
        """What was reached, and what could be."""
        parts = [part for part in self.result["results"].values() if isinstance(part, dict)]
        return sum(part.get("score", 0) for part in parts), sum(part.get("max_score", 0) for part in parts)
