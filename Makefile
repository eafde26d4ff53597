# Thin front over CMake presets. `make help` lists the targets.
#   LLVM=19|22       build against that LLVM (presets llvm19, llvm22)
#   TORCH=113|213    build against that LibTorch (presets torch113, torch213; with LLVM=N llvmN, llvmN-torch213)
#   PRESET=…         any preset of CMakePresets.json (default dev)
#   JOBS=N           parallel compile jobs
#   PYTHON=…         the Python whose torch cuda-test and bench-runtime DEVICE=cuda use (default python3)
# LLVM's own presets take LibTorch 1.13.
PRESET ?= $(if $(LLVM),llvm$(LLVM)$(if $(filter-out 113,$(TORCH)),-torch$(TORCH)),$(if $(TORCH),torch$(TORCH),dev))
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
PYTHON ?= python3
CUDA_FLAGS = -DTORCHTIDY_PYTHON="$$(command -v $(PYTHON))" $(if $(TORCH_ROOT),-DTORCHTIDY_TORCH_ROOT="$(TORCH_ROOT)")
BUILD := build/$(PRESET)

.PHONY: help setup configure build test evidence demo bench-runtime bench-lint bench-lint-versions docs sanitize-runtime fuzz fuzz-lint test-kit cuda-test install new-rule

help:
	@sed -n 's/^# //p' $(MAKEFILE_LIST) | head -1
	@echo 'targets:'
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install the Debian packages that are missing (LLVM=19, 22 or all; TORCH=213 adds .venv-torch213)
	tools/setup $(if $(LLVM),--llvm $(LLVM)) $(if $(filter 213,$(TORCH)),--torch213)

$(BUILD)/build.ninja:
	cmake --preset $(PRESET)

configure: $(BUILD)/build.ninja

build: configure ## configure and build
	cmake --build $(BUILD) --parallel $(JOBS)

test: build ## build, then run the suites of the checks and of the runtime
	ctest --preset $(PRESET)

evidence: build ## build and run the rules' programs; writes their table in docs/evidence.md
	lit=$$(sed -n 's/^TORCHTIDY_LIT:[A-Z]*=//p' $(BUILD)/CMakeCache.txt); \
	torch=$$(sed -n 's/^--torch=//p' $(BUILD)/evidence.args); \
	$(PYTHON) "$$lit" -j1 -sv $(BUILD)/test/evidence && \
	tools/evidence.py --report docs/evidence.md --from "LibTorch $$torch=$(BUILD)/test/evidence-programs"

demo: setup ## lint the bundled LibTorch project
	@test -f $(BUILD)/build.ninja || cmake --preset $(PRESET)
	cmake --build $(BUILD) --parallel $(JOBS) --target torch-tidy
	examples/demo/run $(BUILD)

bench-runtime: ## measure hooks next to Python's; writes docs/runtime/performance.md (DEVICE=cuda: see docs/evidence-cuda.md)
ifeq ($(DEVICE),cuda)
	cmake --preset cuda-bench $(CUDA_FLAGS)
	cmake --build build/cuda-bench --parallel $(JOBS)
	DEVICE=cuda $(PYTHON) runtime/bench/bench.py build/cuda-bench/runtime/bench/runtime_bench --output docs/runtime/performance-cuda.md
else
	cmake --preset bench113
	cmake --build build/bench113 --parallel $(JOBS)
	cmake --preset bench213
	cmake --build build/bench213 --parallel $(JOBS)
	.venv-torch213/bin/python runtime/bench/bench.py build/bench213/runtime/bench/runtime_bench \
	  build/bench113/runtime/bench/runtime_bench --output docs/runtime/performance.md
endif

