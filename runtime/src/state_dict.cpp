#include <torchtidy/state_dict.h>

#include "layer_types.h"
#include "key_patterns.h"
#include "near_names.h"
#include "parametrization_list.h"
#include "tensor_copy.h"
#include "tree.h"

#include <torchtidy/buffers.h>
#include <torchtidy/init.h>

#include <torch/torch.h>

#include <algorithm>
#include <ostream>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

namespace torchtidy {
namespace {

using torch::Tensor;
using torch::nn::Module;

/// A parameter or buffer of the module that is loaded.
struct Target {
  std::string key;
  Tensor tensor;
  /// Whether a state dict may lack it.
  bool optional;
};

using Step = detail::CopyStep;
constexpr detail::CopySides sides{"the module", "the state dict", " (assign(true) takes the tensor itself)"};

/// Those of state dicts: visit(key, tensor, module that owns it, name there)
template <typename Visitor>
void visit_tensors(const Module& module, const std::string& prefix, Visitor&& visit) {
  detail::visit_modules(module, prefix, [&](const std::string& place, const Module& owner) {
    detail::visit_own_tensors(owner, [&](const std::string& name, const Tensor& tensor, bool is_parameter) {
      if (is_parameter || is_persistent(tensor)) {
        visit(place + name, tensor, owner, name);
      }
    });
  });
}

template <typename... Impls>
bool is_one_of(detail::Types<Impls...> /*types*/, const Module& module) {
  return ((dynamic_cast<const Impls*>(&module) != nullptr) || ...);
}

/// State dicts from before PyTorch 0.4.1 lack the count, and Python keeps the module's own.
bool is_late_buffer(const Module& owner, const std::string& name) {
  return name == "num_batches_tracked" && is_one_of(detail::Norms(), owner);
}

std::vector<Target> targets_of(const Module& module) {
  std::vector<Target> targets;
  visit_tensors(
      module,
      "",
      [&](const std::string& key, const Tensor& tensor, const Module& owner, const std::string& name) {
        targets.push_back({key, tensor, is_late_buffer(owner, name)});
      });
  return targets;
}

/// Finds the module's own keys for those of a state dict, and reports what it did.
class Keys {
 public:
  Keys(const Module& module, const LoadOptions& options, LoadReport& report)
      : options_(options), report_(report), used_(options.renames_.size()) {
    detail::add_old_weight_norm_keys(module, old_keys_);
  }

  /// "" for an entry that is left out.
  std::string key_for(const std::string& given) {
    std::string key = options_.rename_ ? options_.rename_(given) : given;
    for (size_t i = 0; i < options_.renames_.size() && !key.empty(); ++i) {
      std::vector<std::string> texts;
      if (detail::matches(options_.renames_[i].first, key, &texts)) {
        key = detail::filled(options_.renames_[i].second, texts);
        used_[i] = true;
      }
    }
    const auto old = old_keys_.find(key);
    if (old != old_keys_.end()) {
      key = old->second;
    }
    if (key != given) {
      report_.renamed.push_back({given, key});
    }
    return key;
  }

  void report_unused() {
    for (size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) {
        report_.unused_renames.push_back(options_.renames_[i].first);
      }
    }
  }

