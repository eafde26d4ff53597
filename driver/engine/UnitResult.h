// What came of checking one unit, and how it travels between processes and into the cache.
#ifndef TORCHTIDY_DRIVER_ENGINE_UNITRESULT_H
#define TORCHTIDY_DRIVER_ENGINE_UNITRESULT_H

#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang/Basic/FileEntry.h"
#include "llvm/Support/JSON.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

// A file or directory that a result depends on.
struct Dependency {
  std::string Path;
  std::string Requested;    // the absolute name that led to it, if ".." is in that; else empty
  bool IsDirectory = false; // the names of the headers in it count, not their content
  bool IsAbsent = false;    // there is no such file
  uint64_t Size = 0;
  int64_t Time = 0; // modification time in nanoseconds; 0: look at the content
  std::string Digest;
};

// An external header that is worth sharing between units.
struct HeavyHeader {
  std::string Spelling; // as it stands between <> in the precompiled header
  std::string Path;     // where it was found

  bool isFile(clang::FileEntryRef File) const {
    return Path == File.getName() || Path == File.getNameAsRequested();
  }
};

// A macro that the project defines or undefines before the heavy headers.
struct EarlyMacro {
  std::string Name, Text; // Text: "macro 'NDEBUG' at net.cpp:1"
};

// How a unit is going to be parsed.
struct UnitPlan {
  std::string PreambleKey; // empty: without one
  std::vector<HeavyHeader> Headers;
  std::vector<EarlyMacro> EarlyMacros; // the preamble fits only if its headers mention none
  std::string PlainReason; // why there is no preamble; empty also when nothing is worth sharing

  static UnitPlan plain(std::string Reason) { return {"", {}, {}, std::move(Reason)}; }
};

// A diagnostic that a NOLINT comment took away.
struct SuppressedDiagnostic {
  std::string Rule, Path; // Path is absolute
  unsigned Line = 0;
};

enum class ResultOrigin { Check, Cache, RemoteCache };

struct UnitResult {
  std::vector<clang::tidy::ClangTidyError> Diagnostics; // compile errors among them
  std::vector<SuppressedDiagnostic> Suppressed;
  // Clang could not read all of it. A warning that is an error by default, or by -Werror, is no
  // such thing: other compilers take such code.
  bool ParseFailed = false;
  std::string Failure; // why the unit could not be checked at all
  UnitPlan Plan;
  std::vector<std::string> DroppedFlags; // flags of other compilers
  std::vector<Dependency> Dependencies;  // other than the preamble's
  std::string PreambleContent;           // the digest of those; empty without a preamble
  llvm::json::Value Notes = nullptr;     // of a NoteMaker, null without one or where parsing failed
  std::map<std::string, double> CheckSeconds;
  double ScanSeconds = 0, PreambleSeconds = 0, ParseSeconds = 0;
  ResultOrigin Origin = ResultOrigin::Check;
};

// What other files refute, by its place.
struct RefutedFinding {
  std::string Rule, Path; // Path is absolute, links resolved
  unsigned Offset = 0;
};

// What a unit's reading with the files that define what it lacks changes in what is found in File,
// for whoever reads one file at a time. Unit and File: absolute, links resolved.
struct JointReading {
  std::string Unit, File;
  std::string Digest;             // of File
  std::vector<Dependency> Others; // the project's other files that were read
  // There with the others alone. Without fixes; paths as above.
  std::vector<clang::tidy::ClangTidyError> Found;
  std::vector<RefutedFinding> Refuted; // there without them alone
};

// Text of any bytes in a form that JSON can hold; toJSON uses it. Valid UTF-8 stays as it is.
std::string bytesAsUtf8(llvm::StringRef Bytes);

llvm::json::Value toJSON(const UnitPlan &Plan);
bool fromJSON(const llvm::json::Value &Value, UnitPlan &Plan, llvm::json::Path Path);
llvm::json::Value toJSON(const UnitResult &Result);
bool fromJSON(const llvm::json::Value &Value, UnitResult &Result, llvm::json::Path Path);
// Without Unit, File and Digest.
llvm::json::Value toJSON(const JointReading &Reading);
bool fromJSON(const llvm::json::Value &Value, JointReading &Reading, llvm::json::Path Path);

} // namespace torchtidy

#endif
