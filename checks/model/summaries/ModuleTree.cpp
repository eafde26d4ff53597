#include "model/summaries/ModuleTree.h"
#include "model/summaries/Evaluator.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

TreeValue buildModule(const ProjectSummaries &Summaries, const ProjectSummaries::FoundClass &Class,
                      ArrayRef<TreeValue> Arguments, std::string *Complaint) {
  Evaluator Build(Summaries);
  std::vector<GivenArgument> Given;
  for (const TreeValue &Argument : Arguments)
    Given.push_back({Argument, nullptr});
  // What is not given is not known, but for defaults.
  if (Given.empty() && !Class.Class->Constructors.empty()) {
    const ConstructorSummary *Least = &Class.Class->Constructors.front();
    auto Needed = [](const ConstructorSummary &C) {
      return size_t(
          count_if(C.Parameters, [](const SummaryParameter &P) { return !P.HasDefault; }));
    };
    for (const ConstructorSummary &C : Class.Class->Constructors)
      if (Needed(C) < Needed(*Least))
        Least = &C;
    for (const SummaryParameter &P : Least->Parameters)
      if (!P.HasDefault)
        Given.push_back(
            {TreeValue::unknown("the constructor's parameter '" + P.Name + "' is not given"),
             nullptr});
    return Build.construct(Class.Usr, Least->Usr, std::move(Given), Class.Unit, 0);
  }
  TreeValue Built = Build.construct(Class.Usr, "", std::move(Given), Class.Unit, 0);
  if (Complaint)
    *Complaint = Build.Complaint;
  return Built;
}

} // namespace torchtidy
