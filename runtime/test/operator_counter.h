#pragma once

// Which operators run, by way of LibTorch's profiling hooks.

#include <ATen/record_function.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

/// Counts operators by name while it lives, on all threads.
class OperatorCounter {
 public:
  OperatorCounter() {
    current = this;
    handle_ = at::addGlobalCallback(
        at::RecordFunctionCallback(&OperatorCounter::start)
            .scopes({at::RecordScope::FUNCTION})
            .needsInputs(true));
  }
  ~OperatorCounter() {
    at::removeCallback(handle_);
    current = nullptr;
  }
  size_t operator[](const std::string& name) {
    std::lock_guard<std::mutex> lock(mutex_);
    return counts_[name];
  }

 private:
  static std::unique_ptr<at::ObserverContext> start(const at::RecordFunction& function) {
    std::lock_guard<std::mutex> lock(current->mutex_);
    ++current->counts_[function.name()];
    const auto inputs = function.inputs();
    if (std::string(function.name()) == "aten::copy_" && inputs[0].toTensor().is_cpu() &&
        !inputs[1].toTensor().is_cpu()) {
      ++current->counts_["copies to the host"];
    }
    return nullptr;
  }
  static inline OperatorCounter* current = nullptr;
  std::mutex mutex_;
  std::map<std::string, size_t> counts_;
  at::CallbackHandle handle_;
};
