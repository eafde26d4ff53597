"""Says what a run of the runtime's tests showed about CUDA. Exits 1 if a test failed.

    python cuda_summary.py gtest.xml

TORCHTIDY_REQUIRE_CUDA=1 in the environment: exits 1 also when nothing ran on a CUDA device.
"""

import os
import sys
import xml.etree.ElementTree as xml


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        cases = list(xml.parse(sys.argv[1]).getroot().iter("testcase"))
    except (OSError, xml.ParseError) as error:
        print(f"cuda-test: no report in {sys.argv[1]} ({error}): the tests did not end. Next: run the test program by hand", file=sys.stderr)
        return 1
    on_cuda = [case for case in cases if case.get("name", "").endswith("/cuda")]
    skipped = [case for case in on_cuda if case.find("skipped") is not None or case.get("result") == "skipped"]
    failed = [case for case in cases if case.find("failure") is not None]
    for case in failed:
        print(f"cuda-test: failed: {case.get('classname')}.{case.get('name')}")
    broken_on_cuda = sum(case in on_cuda for case in failed)
    print(
        f"cuda-test: on CUDA {len(on_cuda) - len(skipped) - broken_on_cuda} passed, {broken_on_cuda} failed, {len(skipped)} skipped; "
        f"all {len(cases)} tests: {len(failed)} failed"
    )
    if len(skipped) < len(on_cuda):
        return 1 if failed else 0
    required = os.environ.get("TORCHTIDY_REQUIRE_CUDA", "") not in ("", "0")
    print(
        f"cuda-test: {'FAILED: TORCHTIDY_REQUIRE_CUDA is set, but there is' if required else 'SKIPPED:'} no CUDA device, or a LibTorch "
        "without CUDA: nothing was shown about CUDA. Next: see that nvidia-smi lists a device and that torch.cuda.is_available() "
        "in the Python of PYTHON= says True"
    )
    return 1 if failed or required else 0


if __name__ == "__main__":
    sys.exit(main())
