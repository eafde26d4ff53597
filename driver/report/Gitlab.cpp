#include "report/Formats.h"
#include "support/Clang.h"

using namespace llvm;

namespace torchtidy {

static StringRef gitlabSeverity(const Finding &F) {
  if (F.IsCompileError || F.IsFailure)
    return "blocker";
  if (F.Level == Severity::Error)
    return "critical";
  return F.Level == Severity::Info ? "info" : "major";
}

void printGitlab(const FindingList &List, raw_ostream &OS) {
  json::OStream Out(OS, /*IndentSize=*/1);
  Out.array([&] {
    for (const Finding &F : List.All)
      Out.object([&] {
        Out.attribute("type", "issue");
        Out.attribute("check_name", F.Rule);
        Out.attribute("description", F.Main.Message);
        Out.attributeArray("categories", [&] { Out.value("Bug Risk"); });
        Out.attribute("fingerprint", F.Fingerprint);
        Out.attribute("severity", gitlabSeverity(F));
        Out.attributeObject("location", [&] {
          // GitLab drops an entry without a path and a line.
          Out.attribute("path", F.Path.empty() ? "." : F.Path);
          Out.attributeObject("lines", [&] {
            Out.attribute("begin", int64_t(std::max(1u, F.line())));
            Out.attribute("end", int64_t(std::max(1u, F.Main.Where ? F.Main.Where->End.Line : 1)));
          });
        });
      });
  });
  Out.flush();
  OS << '\n';
}

} // namespace torchtidy
