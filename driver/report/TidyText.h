// The format of clang-tidy's own text; its code prints it, on standard output only.
#ifndef TORCHTIDY_DRIVER_REPORT_TIDYTEXT_H
#define TORCHTIDY_DRIVER_REPORT_TIDYTEXT_H

#include "clang-tidy/ClangTidyOptions.h"
#include "findings/RunReport.h"
#include "findings/Sources.h"

namespace torchtidy {

void printTidyText(const RunReport &Report,
                   std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> Provider,
                   SourceFiles &Sources);

} // namespace torchtidy

#endif
