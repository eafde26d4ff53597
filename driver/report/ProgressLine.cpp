#include "report/ProgressLine.h"
#include "support/Clang.h"
#include "support/Messages.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"

using namespace llvm;

namespace torchtidy {

ProgressLine::ProgressLine(bool Wanted)
    : ProgressLine(Wanted, sys::Process::StandardErrIsDisplayed(), Patience) {}

void ProgressLine::update(const Progress &P) {
  if (P.IsOver) {
    Start.reset();
    return clear();
  }
  auto Now = Clock::now();
  if (!Start)
    Start = Now;
  if (!Wanted)
    return;
  if (!OnTerminal) {
    if (!Told && Now - *Start >= Patient)
      tellOnce(P);
    return;
  }
  if (Now - Last < std::chrono::milliseconds(100))
    return;
  Last = Now;
  Shown = true;
  double Elapsed = std::chrono::duration<double>(Now - *Start).count();
  errs() << "\r\x1b[K" << P.Done << '/' << P.Total << ' ' << sys::path::filename(P.Current);
  if (P.PreamblesToBuild)
    errs() << "  shared headers " << P.PreamblesBuilt << '/' << P.PreamblesToBuild;
  errs() << "  findings " << P.Diagnostics;
  if (P.Done > 0 && P.Done < P.Total)
    errs() << format("  about %.0f s left", Elapsed / double(P.Done) * double(P.Total - P.Done));
}

void ProgressLine::tellOnce(const Progress &P) {
  Told = true;
  errs() << "torch-tidy: still at work, " << P.Done << " of " << counted(P.Total, "file")
         << " done";
  if (P.PreamblesToBuild > P.PreamblesBuilt)
    errs() << "; the shared headers are being made, once for all files";
  errs() << '\n';
}

void ProgressLine::clear() {
  if (Shown)
    errs() << "\r\x1b[K";
  Shown = false;
}

} // namespace torchtidy
