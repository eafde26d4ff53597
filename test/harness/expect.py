"""What a case expects; a failure prints the runs that it looked at."""


class LeftOut(Exception):
    """This machine cannot do what the case needs."""


def requires(*features):
    """Of a case: read by suite_format.py from the text."""
    return lambda function: function


def check(condition, message, *runs):
    if condition:
        return
    for run in runs:
        print(f"--- exit {run.returncode}\n{run.stdout}\n{run.stderr}")
    raise AssertionError(message)


def same(found, expected):
    check(found == expected, f"\nfound    {found!r}\nexpected {expected!r}")


def says(run, *texts):
    for text in texts:
        check(text in run.stdout + run.stderr, f"'{text}' is missing", run)


def silent_on(run, *texts):
    for text in texts:
        check(text not in run.stdout + run.stderr, f"'{text}' should not be there", run)
