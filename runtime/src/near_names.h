#pragma once

// Not installed.

#include <string>
#include <vector>

namespace torchtidy {
namespace detail {

/// Levenshtein distance.
size_t edit_distance(const std::string& a, const std::string& b);

/// "near names: 'a', 'b'": the `count` names nearest to `wanted`; if they are few all, called `all`.
std::string near_names(
    const std::string& wanted,
    std::vector<std::string> names,
    size_t count,
    const std::string& all = "its modules");

} // namespace detail
} // namespace torchtidy
