#include "Clang.h"
#include "report/Report.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

// Sends standard output away for the life of the object.
class MutedOutput {
public:
  MutedOutput() {
    outs().flush();
    Saved = ::dup(STDOUT_FILENO);
    if (int Null = ::open("/dev/null", O_WRONLY); Null >= 0) {
      ::dup2(Null, STDOUT_FILENO);
      ::close(Null);
    }
  }
  ~MutedOutput() {
    outs().flush();
    ::dup2(Saved, STDOUT_FILENO);
    ::close(Saved);
  }

private:
  int Saved;
};

} // namespace

void printTidyText(const RunReport &Report, std::unique_ptr<ClangTidyOptionsProvider> Provider,
                   FixBehaviour Behaviour, bool Print) {
  std::vector<ClangTidyError> All = Report.Errors;
  All.insert(All.end(), Report.Findings.begin(), Report.Findings.end());
  sortAndDeduplicate(All);
  std::optional<MutedOutput> Muted;
  if (!Print)
    Muted.emplace();
  ClangTidyContext Context(std::move(Provider));
  unsigned AsErrors = 0;
  IntrusiveRefCntPtr<vfs::OverlayFileSystem> FS(
      new vfs::OverlayFileSystem(vfs::getRealFileSystem()));
  handleErrors(All, Context, Behaviour, AsErrors, FS);
  outs().flush();
}

} // namespace torchtidy
