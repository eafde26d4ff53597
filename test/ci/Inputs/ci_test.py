#!/usr/bin/env python3
"""The CI script, and the commands of the GitHub Action and of the GitLab template, in a scratch repository with a branch.

usage: ci_test.py --driver PROGRAM --root SOURCE_TREE --work DIR -- COMPILER FLAGS
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

MODEL = """#include <torch/torch.h>
struct {0}Impl : torch::nn::Module {{
  explicit {0}Impl(int64_t width) {{ out = torch::nn::Linear(width, 2); }}
  torch::Tensor forward(torch::Tensor x) {{ return out(x); }}
  torch::nn::Linear out{{nullptr}};
}};
"""


def expect(condition, what, output=""):
    if not condition:
        sys.exit(f"ci: failed: {what}\n{output}")
    print(f"ci: {what}")


def main():
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser(usage=__doc__)
    for option in ("driver", "root", "work"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    args = parser.parse_args(sys.argv[1:split])
    flags, project = sys.argv[split + 1:], args.work.absolute() / "project"
    shutil.rmtree(args.work, ignore_errors=True)
    project.mkdir(parents=True)
    ci_lint = args.root / "tools" / "ci-lint"
    environment = {**os.environ, "TORCH_TIDY": str(args.driver.absolute()), "GIT_CONFIG_GLOBAL": "/dev/null"}

    def git(*command):
        return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *command], cwd=project,
                              check=True, capture_output=True, text=True).stdout.strip()

    def shell(script, **variables):
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=project, capture_output=True, text=True,
                              env={**environment, **variables})
        return done.returncode, done.stdout + done.stderr

    git("init", "-q", "-b", "main")
    (project / "build").mkdir()
    database = [{"directory": str(project), "file": name, "command": " ".join(["clang++", *flags, "-c", name])}
                for name in ("old.cpp", "new.cpp")]
    (project / "build" / "compile_commands.json").write_text(json.dumps(database))
    (project / ".gitignore").write_text("build/\n.torch-tidy-cache/\n*.sarif\n*.json\n")
    (project / "old.cpp").write_text(MODEL.format("Old"))
    git("add", "-A")
    git("commit", "-qm", "old")
    base = git("rev-parse", "HEAD")
    git("checkout", "-qb", "branch")
    (project / "new.cpp").write_text(MODEL.format("New"))
    git("add", "-A")
    git("commit", "-qm", "new")

    status, output = shell(f"'{ci_lint}' -p build --base main")
    expect(status == 1 and "new.cpp" in output and "old.cpp:" not in output, "the script reports what the branch changed", output)
    status, output = shell(f"'{ci_lint}' --base main --no-fail --sarif out.sarif")
    expect(status == 0, "with --no-fail the report decides", output)
    results = json.loads((project / "out.sarif").read_text())["runs"][0]["results"]
    expect([result["ruleId"] for result in results] == ["torch-unregistered-module"], "the SARIF report has the finding")
    for command, message in (("-p nowhere", "no nowhere/compile_commands.json"), ("--base nothing", "no common ancestor"),
                             ("--colour", "unknown option --colour"), ("--base", "--base needs a value")):
        status, output = shell(f"'{ci_lint}' {command}")
        expect(status == 2 and message in output, f"{command}: {message}", output)

    action = yaml.safe_load((args.root / "action.yml").read_text())
    lint = next(step for step in action["runs"]["steps"] if step["name"] == "Lint")
    variables = {name: {"BUILD_DIR": "build", "BASE": base, "SARIF": "torch-tidy.sarif", "FAIL": "true", "ARGS": ""}[name]
                 for name in lint["env"]}
    status, output = shell(lint["run"], GITHUB_ACTION_PATH=str(args.root), **variables)
    expect(status == 1 and "::warning" in output and "new.cpp" in output and (project / "torch-tidy.sarif").exists(),
           "the action's command annotates the new finding and writes SARIF", output)

    template = yaml.safe_load((args.root / "tools" / "gitlab-template.yml").read_text())[".torch-tidy"]
    variables = {**template["variables"], "TORCH_TIDY_CI_LINT": str(ci_lint), "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    status, output = shell(template["script"][0], **variables)
    issues = json.loads((project / template["artifacts"]["reports"]["codequality"]).read_text())
    expect(status == 1 and [issue["check_name"] for issue in issues] == ["torch-unregistered-module"],
           "the template's command writes the code quality report", output)
    expect((project / ".torch-tidy-cache").is_dir(), "the cache is where the templates keep it")

    # The jobs on several machines, as docs/using/ci.md has them.
    environment["PATH"] = f"{args.driver.absolute().parent}:{environment['PATH']}"
    github, gitlab = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", (args.root / "docs/using/ci.md").read_text(), re.S)
                      if "--shard" in block]
    command = lambda steps, start: next(step["run"] for step in steps if step.get("run", "").startswith(start))
    shards = github["jobs"]["lint"]["strategy"]["matrix"]["shard"]
    check = command(github["jobs"]["lint"]["steps"], "torch-tidy check").replace("${{ strategy.job-total }}", str(len(shards)))
    for shard in shards:
        status, output = shell(check.replace("${{ matrix.shard }}", str(shard)))
        expect(status == 0, f"GitHub's job {shard} leaves the decision to the report", output)
    status, output = shell(command(github["jobs"]["report"]["steps"], "torch-tidy merge"))
    results = json.loads((project / "torch-tidy.sarif").read_text())["runs"][0]["results"]
    expect(status == 1 and output.count("::warning") == len(results) == 2, "GitHub's report has the findings of all jobs", output)
    for path in project.glob("shard-*.json"):
        path.unlink()
    for index in range(1, gitlab["torch-tidy"]["parallel"] + 1):
        status, output = shell(gitlab["torch-tidy"]["script"][1], CI_NODE_INDEX=str(index), CI_NODE_TOTAL=str(gitlab["torch-tidy"]["parallel"]))
        expect(status == 0, f"GitLab's job {index} leaves the decision to the report", output)
    status, output = shell(gitlab["torch-tidy-report"]["script"][0])
    issues = json.loads((project / "gl-code-quality-report.json").read_text())
    expect(status == 1 and len(issues) == 2, "GitLab's report has the findings of all jobs", output)
    (project / "shard-2.json").unlink()
    status, output = shell(gitlab["torch-tidy-report"]["script"][0])
    expect(status == 2 and "shard 2 of 4 is missing" in output, "a job without a report is noticed", output)


main()
