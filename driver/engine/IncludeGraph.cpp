#include "engine/IncludeGraph.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include <map>

using namespace llvm;

namespace torchtidy {

IncludeGraph::IncludeGraph(const clang::HeaderSearchOptions &Options, StringRef Directory) {
  for (const auto &Entry : Options.UserEntries) {
    Dirs.push_back(absoluteIn(Directory, Entry.Path));
  }
}

std::string IncludeGraph::resolve(StringRef Name, bool Angled, StringRef Includer) {
  SmallString<256> Path;
  if (!Angled) {
    Path = sys::path::parent_path(Includer);
    sys::path::append(Path, Name);
    // One name for one file: headers that include each other by "../detail/…" would get ever
    // longer ones.
    sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    if (sys::fs::exists(Path))
      return std::string(Path);
  }
  auto [It, New] = Searched.try_emplace(Name);
  if (!New)
    return It->second;
  for (StringRef Dir : Dirs) {
    Path = Dir;
    sys::path::append(Path, Name);
    sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    if (sys::fs::exists(Path))
      return It->second = std::string(Path);
  }
  return "";
}

// "  # include <name>" → name; empty for any other line.
static StringRef includedName(StringRef Line, bool &Angled) {
  Line = Line.ltrim();
  if (!Line.consume_front("#"))
    return "";
  Line = Line.ltrim();
  if (!Line.consume_front("include"))
    return "";
  Line = Line.ltrim();
  Angled = Line.starts_with("<");
  if (!Angled && !Line.starts_with("\""))
    return "";
  size_t End = Line.find(Angled ? '>' : '"', 1);
  return End == StringRef::npos ? "" : Line.slice(1, End);
}

const IncludeGraph::File &IncludeGraph::load(StringRef Path) {
  auto [It, New] = Files.try_emplace(Path);
  if (!New)
    return It->second;
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return It->second;
  File Loaded;
  Loaded.Size = (*Buffer)->getBufferSize();
  StringRef Rest = (*Buffer)->getBuffer();
  while (!Rest.empty()) {
    StringRef Line;
    std::tie(Line, Rest) = Rest.split('\n');
    bool Angled = false;
    StringRef Name = includedName(Line, Angled);
    if (Name.empty())
      continue;
    if (std::string Resolved = resolve(Name, Angled, Path); !Resolved.empty())
      Loaded.Includes.push_back(std::move(Resolved));
  }
  return Files[Path] = std::move(Loaded);
}

template <typename Fn> bool IncludeGraph::visit(StringRef Header, Fn Stop) {
  StringSet<> Seen;
  std::vector<std::string> Work{Header.str()};
  Seen.insert(Header);
  while (!Work.empty()) {
    std::string Path = std::move(Work.back());
    Work.pop_back();
    const File &F = load(Path);
    if (Stop(Path, F))
      return true;
    for (const std::string &Include : F.Includes)
      if (Seen.insert(Include).second)
        Work.push_back(Include);
  }
  return false;
}

bool IncludeGraph::isAtLeast(StringRef Header, uint64_t Bytes) {
  auto [It, New] = Answers.try_emplace((Header + "|" + Twine(Bytes)).str(), false);
  if (!New)
    return It->second;
  uint64_t Sum = 0;
  bool Answer = visit(Header, [&](StringRef, const File &F) { return (Sum += F.Size) >= Bytes; });
  return It->second = Answer;
}

std::vector<std::string> IncludeGraph::worthSharing(std::vector<std::string> Headers,
                                                    uint64_t Bytes) {
  std::map<std::string, std::pair<uint64_t, StringSet<>>> Closures;
  for (const std::string &Header : Headers) {
    auto &[Size, Members] = Closures[Header];
    if (Members.empty())
      visit(Header, [&, Sum = &Size, Set = &Members](StringRef Path, const File &F) {
        *Sum += F.Size;
        Set->insert(Path);
        return false;
      });
  }
  llvm::sort(Headers, [&](const std::string &A, const std::string &B) {
    uint64_t SizeA = Closures[A].first, SizeB = Closures[B].first;
    return SizeA != SizeB ? SizeA > SizeB : A < B;
  });
  std::vector<std::string> Result;
  StringSet<> Covered;
  for (const std::string &Header : Headers) {
    uint64_t Added = 0;
    for (const auto &Member : Closures[Header].second)
      if (!Covered.contains(Member.getKey()))
        Added += Files[Member.getKey()].Size;
    if (Added < Bytes)
      continue;
    Result.push_back(Header);
    for (const auto &Member : Closures[Header].second)
      Covered.insert(Member.getKey());
  }
  return Result;
}

IncludeGraph &IncludeGraphs::graphFor(const clang::HeaderSearchOptions &Options,
                                      StringRef Directory) {
  std::string Key;
  for (const auto &Entry : Options.UserEntries)
    Key += absoluteIn(Directory, Entry.Path) + "\n";
  std::unique_ptr<IncludeGraph> &Graph = Graphs[Key];
  if (!Graph)
    Graph = std::make_unique<IncludeGraph>(Options, Directory);
  return *Graph;
}

} // namespace torchtidy
