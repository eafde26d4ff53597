#pragma once

/// \file
/// \internal What `InferenceScope` and `update_bn` put back at their end.

#include <torchtidy/module_ref.h>

#include <memory>
#include <utility>
#include <vector>

namespace torchtidy {
namespace detail {

/// Gives every module of a tree back, at its end, the mode that it had at the beginning; by itself it changes
/// none. Keeps the modules below the root alive; the root must outlive it.
class KeptModes {
 public:
  /// \throws c10::Error if a child is null: LibTorch's `train` and `eval` would call it.
  explicit KeptModes(torch::nn::Module& model);
  KeptModes(const KeptModes&) = delete;
  KeptModes& operator=(const KeptModes&) = delete;
  ~KeptModes();

  /// The tree's modules, each once, the root first.
  template <typename Visitor>
  void visit(Visitor&& visitor) const {
    for (const auto& entry : modes_) {
      visitor(*entry.first);
    }
  }

 private:
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> modes_;
};

} // namespace detail
} // namespace torchtidy
