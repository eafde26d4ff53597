#pragma once

// Not installed: keys with "*" for any text.

#include <string>
#include <vector>

namespace torchtidy {
namespace detail {

/// Whether `key` is `pattern`, where each "*" stands for any text (the shortest that fits). `texts` receives
/// what each stood for.
inline bool matches(
    const std::string& pattern, const std::string& key, std::vector<std::string>* texts = nullptr) {
  // Where each "*" began in the key, and the last one to try longer.
  std::vector<std::pair<size_t, size_t>> stars; // begin, end
  size_t p = 0, k = 0, retry = std::string::npos;
  while (k < key.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      stars.emplace_back(k, k);
      retry = ++p;
    } else if (p < pattern.size() && k < key.size() && pattern[p] == key[k]) {
      ++p;
      ++k;
    } else if (retry != std::string::npos && stars.back().second < key.size()) {
      k = ++stars.back().second;
      p = retry;
    } else {
      return false;
    }
  }
  if (texts != nullptr) {
    texts->clear();
    for (const auto& star : stars) {
      texts->push_back(key.substr(star.first, star.second - star.first));
    }
  }
  return true;
}

/// `pattern` with its "*" replaced by `texts`, in turn.
inline std::string filled(const std::string& pattern, const std::vector<std::string>& texts) {
  std::string result;
  size_t next = 0;
  for (const char c : pattern) {
    if (c == '*' && next < texts.size()) {
      result += texts[next++];
    } else {
      result += c;
    }
  }
  return result;
}

} // namespace detail
} // namespace torchtidy
