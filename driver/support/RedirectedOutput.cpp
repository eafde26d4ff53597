#include "support/RedirectedOutput.h"
#include "support/Clang.h"
#include "support/Messages.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {

RedirectedOutput::RedirectedOutput(const std::string &File) {
  outs().flush();
  Saved = ::dup(STDOUT_FILENO);
  if (int To = ::open(File.c_str(), O_WRONLY); To >= 0) {
    ::dup2(To, STDOUT_FILENO);
    ::close(To);
  }
}

RedirectedOutput::~RedirectedOutput() {
  outs().flush();
  ::dup2(Saved, STDOUT_FILENO);
  ::close(Saved);
}

Expected<std::string> captured(function_ref<void()> Print) {
  SmallString<128> File;
  std::error_code EC = sys::fs::createTemporaryFile("torch-tidy", "txt", File);
  if (EC)
    return failure("no temporary file can be made: " + EC.message() +
                   ". Next: set TMPDIR to a directory with room");
  {
    RedirectedOutput Redirected{std::string(File)};
    Print();
    outs().flush();
    EC = outs().error();
    outs().clear_error();
  }
  if (EC) {
    (void)sys::fs::remove(File);
    return failure("cannot write '" + File + "': " + EC.message() +
                   ". Next: set TMPDIR to a directory with room");
  }
  auto Buffer = MemoryBuffer::getFile(File);
  std::string Text = Buffer ? (*Buffer)->getBuffer().str() : "";
  (void)sys::fs::remove(File);
  return Text;
}

} // namespace torchtidy
