#pragma once

// Not installed: what stands in a module for a tensor that is parametrized.

#include <torchtidy/hooks.h>
#include <torchtidy/parametrize.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace torchtidy {
namespace detail {

/// The child "parametrizations.<name>": the originals, and as children "0", "1", … what computes the value.
class ParametrizationList : public torch::nn::Module {
 public:
  /// For `original`, a parameter or buffer. \throws c10::Error if `right_inverse` gives what cannot be used.
  ParametrizationList(
      std::string name,
      std::shared_ptr<Module> first,
      parametrize::ParametrizationBase& base,
      const torch::Tensor& original,
      bool is_parameter);
  ~ParametrizationList() override;

  const std::string& tensor_name() const {
    return tensor_name_;
  }
  bool has_one_original() const {
    return originals_.size() == 1;
  }
  bool is_parameter() const {
    return is_parameter_;
  }
  const torch::Tensor& original() const {
    return originals_.front();
  }
  const std::vector<std::shared_ptr<Module>>& steps() const {
    return steps_;
  }
  void append(std::shared_ptr<Module> step, parametrize::ParametrizationBase& base);
  torch::Tensor compute() const;
  void assign(const torch::Tensor& value);

  std::shared_ptr<Module> clone(const Optional<torch::Device>& device = {}) const override;
  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::ParametrizationList";
  }

  /// How the module's member is found; null: among those of the built-in layers.
  parametrize::MemberOf member;
  /// The module whose hook computes from this list, null if there is none.
  std::atomic<const Module*> owner{nullptr};
  /// Whether it had one that died, and may be in a module that has no hook for it.
  std::atomic<bool> orphan{false};

 private:
  ParametrizationList(std::string name, bool is_parameter);
  std::vector<torch::Tensor> inverse(torch::Tensor value) const;
  void add_original(const std::string& key, const torch::Tensor& tensor);

  std::string tensor_name_;
  bool is_parameter_;
  std::vector<torch::Tensor> originals_;
  std::vector<std::shared_ptr<Module>> steps_;
  std::vector<parametrize::ParametrizationBase*> bases_; // of steps_
};

/// The list for `name`, null if it is not parametrized.
std::shared_ptr<ParametrizationList> find_parametrizations(
    const torch::nn::Module& module, const std::string& name);
/// All of a module.
std::vector<std::shared_ptr<ParametrizationList>> all_parametrizations(const torch::nn::Module& module);

/// The value now of a tensor of the module itself, parametrized or not.
torch::Tensor present_value(const torch::nn::Module& module, const std::string& name);

/// The keys that state dicts of Python's older `weight_norm` have, and what they are here.
void add_old_weight_norm_keys(const torch::nn::Module& root, std::map<std::string, std::string>& renames);

/// The member called `name` of a built-in layer, null for what has none.
torch::Tensor* builtin_member(torch::nn::Module& module, const std::string& name);

/// Makes a forward-pre hook of `module` compute what `list` is for; whether there was none.
bool attach_parametrization(torch::nn::Module& module, ParametrizationList& list);
/// Removes that hook.
void detach_parametrization(torch::nn::Module& module, ParametrizationList& list);
/// Computes the value and puts it into the module's member.
void set_parametrized(torch::nn::Module& module, ParametrizationList& list);

} // namespace detail
} // namespace torchtidy
