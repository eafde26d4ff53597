#!/usr/bin/env python3
"""Does checks/ say each thing about C++ in one way?

checks/model/syntax/ has one function for what every rule asks: a call's name, its arguments beside
parameters, what stands around a node. Code that spells one of them again has a second meaning
sooner or later. usage: check-vocabulary.py [--root DIR]
"""
import argparse
import pathlib
import re
import sys

VISITORS = 14  # RecursiveASTVisitors in checks/: those that keep a state of their own

# What is spelled by hand, where it may be, and what to say instead.
SPELLINGS = [
    (r"getParents\(", {"model/syntax/Enclosing.cpp"}, "walkUp() or enclosing<T>() of Enclosing.h"),
    (r"getIdentifier\(\) (&&|\?)|!\w+->getIdentifier\(\)", {"model/syntax/Names.h"},
     "nameOf() of Names.h, calleeName() of Callee.h"),
    (r"dyn_cast(_or_null)?<(clang::)?StringLiteral>", {"model/syntax/Literals.cpp"},
     "stringLiteral() or literalText() of Literals.h"),
    (r"dyn_cast(_or_null)?<CXXBoolLiteralExpr>", {"model/syntax/Literals.cpp"},
     "boolLiteral() of Literals.h"),
    (r"Lexer::getSourceText", {"model/syntax/SourceText.cpp"}, "rawText() or sourceText() of SourceText.h"),
    (r"Lexer::getLocForEndOfToken", {"model/syntax/SourceText.cpp", "model/facts/CompileErrors.cpp"},
     "endOfToken() of SourceText.h"),
    (r"isa<CXXOperatorCallExpr>\(\w+\) && (isa<CXXMethodDecl>|Method)", set(),
     "argumentsOf() or argumentsWithParameters() of Arguments.h"),
    (r"getOperator\(\) [!=]= OO_Equal\b|\w+ && \w+->getOperator\(\) == OO_Subscript\b", set(),
     "asOperator() of Callee.h, asPlainAssignment() of Assignments.h"),
    (r"OO_PlusEqual|OO_MinusEqual", set(), "isCompoundAssignment() of Assignments.h"),
]


def problems(root):
    visitors = []
    for path in sorted((root / "checks").rglob("*")):
        if path.suffix not in (".cpp", ".h"):
            continue
        name = path.relative_to(root / "checks").as_posix()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = line.split("//")[0]
            if re.search(r"(class|struct) \w+ .*RecursiveASTVisitor<", code):
                visitors.append(f"checks/{name}:{number}")
            for spelling, homes, instead in SPELLINGS:
                if name not in homes and re.search(spelling, code):
                    yield f"checks/{name}:{number}: say it with {instead}"
    if len(visitors) > VISITORS:
        yield (f"{len(visitors)} RecursiveASTVisitors, at most {VISITORS}: walk(), forEach<T>() and anyDescendant<T>() of "
               "model/syntax/Walk.h do for one that only looks: " + ", ".join(visitors))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    found = list(problems(parser.parse_args().root))
    for problem in found:
        print(problem)
    print(f"check-vocabulary: {len(found)} problems")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