BENCH_LINT = bench/lint/bench_lint.py --scratch build/release/bench-lint
bench-lint: ## measure torch-tidy against run-clang-tidy; writes docs/performance.md and its plot (about 20 minutes and the build)
	cmake --preset release -DTORCHTIDY_BUILD_TESTS=OFF
	cmake --build build/release --parallel $(JOBS) --target torch-tidy TorchTidyPlugin
	llvm=$$(sed -n 's/^Clang_DIR:.*llvm-\([0-9]*\).*/\1/p' build/release/CMakeCache.txt); \
	$(BENCH_LINT) --torch-tidy build/release/driver/torch-tidy --llvm $$llvm \
	  --plugin build/release/clang-tidy-plugin/TorchTidyPlugin.so \
	  --json bench/lint/results/llvm$$llvm-torch113.json --beside $(wildcard bench/lint/results/at-20-files/*.json) \
	  --report docs/performance.md --svg docs/performance.svg

TORCH213_INCLUDE = $(wildcard $(CURDIR)/.venv-torch213/lib/python3*/site-packages/torch/include)
TORCH213_FLAGS = -std=c++20 -isystem $(TORCH213_INCLUDE) -isystem $(TORCH213_INCLUDE)/torch/csrc/api/include
bench-lint-versions: ## the same at 20 files with the other LLVM and LibTorch, for the next bench-lint to show (about 10 minutes each)
	for llvm in 19 22; do \
	  cmake --preset release -B build/release-llvm$$llvm -DTORCHTIDY_LLVM=$$llvm -DTORCHTIDY_BUILD_TESTS=OFF -DTORCHTIDY_BUILD_RUNTIME=OFF && \
	  cmake --build build/release-llvm$$llvm --parallel $(JOBS) --target torch-tidy TorchTidyPlugin || exit 1; \
	  for torch in 113 213; do \
	    test $$llvm-$$torch != 22-113 || continue; \
	    set --; test $$torch = 113 || set -- --torch 2.13.0 '--flags=$(TORCH213_FLAGS)'; \
	    $(BENCH_LINT) --torch-tidy build/release-llvm$$llvm/driver/torch-tidy --llvm $$llvm --sizes 20 "$$@" \
	      --plugin build/release-llvm$$llvm/clang-tidy-plugin/TorchTidyPlugin.so \
	      --json bench/lint/results/at-20-files/llvm$$llvm-torch$$torch.json || exit 1; \
	  done; \
	done

docs: ## write docs/rules from rules/
	tools/generate-rules.py --docs

sanitize-runtime: ## the runtime's tests under AddressSanitizer with UBSan, then under ThreadSanitizer
	for preset in runtime-asan runtime-tsan; do \
	  cmake --preset $$preset && cmake --build build/$$preset --parallel $(JOBS) && ctest --preset $$preset || exit 1; \
	done

fuzz: ## the readers of state dicts under libFuzzer with AddressSanitizer, 30 seconds each
	cmake --preset fuzz
	cmake --build build/fuzz --parallel $(JOBS) --target fuzz-state

fuzz-lint: ## mutants of C++ files, checked with sanitizers (SECONDS=1800; FILES='…': not of the rules' own)
	cmake --preset asan -DTORCHTIDY_BUILD_RUNTIME=OFF -DTORCHTIDY_BUILD_CLANGD=OFF -DTORCHTIDY_BUILD_CLANG_TIDY=OFF
	cmake --build build/asan --parallel $(JOBS) --target torch-tidy torchTidyTestPreamble
	build/asan/test/fuzz-lint --seconds=$(or $(SECONDS),60) $(FILES)

test-kit: ## copy GoogleTest and Google Benchmark to build/, for a machine that has neither (see docs/evidence-cuda.md)
	@test -d /usr/src/googletest || { echo 'test-kit: no /usr/src/googletest. Next: run make setup' >&2; exit 2; }
	rm -rf build/googletest build/benchmark
	mkdir -p build/benchmark/include
	cp -r /usr/src/googletest build/googletest
	cp -r /usr/include/benchmark build/benchmark/include
	cp "$$(ldconfig -p | sed -n 's/.*libbenchmark\.so\.1.* => //p' | head -1)" build/benchmark

cuda-test: ## the runtime's tests and the rules' programs on a CUDA device, with the LibTorch of PYTHON; writes docs/evidence-cuda.md
	cmake --preset cuda $(CUDA_FLAGS)
	cmake --build build/cuda --parallel $(JOBS)
	build/cuda/runtime/test/runtime_tests --gtest_brief=1 --gtest_output=xml:build/cuda/gtest.xml; status=$$?; \
	  summary=$$($(PYTHON) runtime/test/cuda_summary.py build/cuda/gtest.xml); said=$$?; echo "$$summary"; \
	  $(PYTHON) tools/evidence.py @build/cuda/evidence.args --work=build/cuda/evidence-cuda --device=cuda --jobs=$(JOBS) \
	    --device-report=docs/evidence-cuda.md --about="Runtime tests: $$(echo "$$summary" | sed -n 's/^cuda-test: \(on CUDA[^;]*\);.*/\1/p')." && exit $$(( status | said ))

install: ## build optimised and install under PREFIX
	cmake --preset release --fresh -DTORCHTIDY_BUILD_TESTS=OFF
	cmake --build build/release --parallel $(JOBS)
	cmake --install build/release --prefix $(PREFIX)

new-rule: ## write the stubs of a rule: make new-rule NAME=torch-x
	@test -n "$(NAME)" || { echo 'new-rule: say its name: make new-rule NAME=torch-x' >&2; exit 2; }
	tools/new-rule $(NAME)
