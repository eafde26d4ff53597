"""lit test format of all suites: ShTest, and each `case_*` of a *_test.py as a test of its own.

A case gets a project (see project.py) and fails by an exception; `run_case.py` runs it in a process of its own. What a file or a
case cannot do without is read from its text, so that nothing is imported here:

    REQUIRES = ["driver"]          of the file: features as in ShTest's REQUIRES
    @requires("redis-server")      of the case
"""
import ast
import os

import lit.formats
import lit.Test
import lit.util

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77


def strings(node):
    return [ast.literal_eval(item) for item in node]


def cases(path):
    """(name, required features) of each case in a file."""
    with open(path) as source:
        tree = ast.parse(source.read(), path)
    always, found = [], {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and [t.id for t in node.targets if isinstance(t, ast.Name)] == ["REQUIRES"]:
            always = ast.literal_eval(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("case_"):
            if node.name in found:
                raise ValueError(f"{path}:{node.lineno}: {node.name} is there twice")
            found[node.name] = [feature for decorator in node.decorator_list if isinstance(decorator, ast.Call)
                                and getattr(decorator.func, "id", "") == "requires" for feature in strings(decorator.args)]
    return [(name.removeprefix("case_"), always + own) for name, own in found.items()]


def is_case(path_in_suite):
    return len(path_in_suite) > 1 and path_in_suite[-2].endswith("_test.py")


class Suite(lit.formats.ShTest):
    def getTestsForPath(self, suite, path_in_suite, lit_config, local_config):
        name = path_in_suite[-1]
        if not name.endswith("_test.py"):
            yield from super().getTestsForPath(suite, path_in_suite, lit_config, local_config)
        elif name not in local_config.excludes:
            for case, requires in cases(suite.getSourcePath(path_in_suite)):
                test = lit.Test.Test(suite, path_in_suite + (case,), local_config)
                test.requires = requires
                yield test

    def execute(self, test, lit_config):
        if not is_case(test.path_in_suite):
            return super().execute(test, lit_config)
        config = test.config
        if config.unsupported:
            return lit.Test.UNSUPPORTED, "not under this build"
        missing = test.getMissingRequiredFeatures()
        if missing:
            return lit.Test.UNSUPPORTED, "without: " + ", ".join(missing)
        file, case = os.path.split(test.getSourcePath())
        scratch = os.path.join(test.suite.getExecPath(test.path_in_suite[:-2]), "Output", *test.path_in_suite[-2:])
        # A module that not every Python has decides which one runs the case.
        python = next((config.pythons[name] for name in test.requires if name in config.pythons), config.case_python)
        command = [python, os.path.join(HERE, "run_case.py"), file, case, scratch]
        try:
            out, err, status = lit.util.executeCommand(command, env={**config.environment, "TORCHTIDY_TOOLS": config.tools},
                                                       timeout=lit_config.maxIndividualTestTime)
        except lit.util.ExecuteCommandTimeoutException as late:
            return lit.Test.TIMEOUT, f"{late.out}{late.err}{late.msg}"
        result = lit.Test.PASS if status == 0 else lit.Test.UNSUPPORTED if status == SKIPPED else lit.Test.FAIL
        return result, out + err
