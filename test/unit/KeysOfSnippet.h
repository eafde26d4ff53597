// What the classes of snippets register, as the unit tests of summaries compare it.
#ifndef TORCHTIDY_TEST_UNIT_KEYSOFSNIPPET_H
#define TORCHTIDY_TEST_UNIT_KEYSOFSNIPPET_H

#include "ParseSnippet.h"
#include "model/facts/ProjectIndex.h"
#include "model/summaries/KeyList.h"
#include "model/summaries/Summarise.h"
#include <gtest/gtest.h>

namespace torchtidy::test {

inline UnitSummary summaryOf(llvm::StringRef Code) {
  auto Unit = parse(Code);
  ProjectIndex Index(Unit->getASTContext());
  UnitSummary Written = summarise(Unit->getASTContext(), Index), Read;
  // As it comes out of the cache.
  llvm::json::Path::Root Root;
  EXPECT_TRUE(fromJSON(toJSON(Written), Read, Root));
  return Read;
}

/// "fc.weight[2,3] fc.bias[2]?" of the class Net, built with \p Arguments, over snippets that stand
/// for a file each: ?: it may not be there, and "block.…{why}" where more is not known.
inline std::string keysOf(llvm::ArrayRef<llvm::StringRef> Codes,
                          llvm::ArrayRef<TreeValue> Arguments = {}) {
  ProjectSummaries All;
  for (llvm::StringRef Code : Codes)
    All.add(summaryOf(Code));
  auto Found = All.modulesNamed("Net");
  if (Found.size() != 1)
    return std::to_string(Found.size()) + " classes";
  std::string Text;
  for (const ListedKey &Key : listKeys(*buildModule(All, Found[0], Arguments).Node)) {
    Text += (Text.empty() ? "" : " ") + Key.Name;
    if (Key.Is == ListedKey::Open) {
      Text += "{" + Key.Why + "}";
    } else if (!Key.Of.Sizes) {
      Text += "[…]";
    } else {
      std::string Sizes;
      for (auto Size : *Key.Of.Sizes)
        Sizes += (Sizes.empty() ? "" : ",") + (Size ? std::to_string(*Size) : "…");
      Text += "[" + Sizes + "]";
    }
    Text += Key.When.empty() ? "" : "?";
  }
  return Text;
}

/// Of a constructor's body, in a class Net that has the members.
inline std::string keysOfBody(llvm::StringRef Body, llvm::StringRef Members = "",
                              llvm::StringRef Parameters = "",
                              llvm::ArrayRef<TreeValue> Arguments = {}) {
  std::string Code = ("using namespace torch; struct Net : nn::Module { " + Members + " Net(" +
                      Parameters + ") { " + Body + " } };")
                         .str();
  return keysOf({llvm::StringRef(Code)}, Arguments);
}

} // namespace torchtidy::test

#endif
