// How much text an external header brings in, found by reading #include lines without
// preprocessing. An estimate: it only decides what is worth sharing, never what a file means.
#ifndef TORCHTIDY_DRIVER_ENGINE_INCLUDEGRAPH_H
#define TORCHTIDY_DRIVER_ENGINE_INCLUDEGRAPH_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <memory>
#include <string>
#include <vector>

namespace clang {
class HeaderSearchOptions;
} // namespace clang

namespace torchtidy {

class IncludeGraph {
public:
  IncludeGraph(const clang::HeaderSearchOptions &Options, llvm::StringRef Directory);

  // Whether Header and what it includes come to at least Bytes.
  bool isAtLeast(llvm::StringRef Header, uint64_t Bytes);

  // Those of Headers that are worth sharing together: the largest, and every other that adds at
  // least Bytes to what the ones before it bring in. In that order, whatever the order given.
  std::vector<std::string> worthSharing(std::vector<std::string> Headers, uint64_t Bytes);

private:
  struct File {
    uint64_t Size = 0;
    std::vector<std::string> Includes; // resolved
  };
  const File &load(llvm::StringRef Path);
  std::string resolve(llvm::StringRef Name, bool Angled, llvm::StringRef Includer);
  // Visits Header's closure until Stop says so.
  template <typename Fn> bool visit(llvm::StringRef Header, Fn Stop);

  std::vector<std::string> Dirs;
  llvm::StringMap<File> Files;
  llvm::StringMap<bool> Answers;         // of isAtLeast
  llvm::StringMap<std::string> Searched; // of looking a name up in Dirs
};

// Keeps a graph for each search path, since the units of a project mostly have the same.
class IncludeGraphs {
public:
  IncludeGraph &graphFor(const clang::HeaderSearchOptions &Options, llvm::StringRef Directory);

private:
  llvm::StringMap<std::unique_ptr<IncludeGraph>> Graphs;
};

} // namespace torchtidy

#endif
