#include "commands/Commands.h"
#include "commands/Show.h"
#include "engine/ProjectScope.h"
#include "findings/BaselineRun.h"
#include "findings/FindingFilters.h"
#include "findings/Fingerprint.h"
#include "report/JsonReader.h"
#include "report/Outputs.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include <map>

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {
namespace {

// The project that the user stands in, or the directory itself.
std::string rootHere() { return findProjectRoot(absoluteHere("report"), ""); }

class MergeCommand {
public:
  explicit MergeCommand(const Options &Opts)
      : Opts(Opts), Tell(Opts.Quiet), Sources(ArrayRef<std::string>(rootHere())) {}

  int run() {
    if (Error E = prepare()) {
      Tell.error(std::move(E));
      return Unusable;
    }
    addMissingShards();
    sortAndDeduplicate(Report.Errors, Sources);
    sortAndDeduplicate(Report.Diagnostics, Sources);
    sortFailures();
    for (const UnitFailure &Failure : Report.Failures)
      if (!Failure.File.empty())
        Tell.error(Failure.File + ": " + Failure.Reason);
    Report.Fingerprints = mergedFingerprints(Report.Diagnostics, recordedFingerprints(), Sources);
    bool Written = finish();
    tellUnfinished(Report, Tell);
    if (!Report.isComplete() || !Written)
      return Unusable;
    return statusOfFindings(Opts, Report);
  }

private:
  // Reads everything. Fails before anything is written.
  Error prepare() {
    if (Opts.Arguments.empty())
      return failure("usage: torch-tidy merge REPORT... Next: name the reports that 'torch-tidy "
                     "check --output-format json:FILE' wrote");
    if (std::string Why = contradiction(Opts); !Why.empty())
      return failure(Why);
    auto Parsed = parseOutputs(Opts.OutputFormats, Opts.OutputFile);
    if (!Parsed)
      return Parsed.takeError();
    Outputs = std::move(*Parsed);
    auto Made = FindingFilters::make({Opts.Exclude, Opts.NewFromRev, Opts.Baseline}, {});
    if (!Made)
      return Made.takeError();
    Filters = std::move(*Made);
    for (const std::string &File : Opts.Arguments)
      if (Error E = add(File))
        return E;
    return checkThatPartsAddUp();
  }

  Error add(const std::string &File) {
    auto One = readJsonReport(File, Sources);
    if (!One)
      return One.takeError();
    if (One->Part)
      if (Error E = addPart(*One->Part, File))
        return E;
    for (auto [E, Fingerprint] : zip(One->Diagnostics, One->Fingerprints))
      Recorded[identity(E)].insert(Fingerprint);
    append_range(Report.Diagnostics, std::move(One->Diagnostics));
    append_range(Report.Errors, std::move(One->Errors));
    append_range(Report.Failures, std::move(One->Failures));
    Report.FilesChecked += One->FilesChecked;
    Report.FilesUnfinished += One->FilesUnfinished;
    return Error::success();
  }

  // A shard, and the report that it comes from.
  struct PartFile {
    ShardOfRun Part;
    std::string File;
  };
  static constexpr StringLiteral SplitAlike =
      ": findings would be lost. Next: check all shards with one version of torch-tidy, in the "
      "same directory of the project, with the same compilation database and the same --exclude";

  Error addPart(const ShardOfRun &Part, const std::string &File) {
    const PartFile &Known = Parts.empty() ? PartFile{Part, File} : Parts.begin()->second;
    if (Part.Part.Count != Known.Part.Part.Count)
      return failure("'" + File + "' is shard " + Part.Part.text() + ", '" + Known.File +
                     "' one of " + Twine(Known.Part.Part.Count) +
                     ". Next: merge the shards of one run");
    if (Part.WholeFiles != Known.Part.WholeFiles || Part.WholeDigest != Known.Part.WholeDigest)
      return failure("'" + File + "' is a shard of " + Twine(Part.WholeFiles) + " files, '" +
                     Known.File + "' of other " + Twine(Known.Part.WholeFiles) + SplitAlike);
    auto [It, New] = Parts.try_emplace(Part.Part.Index, PartFile{Part, File});
    if (New)
      return Error::success();
    return failure("'" + It->second.File + "' and '" + File + "' are both shard " +
                   Part.Part.text() +
                   ". Next: name each shard once; merge other runs each by itself, and then what "
                   "was made of them");
  }

  // Programs of other versions may split in another way.
  Error checkThatPartsAddUp() const {
    if (Parts.empty())
      return Error::success();
    const ShardOfRun &First = Parts.begin()->second.Part;
    uint64_t Files = 0;
    for (const auto &[Index, Part] : Parts)
      Files += Part.Part.Files;
    bool AllHere = Parts.size() == First.Part.Count;
    if (AllHere ? Files == First.WholeFiles : Files <= First.WholeFiles)
      return Error::success();
    return failure("the shards have " + Twine(Files) + " files, the project has " +
                   Twine(First.WholeFiles) + SplitAlike);
  }

  void addMissingShards() {
    if (Parts.empty())
      return;
    unsigned Count = Parts.begin()->second.Part.Part.Count;
    for (unsigned Index = 1; Index <= Count; ++Index) {
      if (Parts.count(Index))
        continue;
      Shard Part{Index, Count};
      Tell.error("shard " + Part.text() +
                 " is missing. Next: pass the report of 'torch-tidy "
                 "check --shard " +
                 Twine(Index) + "/" + Twine(Count) + "'");
      Report.Failures.push_back({"", "shard " + Part.text() + " is missing"});
    }
  }

  void sortFailures() {
    auto Key = [](const UnitFailure &F) { return std::tie(F.File, F.Reason); };
    llvm::sort(Report.Failures,
               [&](const UnitFailure &A, const UnitFailure &B) { return Key(A) < Key(B); });
    auto Same = [&](const UnitFailure &A, const UnitFailure &B) { return Key(A) == Key(B); };
    Report.Failures.erase(std::unique(Report.Failures.begin(), Report.Failures.end(), Same),
                          Report.Failures.end());
  }

  // Paths are absolute, and each file has one.
  using Identity = std::tuple<std::string, unsigned, std::string, std::string>;
  static Identity identity(const ClangTidyError &E) {
    return {E.Message.FilePath, E.Message.FileOffset, E.DiagnosticName, E.Message.Message};
  }

  std::vector<std::set<std::string>> recordedFingerprints() const {
    std::vector<std::set<std::string>> Result;
    for (const ClangTidyError &E : Report.Diagnostics)
      Result.push_back(Recorded.at(identity(E)));
    return Result;
  }

  // Writes what was asked for. False after a message if something could not be written.
  bool finish() {
    BaselineRun Run({Opts.Baseline, Opts.WriteBaseline, Opts.PruneBaseline}, Tell);
    if (!Opts.WriteBaseline.empty()) {
      Run.write(Baseline::fromDiagnostics(Report.Diagnostics, Report.Fingerprints, Sources),
                !Report.isComplete());
      return !Run.failed();
    }
    Filters->apply(Report, Sources);
    Run.tellKnown(Filters->knownFindings());
    return showReport(Opts, Outputs, Report, Sources, Tell);
  }

  const Options &Opts;
  Messages Tell;
  SourceFiles Sources;
  std::vector<Output> Outputs;
  std::optional<FindingFilters> Filters; // the baseline's
  RunReport Report;
  std::map<Identity, std::set<std::string>> Recorded;
  std::map<unsigned, PartFile> Parts; // by number
};

} // namespace

int runMergeCommand(const Options &Opts) { return MergeCommand(Opts).run(); }

} // namespace torchtidy
