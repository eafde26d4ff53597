#include "options/Selection.h"
#include "RuleTable.h"
#include "support/Messages.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"

using namespace llvm;

namespace torchtidy {
namespace {

constexpr StringLiteral Groups[] = {"all", "bug", "convention", "advice"};

bool isOfGroup(const RuleInfo &R, StringRef Group) {
  return Group == "all" || toString(R.Group) == Group;
}

// The rules that Name means: a group, a rule with or without its prefix, or a glob.
std::vector<StringRef> rulesNamed(StringRef Name) {
  std::vector<StringRef> Result;
  if (const RuleInfo *R = findRule(Name))
    return {R->Name};
  auto Glob = GlobPattern::create(Name);
  if (!Glob)
    consumeError(Glob.takeError());
  for (const RuleInfo &R : allRules())
    if (is_contained(Groups, Name) ? isOfGroup(R, Name)
                                   : Glob && (Glob->match(R.Name) || Glob->match(R.Slug)))
      Result.push_back(R.Name);
  return Result;
}

Error appendRules(StringRef Option, ArrayRef<std::string> Lists, StringRef Sign,
                  std::vector<std::string> &Globs) {
  for (const std::string &Name : splitNames(Lists)) {
    std::vector<StringRef> Rules = rulesNamed(Name);
    if (Rules.empty())
      return failure(Option + ": there is no rule or group '" + Name + "'. Next: did you mean '" +
                     nearestRule(Name) +
                     "'? Groups: " + join(Groups, Groups + std::size(Groups), ", ") +
                     "; 'torch-tidy rule' lists the rules");
    for (StringRef Rule : Rules)
      Globs.push_back((Sign + Rule).str());
  }
  return Error::success();
}

} // namespace

StringRef nearestRule(StringRef Name) {
  StringRef Best;
  unsigned BestDistance = ~0u;
  for (const RuleInfo &R : allRules())
    for (StringRef Candidate : {R.Name, R.Slug})
      if (unsigned Distance = Name.edit_distance(Candidate); Distance < BestDistance) {
        BestDistance = Distance;
        Best = R.Name;
      }
  return Best;
}

std::vector<std::string> splitNames(ArrayRef<std::string> Lists) {
  std::vector<std::string> Result;
  for (StringRef List : Lists) {
    SmallVector<StringRef> Names;
    List.split(Names, ',', -1, /*KeepEmpty=*/false);
    for (StringRef Name : Names)
      if (!Name.trim().empty())
        Result.push_back(Name.trim().str());
  }
  return Result;
}

Expected<std::optional<std::string>> selectChecks(ArrayRef<std::string> Select,
                                                  const std::optional<std::string> &Checks,
                                                  ArrayRef<std::string> Ignore) {
  std::vector<std::string> Globs;
  if (!Select.empty())
    Globs.push_back("-*");
  if (Error E = appendRules("--select", Select, "", Globs))
    return std::move(E);
  if (Checks)
    Globs.push_back(*Checks);
  if (Error E = appendRules("--ignore", Ignore, "-", Globs))
    return std::move(E);
  if (Globs.empty())
    return std::nullopt;
  return join(Globs, ",");
}

} // namespace torchtidy