 private:
  const LoadOptions& options_;
  LoadReport& report_;
  std::vector<bool> used_;
  std::map<std::string, std::string> old_keys_;
};

/// Runs a migration, and reports by which keys the entries differ.
template <typename Migration>
void run_migration(const std::string& name, StateDict& entries, LoadReport& report, Migration&& migration) {
  const StateDict before = entries;
  migration(entries);
  LoadReport::Migrated done{name, {}, {}};
  for (const auto& item : before) {
    const Tensor* now = entries.find(item.key());
    if (now == nullptr || !now->is_same(item.value())) {
      done.removed.push_back(item.key());
    }
  }
  for (const auto& item : entries) {
    const Tensor* was = before.find(item.key());
    if (was == nullptr || !was->is_same(item.value())) {
      done.added.push_back(item.key());
    }
  }
  if (!done.removed.empty() || !done.added.empty()) {
    report.migrated.push_back(std::move(done));
  }
}

void migrate(StateDict& entries, Module& module, const LoadOptions& options, LoadReport& report) {
  detail::visit_modules(module, "", [&](const std::string& prefix, Module& owner) {
    if (auto* migrates = dynamic_cast<MigratesState*>(&owner)) {
      run_migration(detail::module_name(prefix), entries, report, [&](StateDict& dict) {
        migrates->migrate_state(dict, prefix);
      });
    }
  });
  for (const auto& migration : options.migrations_) {
    run_migration(migration.first, entries, report, migration.second);
  }
}

/// The entries that concern the module, by its own keys.
StateDict select(const StateDict& dict, Module& module, const LoadOptions& options, LoadReport& report) {
  StateDict chosen;
  Keys keys(module, options, report);
  std::unordered_map<std::string, std::string> origin;
  for (const auto& item : dict) {
    const std::string& prefix = options.prefix_;
    if (item.key().compare(0, prefix.size(), prefix) != 0) {
      continue;
    }
    const std::string key = keys.key_for(item.key().substr(prefix.size()));
    if (key.empty()) {
      continue;
    }
    const auto first = origin.emplace(key, item.key());
    TORCH_CHECK(
        first.second,
        "load_state_dict: the entries '",
        first.first->second,
        "' and '",
        item.key(),
        "' are both renamed to '",
        key,
        "'");
    chosen.insert(key, item.value());
  }
  keys.report_unused();
  migrate(chosen, module, options, report);
  return chosen;
}

/// Why `source` cannot go into `target`; empty if it can.
std::string misfit(const Tensor& target, const Tensor& source, bool assign) {
  if (!assign) {
    return detail::copy_refusal(target, source, sides);
  }
  std::string reason = detail::take_refusal(target, source, sides);
  if (!reason.empty()) {
    return reason;
  }
  if (source.is_complex() && !target.is_complex()) {
    return "complex in the state dict, real in the module";
  }
  if (source.is_meta() != target.is_meta()) {
    return "on the meta device on one side only";
  }
  return "";
}

void list_keys(std::ostringstream& text, const char* title, const std::vector<std::string>& keys) {
  if (!keys.empty()) {
    text << "\n  " << title << ": '" << c10::Join("', '", keys) << "'";
  }
}

/// "all keys begin with 'module.'…" if taking that off would help.
std::string prefix_hint(const LoadReport& report, const std::vector<Target>& targets) {
  if (report.unexpected.empty() || report.missing.empty()) {
    return "";
  }
  const std::string prefix = report.unexpected[0].substr(0, report.unexpected[0].find('.') + 1);
  std::unordered_set<std::string> missing;
  for (const auto& target : targets) {
    missing.insert(target.key);
  }
  for (const auto& key : report.loaded) {
    missing.erase(key);
  }
  const bool helps = !prefix.empty() &&
      std::all_of(report.unexpected.begin(), report.unexpected.end(), [&](const std::string& key) {
        return key.compare(0, prefix.size(), prefix) == 0 && missing.count(key.substr(prefix.size())) != 0;
      });
  if (!helps) {
    return "";
  }
  // prefix() leaves out the keys without it.
  const std::string use = report.loaded.empty() && report.mismatched.empty()
      ? "prefix(\"" + prefix + "\")"
      : "rename(\"" + prefix + "*\", \"*\")";
  return "\nAll unexpected keys fit without '" + prefix + "': use LoadOptions()." + use;
}

/// Where a prefix that no entry has may have been mistyped.
std::string other_prefix_hint(const StateDict& dict, const std::string& prefix) {
  const auto begins = [](const std::string& key, const std::string& with) {
    return key.compare(0, with.size(), with) == 0;
  };
  std::vector<std::string> prefixes;
  for (const auto& item : dict) {
    if (begins(item.key(), prefix)) {
      return "";
    }
    // Up to each dot.
    for (size_t dot = item.key().find('.'); dot != std::string::npos; dot = item.key().find('.', dot + 1)) {
      prefixes.push_back(item.key().substr(0, dot + 1));
    }
  }
  std::sort(prefixes.begin(), prefixes.end());
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
  return "\nNo entry begins with '" + prefix + "'; " +
      (prefixes.empty() ? "no key has a prefix" : detail::near_names(prefix, prefixes, 5, "prefixes"));
}

/// Sorts the keys into the report, and what fits into steps.
std::vector<Step> plan(
    const std::vector<Target>& targets, const StateDict& chosen, bool assign, LoadReport& report) {
  std::vector<Step> steps;
  std::unordered_set<std::string> known;
  std::unordered_set<const torch::TensorImpl*> given;
  for (const auto& target : targets) {
    known.insert(target.key);
    const Tensor* source = chosen.find(target.key);
    if (source == nullptr) {
      continue;
    }
    const std::string reason = misfit(target.tensor, *source, assign);
    if (!reason.empty()) {
      report.mismatched.push_back({target.key, reason});
      continue;
    }
    given.insert(target.tensor.unsafeGetTensorImpl());
    steps.push_back({target.tensor, *source});
  }
  std::unordered_set<std::string> mismatched;
  for (const auto& mismatch : report.mismatched) {
    mismatched.insert(mismatch.key);
  }
  for (const auto& target : targets) {
    if (given.count(target.tensor.unsafeGetTensorImpl()) != 0) {
      if (mismatched.count(target.key) == 0) {
        report.loaded.push_back(target.key);
      }
    } else if (!chosen.contains(target.key) && !target.optional) {
      report.missing.push_back(target.key);
    }
  }
  for (const auto& item : chosen) {
    if (known.count(item.key()) == 0) {
      report.unexpected.push_back(item.key());
    }
  }
  return steps;
}

} // namespace

StateDict state_dict(ConstModuleRef module, const std::string& prefix) {
  StateDict dict;
  visit_tensors(
      *module,
      prefix,
      [&](const std::string& key,
          const Tensor& tensor,
          const Module& /*owner*/,
          const std::string& /*name*/) { dict.insert(key, tensor.detach()); });
  return dict;
}

