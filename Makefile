# Thin front over CMake presets. `make help` lists the targets.
#   LLVM=19|22       build against that LLVM (presets llvm19, llvm22)
#   TORCH=113|213    build against that LibTorch (presets torch113, torch213)
#   PRESET=…         any preset of CMakePresets.json (default dev)
#   JOBS=N           parallel compile jobs
PRESET ?= $(if $(TORCH),torch$(TORCH),$(if $(LLVM),llvm$(LLVM),dev))
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
BUILD := build/$(PRESET)

.PHONY: help setup configure build test demo bench bench-lint docs cuda-test install new-rule

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

demo: setup ## lint the bundled LibTorch project
	@test -f $(BUILD)/build.ninja || cmake --preset $(PRESET)
	cmake --build $(BUILD) --parallel $(JOBS) --target torch-tidy
	examples/demo/run $(BUILD)

bench: ## measure the runtime library
	cmake --preset release
	cmake --build build/release --parallel $(JOBS)
	ctest --preset release -L bench

bench-lint: ## measure torch-tidy against run-clang-tidy; writes docs/performance.md and its plot (about 30 minutes)
	cmake --preset release -DTORCHTIDY_BUILD_TESTS=OFF
	cmake --build build/release --parallel $(JOBS) --target torch-tidy TorchTidyPlugin
	llvm=$$(sed -n 's/^Clang_DIR:.*llvm-\([0-9]*\).*/\1/p' build/release/CMakeCache.txt); \
	bench/lint/bench_lint.py --torch-tidy build/release/driver/torch-tidy --llvm $$llvm \
	  --plugin build/release/clang-tidy-plugin/TorchTidyPlugin.so --scratch build/release/bench-lint \
	  --json build/release/bench-lint.json --report docs/performance.md --svg docs/performance.svg

docs: ## write docs/rules from rules/
	tools/generate-rules.py --docs

cuda-test: ## the runtime's tests on a CUDA device, against the LibTorch of PRESET
	cmake --preset $(PRESET) -DTORCHTIDY_BUILD_CHECKS=OFF -B build/cuda-$(PRESET)
	cmake --build build/cuda-$(PRESET) --parallel $(JOBS)
	cd build/cuda-$(PRESET) && TORCHTIDY_REQUIRE_CUDA=1 ctest --output-on-failure

install: ## build optimised and install under PREFIX
	cmake --preset release --fresh -DTORCHTIDY_BUILD_TESTS=OFF
	cmake --build build/release --parallel $(JOBS)
	cmake --install build/release --prefix $(PREFIX)

new-rule: ## write the stubs of a rule: make new-rule NAME=torch-x
	@test -n "$(NAME)" || { echo 'new-rule: say its name: make new-rule NAME=torch-x' >&2; exit 2; }
	tools/new-rule $(NAME)
