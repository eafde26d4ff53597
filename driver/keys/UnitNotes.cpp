#include "keys/UnitNotes.h"
#include "model/TorchFacts.h"
#include "model/summaries/Summarise.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

NoteMaker noteMaker() {
  return [](clang::ASTContext &Context) {
    // Held while the checks run, so that what they have found out is not found out again.
    std::shared_ptr<TorchFacts> Facts = TorchFacts::get(Context);
    return [Facts, &Context] { return toJSON(summarise(Context, Facts->index())); };
  };
}

ProjectSummaries joinNotes(ArrayRef<Unit> Units, ArrayRef<UnitResult> Results,
                           std::vector<std::string> &Unread) {
  ProjectSummaries Joined;
  for (const auto &[U, Result] : zip_equal(Units, Results)) {
    UnitSummary Summary;
    json::Path::Root Root;
    if (fromJSON(Result.Notes, Summary, Root))
      Joined.add(std::move(Summary));
    else
      Unread.push_back(U.File);
  }
  return Joined;
}

} // namespace torchtidy
