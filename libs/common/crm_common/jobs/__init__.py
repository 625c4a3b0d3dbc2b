"""Scheduled runs: each due run is a row with lease, fencing number and checkpoint, so that replicas may come and go."""

from crm_common.jobs.run import Job, JobRun, LeaseLostError, Outcome, StoppingError
from crm_common.jobs.scheduler import Scheduler

__all__ = ["Job", "JobRun", "LeaseLostError", "Outcome", "Scheduler", "StoppingError"]
