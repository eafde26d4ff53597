"""lit test format: the evidence of one rule is one test."""
import os
import subprocess

import lit.formats
import lit.Test


class Evidence(lit.formats.TestFormat):
    def getTestsInDirectory(self, suite, path_in_suite, lit_config, local_config):
        if path_in_suite[-1] != "evidence":
            return  # a folder of another test, data-parallel
        rules = os.path.join(local_config.source_root, "rules")
        for slug in sorted(os.listdir(rules)):
            if os.path.exists(os.path.join(rules, slug, "rule.md")):
                yield lit.Test.Test(suite, path_in_suite + (slug,), local_config)

    def execute(self, test, lit_config):
        config = test.config
        if config.unsupported:
            return lit.Test.UNSUPPORTED, "not under this build"
        command = [config.python, os.path.join(config.source_root, "tools", "evidence.py"),
                   "@" + os.path.join(config.build_root, "evidence.args"), test.path_in_suite[-1],
                   "--check", os.path.join(config.test_build_root, "check")]
        result = subprocess.run(command, capture_output=True, text=True, env=config.environment)
        output = result.stdout + result.stderr
        if "skipped:" in output and result.returncode == 0:
            return lit.Test.UNSUPPORTED, output
        return (lit.Test.FAIL if result.returncode else lit.Test.PASS), output
