# Thin front over CMake presets. `make help` lists the targets.
#   LLVM=N           build against that LLVM: one of cmake/llvm-versions.txt (presets llvm19, llvm22)
#   TORCH=1|2        build against that LibTorch (presets torch1, torch2; with LLVM=N llvmN, llvmN-torch2)
#   PRESET=…         any preset of CMakePresets.json (default dev)
#   JOBS=N           parallel compile jobs
#   PYTHON=…         the Python whose torch cuda-test and bench-runtime DEVICE=cuda use (default python3)
# TORCH=1 is Debian's LibTorch (1.13), which LLVM's own presets take; TORCH=2 that of cmake/torch-version.txt.
PRESET ?= $(if $(LLVM),llvm$(LLVM)$(if $(filter-out 1,$(TORCH)),-torch$(TORCH)),$(if $(TORCH),torch$(TORCH),dev))
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
PYTHON ?= python3
CUDA_FLAGS = -DTORCHTIDY_PYTHON="$$(command -v $(PYTHON))" $(if $(TORCH_ROOT),-DTORCHTIDY_TORCH_ROOT="$(TORCH_ROOT)")
BUILD := build/$(PRESET)
SETUP = tools/setup $(if $(LLVM),--llvm $(LLVM)) $(if $(filter 2,$(TORCH)),--torch2)

.PHONY: help random-stacks setup configure build test evidence demo bench-runtime bench-lint bench-lint-versions docs sanitize-runtime fuzz fuzz-lint parity test-kit cuda-test install new-rule tidy wheel wheel-test

help:
	@sed -n 's/^# //p' $(MAKEFILE_LIST) | head -1
	@echo 'targets:'
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install the Debian packages that are missing (LLVM=N or all; TORCH=2 adds .venv-torch2)
	$(SETUP)

# A fresh machine is set up first; where all is there, that says and costs nothing.
$(BUILD)/build.ninja:
	@$(SETUP) --needed
	cmake --preset $(PRESET)

configure: $(BUILD)/build.ninja

build: configure ## configure and build
	cmake --build $(BUILD) --parallel $(JOBS)

test: build ## build, then run the suites of the checks and of the runtime
	ctest --preset $(PRESET)

tidy: build ## clang-tidy over our own code (FILES='regular expression of paths'; seconds a file)
	tidy=$$(sed -n 's/^TORCHTIDY_CLANG_TIDY:[^=]*=//p' $(BUILD)/CMakeCache.txt) && \
	  "$${tidy%/*}/run-clang-tidy" -clang-tidy-binary "$$tidy" -p $(BUILD) -quiet -j $(JOBS) -warnings-as-errors='*' \
	    '$(or $(FILES),/(checks|clang-tidy-plugin|driver|runtime/src)/.*\.cpp$$)'

evidence: build ## build and run the rules' programs; writes their table in docs/evidence.md
	PYTHON=$(PYTHON) tools/evidence-report $(BUILD)

demo: configure ## lint the bundled LibTorch project
	cmake --build $(BUILD) --parallel $(JOBS) --target torch-tidy
	examples/demo/run $(BUILD)

bench-runtime: ## measure hooks next to Python's; writes docs/runtime/performance.md (DEVICE=cuda: see docs/evidence-cuda.md)
	PYTHON=$(PYTHON) tools/bench-runtime $(JOBS) $(if $(filter cuda,$(DEVICE)),--cuda $(CUDA_FLAGS))

bench-lint: ## measure torch-tidy against run-clang-tidy; writes docs/performance.md and its plot (about 20 minutes and the build)
	tools/bench-lint --jobs $(JOBS)

bench-lint-versions: ## the same at 20 files with the other LLVM and LibTorch, for the next bench-lint to show (about 10 minutes each)
	tools/bench-lint --versions --jobs $(JOBS)

docs: ## write docs/rules from rules/
	tools/generate-rules.py --docs

sanitize-runtime: ## the runtime's tests under AddressSanitizer with UBSan, then under ThreadSanitizer
	for preset in runtime-asan runtime-tsan; do \
	  cmake --preset $$preset && cmake --build build/$$preset --parallel $(JOBS) && ctest --preset $$preset || exit 1; \
	done

fuzz: ## the readers of state dicts under libFuzzer with AddressSanitizer, 30 seconds each
	cmake --preset fuzz
	cmake --build build/fuzz --parallel $(JOBS) --target fuzz-state

random-stacks: build ## random layers and stacks of them, linted and run (COUNT=3000, SEED)
	for rule in torch-sequential-mismatch torch-layer-options; do \
	  tools/random-stacks.py @$(BUILD)/evidence.args --check $(BUILD)/test/check --rule $$rule --count $(or $(COUNT),3000) --seed $(or $(SEED),1) || exit 1; \
	done

parity: ## torch-clangd's answers with and without shared headers: CORPUS=<dir with compile_commands.json> FILES='…' (MINUTES=30: random edits)
	test/clangd/Inputs/shared_parity.py --clangd $(BUILD)/driver/clangd/torch-clangd --work $(BUILD)/parity --database $(CORPUS) --minutes $(or $(MINUTES),0) $(FILES)

fuzz-lint: ## mutants of C++ files, checked with sanitizers (SECONDS=1800; FILES='…': not of the rules' own)
	cmake --preset asan -DTORCHTIDY_BUILD_RUNTIME=OFF -DTORCHTIDY_BUILD_CLANGD=OFF -DTORCHTIDY_BUILD_CLANG_TIDY=OFF
	cmake --build build/asan --parallel $(JOBS) --target torch-tidy torchTidyTestPreamble
	build/asan/test/fuzz-lint --seconds=$(or $(SECONDS),60) --unsafe-fixes $(FILES)

test-kit: ## copy GoogleTest and Google Benchmark to build/, for a machine that has neither (see docs/evidence-cuda.md)
	tools/test-kit

cuda-test: ## the runtime's tests and the rules' programs on a CUDA device, with the LibTorch of PYTHON; writes docs/evidence-cuda.md
	PYTHON=$(PYTHON) tools/cuda-test $(JOBS) $(CUDA_FLAGS)

wheel: ## build the Python wheel into dist/ (LLVM 22; says its size and digest)
	@tools/setup --llvm 22 --wheel --needed
	tools/make-wheel

wheel-test: wheel ## install the wheel where there is no LLVM and no LibTorch package, lint, uninstall; pre-commit with it
	python3 python/tests/wheel_test.py dist

install: ## build optimised and install under PREFIX
	cmake --preset release --fresh -DTORCHTIDY_BUILD_TESTS=OFF -DTORCHTIDY_USE_CLANG=ON
	cmake --build build/release --parallel $(JOBS)
	cmake --install build/release --prefix $(PREFIX)

new-rule: ## write the stubs of a rule: make new-rule NAME=torch-x (BASE=function, module or hook: what the check sees)
	@test -n "$(NAME)" || { echo 'new-rule: say its name: make new-rule NAME=torch-x' >&2; exit 2; }
	tools/new-rule $(NAME) $(if $(BASE),--base $(BASE))
