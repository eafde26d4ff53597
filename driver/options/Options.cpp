#include "options/Options.h"

namespace torchtidy {

// What takes more than a part of the units to be right.
static std::string contradictionWithShard(const Options &Opts) {
  for (auto [Given, Name] : {std::pair(!Opts.Baseline.empty(), "--baseline"),
                             std::pair(!Opts.WriteBaseline.empty(), "--write-baseline"),
                             std::pair(Opts.Statistics, "--statistics")})
    if (Given)
      return Name + std::string(" needs the findings of all shards. Next: pass it to 'torch-tidy "
                                "merge', with a report of each shard");
  if (Opts.ReportUnusedNolint)
    return "--report-unused-nolint needs a run over all files: another shard may need a comment in "
           "a header. Next: run it once without --shard";
  if (Opts.Fix || Opts.Diff || Opts.AddNolint)
    return "--fix, --diff and --add-nolint need a run over all files: shards would each change the "
           "headers that they share. Next: leave --shard out, or pass --export-fixes and run "
           "clang-apply-replacements over what all shards wrote";
  return "";
}

std::string contradiction(const Options &Opts) {
  if (!Opts.WriteBaseline.empty() && !Opts.Baseline.empty())
    return "--write-baseline and --baseline exclude each other. Next: --write-baseline to begin "
           "anew, --baseline FILE --prune-baseline to shorten one";
  if (!Opts.WriteBaseline.empty() && !Opts.NewFromRev.empty())
    return "--write-baseline lists all findings, --new-from-rev only some. Next: give one of them";
  if (Opts.PruneBaseline && Opts.Baseline.empty())
    return "--prune-baseline needs a baseline. Next: pass --baseline FILE";
  if (Opts.AddNolint && Opts.Fix)
    return "--add-nolint and --fix exclude each other. Next: --fix first, then --add-nolint";
  if (!Opts.Entry.empty() && !Opts.Against)
    return "--entry chooses in a checkpoint. Next: name one with --against FILE";
  return Opts.Part ? contradictionWithShard(Opts) : "";
}

} // namespace torchtidy
