#include "report/TidyText.h"
#include "support/Clang.h"

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {

void printTidyText(const RunReport &Report, std::unique_ptr<ClangTidyOptionsProvider> Provider,
                   SourceFiles &Sources) {
  std::vector<ClangTidyError> All = Report.Errors;
  All.insert(All.end(), Report.Diagnostics.begin(), Report.Diagnostics.end());
  sortAndDeduplicate(All, Sources);
  ClangTidyContext Context(std::move(Provider));
  unsigned AsErrors = 0;
  IntrusiveRefCntPtr<vfs::OverlayFileSystem> FS(
      new vfs::OverlayFileSystem(vfs::getRealFileSystem()));
  if (auto Reported = Sources.reportedFiles())
    FS->pushOverlay(Reported);
  handleErrors(All, Context, FB_NoFix, AsErrors, FS);
  outs().flush();
}

} // namespace torchtidy
