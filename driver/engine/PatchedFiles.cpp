#include "engine/PatchedFiles.h"
#include "support/Clang.h"

using namespace llvm;

namespace torchtidy {
namespace {

class TextFile : public vfs::File {
public:
  TextFile(vfs::Status S, const std::string &Text) : Stat(std::move(S)), Text(Text) {}
  ErrorOr<vfs::Status> status() override { return Stat; }
  ErrorOr<std::unique_ptr<MemoryBuffer>> getBuffer(const Twine &Name, int64_t, bool,
                                                   bool) override {
    return MemoryBuffer::getMemBufferCopy(Text, Name);
  }
  std::error_code close() override { return {}; }

private:
  vfs::Status Stat;
  const std::string &Text;
};

class PatchedFileSystem : public vfs::ProxyFileSystem {
public:
  PatchedFileSystem(compat::FileSystemPtr FS, const FileTexts &Texts)
      : ProxyFileSystem(std::move(FS)) {
    for (const auto &[Path, Text] : Texts) {
      sys::fs::UniqueID ID;
      if (!sys::fs::getUniqueID(Path, ID))
        ByID[ID] = &Text;
    }
  }

  ErrorOr<vfs::Status> status(const Twine &Path) override {
    auto Stat = ProxyFileSystem::status(Path);
    const std::string *Text = Stat ? textOf(*Stat) : nullptr;
    return Text ? vfs::Status::copyWithNewSize(*Stat, Text->size()) : Stat;
  }

  ErrorOr<std::unique_ptr<vfs::File>> openFileForRead(const Twine &Path) override {
    auto Stat = ProxyFileSystem::status(Path);
    const std::string *Text = Stat ? textOf(*Stat) : nullptr;
    if (!Text)
      return ProxyFileSystem::openFileForRead(Path);
    return std::make_unique<TextFile>(vfs::Status::copyWithNewSize(*Stat, Text->size()), *Text);
  }

private:
  const std::string *textOf(const vfs::Status &Stat) const {
    auto It = ByID.find(Stat.getUniqueID());
    return It == ByID.end() ? nullptr : It->second;
  }

  std::map<sys::fs::UniqueID, const std::string *> ByID;
};

} // namespace

compat::FileSystemPtr withTexts(compat::FileSystemPtr FS, const FileTexts &Texts) {
  if (Texts.empty())
    return FS;
  return compat::FileSystemPtr(new PatchedFileSystem(std::move(FS), Texts));
}

} // namespace torchtidy
