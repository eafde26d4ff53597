#include "findings/Severity.h"
#include "support/Messages.h"

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {

StringRef toString(Severity S) {
  switch (S) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Info:
    return "info";
  }
  return "";
}

Severity severityOf(const RuleInfo &Rule) {
  return Rule.Group == RuleGroup::Bug ? Severity::Warning : Severity::Info;
}

Severity severityOf(const ClangTidyError &E) {
  if (E.DiagLevel == ClangTidyError::Error)
    return Severity::Error;
  const RuleInfo *Rule = findRule(E.DiagnosticName);
  if (Rule && severityOf(*Rule) == Severity::Info)
    return Severity::Info;
  if (E.IsWarningAsError)
    return Severity::Error;
  return E.DiagLevel == ClangTidyError::Remark ? Severity::Info : Severity::Warning;
}

std::string division(const std::map<Severity, size_t> &Counts) {
  if (!Counts.count(Severity::Info))
    return "";
  std::string Text;
  for (auto It = Counts.rbegin(); It != Counts.rend(); ++It)
    Text += (Text.empty() ? "" : ", ") + counted(It->second, toString(It->first));
  return Text;
}

} // namespace torchtidy
