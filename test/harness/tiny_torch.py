"""Scratch projects that include a LibTorch of a few lines, so that no case parses the real one."""
import os

from project import DatabaseProject

TORCH = """#pragma once
#include <memory>
#include <string>
namespace at { struct Tensor {}; }
namespace torch { using at::Tensor; namespace nn {
struct Module {
  template <typename T> std::shared_ptr<T> register_module(std::string name, std::shared_ptr<T> module) { return module; }
  template <typename T> T register_module(std::string name, T module) { return module; }
  virtual ~Module() = default;
};
template <typename T> struct ModuleHolder {
  ModuleHolder() = default;
  ModuleHolder(std::nullptr_t) {}
  template <typename A, typename... R> explicit ModuleHolder(A &&a, R &&...r) {}
  T *operator->() const { return nullptr; }
};
struct LinearImpl : Module { LinearImpl(int in, int out); Tensor forward(Tensor x); };
struct Linear : ModuleHolder<LinearImpl> { using ModuleHolder<LinearImpl>::ModuleHolder; };
} }
"""


class TinyTorchProject(DatabaseProject):
    def __init__(self, root, tools):
        super().__init__(root, tools)
        self.flags = ["-std=c++17", "-isystem", os.path.join(self.root, "ext")]
        os.makedirs(os.path.join(self.root, "ext", "torch"))
        with open(os.path.join(self.root, "ext", "torch", "torch.h"), "w") as header:
            header.write(TORCH)
