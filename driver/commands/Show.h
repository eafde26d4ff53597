// What a run would do and has counted, for people.
#ifndef TORCHTIDY_DRIVER_COMMANDS_SHOW_H
#define TORCHTIDY_DRIVER_COMMANDS_SHOW_H

#include "engine/Unit.h"
#include "findings/RunReport.h"
#include "options/Options.h"
#include "report/Outputs.h"
#include "support/Messages.h"

namespace torchtidy {

// The configuration in force, once for all units that share it, and where it came from.
void printSettings(const Options &Opts, clang::tidy::ClangTidyOptionsProvider &Provider,
                   llvm::StringRef DatabaseDirectory, llvm::ArrayRef<Unit> Units,
                   llvm::raw_ostream &OS);

// How often each rule was met, infos last, the most frequent first, and how many of those can be
// fixed.
void printStatistics(const RunReport &Report, llvm::raw_ostream &OS);

// Why a run over files that were not checked to their end fails, if there are any: no format but
// the text says how many.
void tellUnfinished(const RunReport &Report, const Messages &Tell);

// Writes the report as asked: the statistics, or every output. False after a message if one could
// not be written.
bool showReport(const Options &Opts, llvm::ArrayRef<Output> Outputs, RunReport &Report,
                SourceFiles &Sources, const Messages &Tell);

} // namespace torchtidy

#endif
