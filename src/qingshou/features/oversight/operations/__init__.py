"""The run of a day: begun, step by step, ended."""

from qingshou.features.oversight.operations.runs import (
    StepResult,
    begin_run,
    checkpoint_step,
    end_run,
    fail_run,
    take_step,
)

__all__ = ["StepResult", "begin_run", "checkpoint_step", "end_run", "fail_run", "take_step"]
