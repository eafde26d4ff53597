#include <torchtidy/containers.h>

#include "near_names.h"

namespace torchtidy {
namespace detail {

void check_element(const std::shared_ptr<Module>& module, const char* container, const std::string& where) {
  TORCH_CHECK(
      module != nullptr,
      container,
      ": element '",
      where,
      "' would be null; for a layer that does nothing use torch::nn::Identity");
}

void check_key(const std::string& key) {
  TORCH_CHECK(
      !key.empty() && key.find('.') == std::string::npos,
      "ModuleMap: '",
      key,
      "' cannot be a key: it must be neither empty nor hold a dot (keys of state dicts are joined by dots)");
}

void no_such_key(const std::string& key, const std::vector<std::string>& keys) {
  TORCH_CHECK_INDEX(!keys.empty(), "ModuleMap: there is no '", key, "', it is empty; insert() adds elements");
  TORCH_CHECK_INDEX(
      false, "ModuleMap: there is no '", key, "', ", near_names(key, keys, 5), "; insert() adds elements");
}

void check_fresh(const Module& target, const Module& source, const char* container) {
  TORCH_CHECK(
      &target != &source,
      "clone(): the copy shares its ",
      container,
      " with the original, which reset() has just filled again. In reset() start from a fresh one: layers = "
      "register_module(\"layers\", torchtidy::",
      container,
      "<…>())");
}

} // namespace detail
} // namespace torchtidy
