#include "keys/Checkpoint.h"
#include "keys/Safetensors.h"
#include "support/Messages.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace torchtidy {

static Error unusable(StringRef Path, const Twine &Why) {
  std::string Text = ("cannot read the checkpoint '" + Path + "': " + Why).str();
  if (!StringRef(Text).contains(". Next: "))
    Text += ". Next: write it anew, as a LibTorch archive (torch::save), a state_dict of Python's "
            "torch.save, or safetensors";
  return failure(Text);
}

Expected<Checkpoint> readCheckpoint(StringRef Path, StringRef Entry) {
  sys::fs::file_status Status;
  if (std::error_code Code = sys::fs::status(Path, Status))
    return unusable(Path, Code.message() + ". Next: look at its name");
  // A pipe or a device has no end that could be known.
  if (!sys::fs::is_regular_file(Status))
    return unusable(Path, "it is not a regular file. Next: name a file");
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return unusable(Path, Buffer.getError().message() + ". Next: look at its permissions");
  StringRef File = (*Buffer)->getBuffer();
  Checkpoint Result;
  if (File.empty())
    return unusable(Path, "the file is empty");
  if (looksLikeTorchFile(File.data(), File.size())) {
    if (std::string Why = readTorchFile(File.data(), File.size(), Entry.str(), Result);
        !Why.empty())
      return unusable(Path, Why);
  } else if (looksLikeSafetensors(File)) {
    if (!Entry.empty())
      return unusable(Path, "a safetensors file has no entries. Next: leave out --entry");
    if (Error E = readSafetensors(File, Result))
      return unusable(Path, toString(std::move(E)));
  } else {
    return unusable(Path, "it is none of the formats that are known");
  }
  if (Result.Entries.empty())
    return unusable(Path, "it holds no tensors");
  return Result;
}

} // namespace torchtidy
