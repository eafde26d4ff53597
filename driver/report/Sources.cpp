#include "report/Sources.h"
#include "Clang.h"
#include "engine/Paths.h"

using namespace llvm;

namespace torchtidy {

SourceFile::SourceFile(std::string SpelledPath, std::string RealPath, std::string Name,
                       std::unique_ptr<MemoryBuffer> FileBuffer)
    : SpelledPath(std::move(SpelledPath)), RealPath(std::move(RealPath)), Name(std::move(Name)),
      Buffer(std::move(FileBuffer)) {
  if (!Buffer)
    return;
  LineStarts.push_back(0);
  StringRef Text = text();
  for (size_t At = Text.find('\n'); At != StringRef::npos; At = Text.find('\n', At + 1))
    LineStarts.push_back(unsigned(At) + 1);
}

StringRef SourceFile::line(unsigned Number) const {
  if (Number == 0 || Number > LineStarts.size())
    return "";
  size_t Start = LineStarts[Number - 1];
  size_t End = Number == LineStarts.size() ? text().size() : LineStarts[Number] - 1;
  StringRef Line = text().slice(Start, End);
  return Line.take_front(Line.find('\r'));
}

Position SourceFile::position(unsigned Offset) const {
  if (!Buffer || Offset > text().size())
    return {};
  auto After = llvm::upper_bound(LineStarts, Offset);
  return {unsigned(After - LineStarts.begin()), Offset - *std::prev(After) + 1};
}

unsigned SourceFile::utf16Column(unsigned Line, unsigned Column) const {
  unsigned Result = 1;
  for (unsigned char Byte : this->line(Line).take_front(Column - 1)) {
    bool Continues = (Byte & 0xC0) == 0x80;
    Result += Continues ? 0 : Byte >= 0xF0 ? 2 : 1;
  }
  return Result;
}

SourceFiles::SourceFiles(ArrayRef<std::string> ProjectRoots) {
  for (const std::string &Root : ProjectRoots)
    Roots.push_back(realPath(Root));
  llvm::sort(Roots, [](const std::string &A, const std::string &B) { return A.size() > B.size(); });
  // A file of no project is still named best from where the user stands.
  SmallString<256> Here;
  if (!sys::fs::current_path(Here))
    Roots.push_back(realPath(Here));
}

std::string SourceFiles::nameOf(StringRef RealPath) const {
  for (StringRef Root : Roots) {
    StringRef Rest = RealPath;
    if (Rest.consume_front(Root) && Rest.consume_front("/"))
      return Rest.str();
  }
  return RealPath.str();
}

const SourceFile &SourceFiles::get(StringRef Path, StringRef Directory) {
  std::string Absolute = absoluteIn(Directory, Path);
  auto [It, New] = BySpelling.try_emplace(Absolute, nullptr);
  if (!New)
    return *It->second;
  std::string Real = realPath(Absolute);
  std::unique_ptr<SourceFile> &File = ByRealPath[Real];
  if (!File) {
    // Volatile: a fix may write the file while it is still printed.
    auto Buffer = MemoryBuffer::getFile(Real, /*IsText=*/false, /*RequiresNullTerminator=*/true,
                                        /*IsVolatile=*/true);
    File = std::make_unique<SourceFile>(Absolute, Real, nameOf(Real),
                                        Buffer ? std::move(*Buffer) : nullptr);
  }
  It->second = File.get();
  return *File;
}

} // namespace torchtidy
