#pragma once

// Not installed: reaches the two private members of LibTorch that hooks need, by the one way that the
// language allows (an explicit instantiation may name private members).

#include <torchtidy/compat.h>

#include <torch/nn/module.h>
#include <torch/nn/modules/container/any.h>

#include <memory>
#include <string>

namespace torchtidy {
namespace detail {

template <typename Tag, typename Tag::type Member>
struct Expose {
  friend typename Tag::type expose(Tag /*tag*/) {
    return Member;
  }
};

struct ModuleName {
  using type = Optional<std::string> torch::nn::Module::*;
  friend type expose(ModuleName tag);
};
template struct Expose<ModuleName, &torch::nn::Module::name_>;

struct AnyModuleContent {
  using type = std::unique_ptr<torch::nn::AnyModulePlaceholder> torch::nn::AnyModule::*;
  friend type expose(AnyModuleContent tag);
};
template struct Expose<AnyModuleContent, &torch::nn::AnyModule::content_>;

} // namespace detail
} // namespace torchtidy
