#pragma once

/// \file
/// State dicts as in Python: `state_dict`, `load_state_dict` that tells what it did and changes nothing when
/// it fails, and `reset_missing` for what a checkpoint lacked. Files: state_files.h.
///
/// \code
/// auto weights = torchtidy::read_state_dict("resnet.safetensors");        // <torchtidy/state_files.h>
/// auto report = torchtidy::load_state_dict(model, weights, torchtidy::LoadOptions().strict(false));
/// std::cout << report << '\n';
/// torchtidy::reset_missing(model, report);
/// \endcode
///
/// Not safe while another thread uses the module.

#include <torchtidy/module_ref.h>

#include <torch/nn/module.h>
#include <torch/ordered_dict.h>

#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace torchtidy {

/// Names to tensors, in order.
using StateDict = torch::OrderedDict<std::string, torch::Tensor>;

/// The parameters and buffers of a module by dotted name, `prefix` before each. The tensors are detached and
/// share memory with the module (`clone()` them to keep a snapshot). Order and keys are Python's: of each
/// module its parameters, its buffers (but those that are not persistent, buffers.h), then its children.
/// Mirrors `Module.state_dict`.
[[nodiscard]] StateDict state_dict(ConstModuleRef module, const std::string& prefix = "");

/// How a state dict is loaded.
struct LoadOptions {
  /// Whether anything missing, unexpected or mismatched is an error (default: yes). Else the report has it.
  LoadOptions& strict(bool value) {
    strict_ = value;
    return *this;
  }
  /// Takes the tensors themselves (their dtype, device and memory) instead of copying their values: loads a
  /// mapped file without reading it. Parameters stay the same objects, so optimisers keep them.
  LoadOptions& assign(bool value) {
    assign_ = value;
    return *this;
  }
  /// Looks only at entries whose key begins with this, which is taken off: "module." for a state dict of
  /// DistributedDataParallel, "backbone." for a part of a larger model.
  LoadOptions& prefix(std::string value) {
    prefix_ = std::move(value);
    return *this;
  }
  /// Gives an entry another key, after the prefix is taken off; "" leaves it out. What was renamed is in the
  /// report.
  LoadOptions& rename(std::function<std::string(const std::string& key)> value) {
    rename_ = std::move(value);
    return *this;
  }

  /// An old key and what it has become. Each "*" stands for any text, which the "*" of the new key take over
  /// in turn: `rename("features.*", "backbone.*")`. Several are applied in the order given, after the
  /// function above; an empty new key leaves the entry out.
  LoadOptions& rename(std::string old_key, std::string new_key) {
    renames_.emplace_back(std::move(old_key), std::move(new_key));
    return *this;
  }
  /// A function that changes the entries, by now under the module's keys, before they are looked at: splits,
  /// merges, transposes. It inserts and erases; the tensors are the caller's and may not be written to.
  /// `name` stands in the report.
  LoadOptions& migrate(std::string name, std::function<void(StateDict& entries)> function) {
    migrations_.emplace_back(std::move(name), std::move(function));
    return *this;
  }

  bool strict_ = true;
  bool assign_ = false;
  std::string prefix_;
  std::function<std::string(const std::string&)> rename_;
  std::vector<std::pair<std::string, std::string>> renames_;
  std::vector<std::pair<std::string, std::function<void(StateDict&)>>> migrations_;
};

/// A module class that knows what its older state dicts look like derives from this as well. Mirrors
/// `Module._register_load_state_dict_pre_hook`.
class MigratesState {
 public:
  virtual ~MigratesState() = default;
  /// Changes the entries before they are looked at; those of this module begin with `prefix`, "" or
  /// "layers.0.". As the functions of `LoadOptions::migrate`, before which it runs.
  virtual void migrate_state(StateDict& entries, const std::string& prefix) = 0;
};

/// What `load_state_dict` did, or would have done.
struct LoadReport {
  /// An entry that does not fit the tensor of this name.
  struct Mismatch {
    std::string key;
    /// Such as "shape [8, 4] in the state dict, [8, 5] in the module".
    std::string reason;
  };

  /// Keys of the module whose tensors have the values of the state dict now.
  std::vector<std::string> loaded;
  /// Keys of the module that the state dict lacks.
  std::vector<std::string> missing;
  /// Keys of the state dict that the module lacks.
  std::vector<std::string> unexpected;
  /// Keys that both have, but that could not be loaded.
  std::vector<Mismatch> mismatched;

  /// What was done to an entry's key: by `rename`, for the older keys of `weight_norm`; "" left it out.
  struct Renamed {
    std::string from;
    std::string to;
  };
  std::vector<Renamed> renamed;
  /// Patterns of `rename` that no entry had.
  std::vector<std::string> unused_renames;
  /// What a migration changed.
  struct Migrated {
    /// The name given to `migrate`; the module's for a `MigratesState`.
    std::string name;
    std::vector<std::string> removed;
    std::vector<std::string> added;
  };
  std::vector<Migrated> migrated;

  /// Whether every key was loaded and none was left over.
  bool complete() const {
    return missing.empty() && unexpected.empty() && mismatched.empty();
  }
  /// A line a group, keys in full.
  std::string to_string() const;
};
std::ostream& operator<<(std::ostream& stream, const LoadReport& report);

/// Copies the tensors of `dict` into the parameters and buffers of the same names, on their device and in
/// their dtype. Everything is checked before anything is changed.
///
/// Mirrors `Module.load_state_dict`, with these differences: a wrong shape with `strict(false)` is reported,
/// not thrown; a key that is missing because its tensor is tied to one that is there counts as loaded. As in
/// Python, a norm keeps its own `num_batches_tracked` where the state dict has none.
/// \throws c10::Error with the whole report if `strict` and the report is not complete, or if two entries
/// get one key; the module is unchanged then.
[[nodiscard]] LoadReport load_state_dict(
    ModuleRef module, const StateDict& dict, const LoadOptions& options = {});

/// Initialises anew what `report` says was not loaded (missing or mismatched), with `reset_parameters` of the
/// modules concerned (init.h); what was loaded keeps its values.
/// \returns the keys that were initialised.
/// \throws c10::Error, before anything is changed, if a module concerned has no known `reset_parameters`;
/// given `unknown`, it receives the keys of such modules, which are left alone.
std::vector<std::string> reset_missing(
    ModuleRef module, const LoadReport& report, std::vector<std::string>* unknown = nullptr);

} // namespace torchtidy
