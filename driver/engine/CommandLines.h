// From the paths on torch-tidy's command line to translation units with their compile commands.
#ifndef TORCHTIDY_DRIVER_ENGINE_COMMANDLINES_H
#define TORCHTIDY_DRIVER_ENGINE_COMMANDLINES_H

#include "engine/Unit.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <optional>

namespace torchtidy {

struct CommandLineRequest {
  std::vector<std::string> Paths; // files and directories; empty: the whole database
  std::string BuildPath;          // -p
  std::string TorchRoot;          // --torch-root
  std::optional<std::vector<std::string>> FixedFlags; // what followed "--"
};

struct CommandLineResult {
  std::vector<Unit> Units;        // in the order of their file names
  std::string DatabaseDirectory;  // empty: no database was used
  std::vector<std::string> Notes; // what was dropped or assumed, to be told
  // The other units of the database, in the order of their file names.
  std::function<std::vector<Unit>()> Others = [] { return std::vector<Unit>(); };
};

// Fails when a path does not exist or when no command can be made up.
llvm::Expected<CommandLineResult> collectUnits(const CommandLineRequest &Request);

} // namespace torchtidy

#endif
