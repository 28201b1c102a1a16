"""Checks a GitLab CI file: its jobs stand in its stages, what they extend is there, and shellcheck has nothing to say of
their scripts."""

import subprocess
import sys

import yaml

KNOWN = {"image", "variables", "cache", "before_script", "extends", "stage", "rules", "script", "artifacts",
         "resource_group", "interruptible", "environment"}

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        jobs = yaml.safe_load(file)
    stages = jobs.pop("stages")
    for name, job in jobs.items():
        assert not set(job) - KNOWN, (path, name, set(job) - KNOWN)
        assert name.startswith(".") or (job["stage"] in stages and job["extends"] in jobs), (path, name)
        script = "\n".join(["set -eo pipefail"] + job.get("before_script", []) + job.get("script", []))
        subprocess.run(["shellcheck", "--shell=bash", "-"], input=script, text=True, check=True)
