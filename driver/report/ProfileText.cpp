#include "report/ProfileText.h"
#include "support/Clang.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace torchtidy {

void printProfile(const std::vector<Unit> &Units, const std::vector<UnitResult> &Results,
                  bool HasRemoteCache, double TotalSeconds, raw_ostream &OS) {
  double Scan = 0, Preamble = 0, Parse = 0, Checks = 0;
  size_t Cached = 0, Remote = 0;
  std::map<std::string, double> ByCheck;
  for (const UnitResult &R : Results) {
    Cached += R.Origin == ResultOrigin::Cache;
    Remote += R.Origin == ResultOrigin::RemoteCache;
    if (R.Origin != ResultOrigin::Check)
      continue;
    Scan += R.ScanSeconds;
    Preamble += R.PreambleSeconds;
    Parse += R.ParseSeconds;
    for (const auto &[Name, Seconds] : R.CheckSeconds) {
      ByCheck[Name] += Seconds;
      Checks += Seconds;
    }
  }
  OS << format("profile: %zu files, %zu from the cache, ", Results.size(), Cached);
  if (HasRemoteCache)
    OS << Remote << " from the remote cache, ";
  OS << format("%.2f s\n", TotalSeconds);
  OS << format("  scan            %8.2f s\n  shared headers  %8.2f s\n  parse           %8.2f s\n"
               "  checks          %8.2f s\n",
               Scan, Preamble, std::max(0.0, Parse - Checks), Checks);
  std::vector<std::pair<double, std::string>> Sorted;
  for (const auto &[Name, Seconds] : ByCheck)
    Sorted.push_back({Seconds, Name});
  llvm::sort(Sorted, std::greater<>());
  for (const auto &[Seconds, Name] : Sorted)
    if (Seconds >= 0.001)
      OS << format("    %-40s %8.3f s\n", Name.c_str(), Seconds);
  for (size_t I = 0; I < Results.size(); ++I)
    if (!Results[I].Plan.PlainReason.empty())
      OS << "  not shared: " << Units[I].File << ": " << Results[I].Plan.PlainReason << '\n';
}

} // namespace torchtidy