std::string LoadReport::to_string() const {
  std::ostringstream text;
  text << loaded.size() << " loaded, " << missing.size() << " missing, " << unexpected.size()
       << " unexpected, " << mismatched.size() << " mismatched";
  list_keys(text, "missing", missing);
  list_keys(text, "unexpected", unexpected);
  for (const auto& mismatch : mismatched) {
    text << "\n  mismatched: '" << mismatch.key << "': " << mismatch.reason;
  }
  for (const auto& item : renamed) {
    text << "\n  renamed: '" << item.from << "' to '" << item.to << "'";
  }
  for (const auto& item : migrated) {
    text << "\n  migrated by '" << item.name << "'";
    list_keys(text, "  removed", item.removed);
    list_keys(text, "  added", item.added);
  }
  list_keys(text, "no entry for the patterns", unused_renames);
  return text.str();
}

std::ostream& operator<<(std::ostream& stream, const LoadReport& report) {
  return stream << report.to_string();
}

LoadReport load_state_dict(ModuleRef module, const StateDict& dict, const LoadOptions& options) {
  LoadReport report;
  const auto targets = targets_of(*module);
  auto steps = plan(targets, select(dict, *module, options, report), options.assign_, report);
  TORCH_CHECK(
      !options.strict_ || report.complete(),
      "load_state_dict: the state dict does not fit ",
      module->name(),
      ", nothing was changed: ",
      report.to_string(),
      prefix_hint(report, targets),
      options.prefix_.empty() ? "" : other_prefix_hint(dict, options.prefix_));
  if (!report.complete() && report.loaded.empty() && !options.prefix_.empty()) {
    TORCH_WARN("load_state_dict loaded nothing.", other_prefix_hint(dict, options.prefix_));
  }

  torch::NoGradGuard no_grad;
  if (options.assign_) {
    for (const auto& step : steps) {
      step.target.set_data(step.source.detach());
    }
  } else {
    detail::separate(steps);
    for (const auto& step : steps) {
      step.target.copy_(step.source);
    }
  }
  return report;
}

namespace {

/// What `reset_missing` does to one module.
struct Reset {
  Module* module;
  std::vector<Step> kept;
};

/// What `module` itself needs; adds the keys that are wanted of it, none if it is not concerned.
Reset find_reset(
    Module& module,
    const std::string& prefix,
    const std::unordered_set<std::string>& wanted,
    std::vector<std::string>& keys) {
  Reset reset{&module, {}};
  // What children have is kept too: a reset may change it (MultiheadAttention's does).
  const auto tensors = detail::tensors_below(module);
  for (const auto* items : {&tensors.parameters, &tensors.buffers}) {
    for (const auto& item : *items) {
      const bool is_own = item.key().find('.') == std::string::npos;
      const std::string key = prefix + item.key();
      if (wanted.count(key) != 0) {
        if (is_own) {
          keys.push_back(key);
        }
      } else if (detail::copy_refusal(item.value(), item.value(), sides).empty()) {
        // What cannot be written cannot be changed by a reset either.
        reset.kept.push_back({item.value(), {}});
      }
    }
  }
  return reset;
}

} // namespace

std::vector<std::string> reset_missing(
    ModuleRef module, const LoadReport& report, std::vector<std::string>* unknown_keys) {
  std::unordered_set<std::string> wanted(report.missing.begin(), report.missing.end());
  for (const auto& mismatch : report.mismatched) {
    wanted.insert(mismatch.key);
  }
  std::vector<Reset> resets;
  std::vector<std::string> keys;
  std::string unknown;
  detail::check_children(*module); // as a whole first: the walks below begin at each module
  detail::visit_modules(*module, "", [&](const std::string& prefix, Module& owner) {
    const size_t before = keys.size();
    auto reset = find_reset(owner, prefix, wanted, keys);
    if (keys.size() == before) {
      return;
    }
    if (!detail::can_reset_own(owner)) {
      if (unknown_keys != nullptr) {
        unknown_keys->insert(unknown_keys->end(), keys.begin() + static_cast<ptrdiff_t>(before), keys.end());
        keys.resize(before);
        return;
      }
      unknown += "\n  '" + detail::module_name(prefix) + "' (" + owner.name() + ")";
    }
    resets.push_back(std::move(reset));
  });
  // Children before their parents, which may change what they did.
  std::reverse(resets.begin(), resets.end());
  TORCH_CHECK(
      unknown.empty(),
      "reset_missing: no known way to initialise these modules of ",
      module->name(),
      "; derive their classes from torchtidy::Resettable, or call torchtidy::enable_reset<Impl>() once:",
      unknown);

  torch::NoGradGuard no_grad;
  for (auto& reset : resets) {
    for (auto& step : reset.kept) {
      step.source = step.target.clone();
    }
    detail::reset_own(*reset.module);
    for (const auto& step : reset.kept) {
      step.target.copy_(step.source);
    }
  }
  return keys;
}

} // namespace torchtidy
