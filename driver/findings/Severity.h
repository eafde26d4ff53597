// How bad a finding is: a rule's group decides.
#ifndef TORCHTIDY_DRIVER_FINDINGS_SEVERITY_H
#define TORCHTIDY_DRIVER_FINDINGS_SEVERITY_H

#include "RuleTable.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include <map>
#include <string>

namespace torchtidy {

// From the mildest to the worst. An info decides no exit status unless it is asked to, and
// --warnings-as-errors makes no error of it.
enum class Severity { Info, Warning, Error };
llvm::StringRef toString(Severity S);

Severity severityOf(const RuleInfo &Rule);
Severity severityOf(const clang::tidy::ClangTidyError &E);

// "7 warnings, 3 infos": how findings divide, the worst first. Empty if none of them is an info.
std::string division(const std::map<Severity, size_t> &Counts);

} // namespace torchtidy

#endif
