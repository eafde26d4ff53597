#include "Clang.h"
#include "report/RedirectedOutput.h"
#include "report/Report.h"

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
void printTidyText(const RunReport &Report, std::unique_ptr<ClangTidyOptionsProvider> Provider,
                   FixBehaviour Behaviour, bool Print) {
  std::vector<ClangTidyError> All = Report.Errors;
  All.insert(All.end(), Report.Findings.begin(), Report.Findings.end());
  sortAndDeduplicate(All);
  std::optional<RedirectedOutput> Muted;
  if (!Print)
    Muted.emplace("/dev/null");
  ClangTidyContext Context(std::move(Provider));
  unsigned AsErrors = 0;
  IntrusiveRefCntPtr<vfs::OverlayFileSystem> FS(
      new vfs::OverlayFileSystem(vfs::getRealFileSystem()));
  handleErrors(All, Context, Behaviour, AsErrors, FS);
  outs().flush();
}

} // namespace torchtidy
