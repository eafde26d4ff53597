#include "findings/Sources.h"
#include "support/Clang.h"
#include "support/FilePaths.h"

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

static void addUnlessInside(std::vector<std::string> &Roots, std::string Dir) {
  if (none_of(Roots, [&](StringRef Root) { return isIn(Root, Dir); }))
    Roots.push_back(std::move(Dir));
}

// A submodule's files are named from the project around it.
static void keepOutermost(std::vector<std::string> &Roots) {
  llvm::sort(Roots, [](StringRef A, StringRef B) {
    return std::pair(A.size(), A) < std::pair(B.size(), B);
  });
  std::vector<std::string> Outermost;
  for (std::string &Root : Roots)
    addUnlessInside(Outermost, std::move(Root));
  Roots = std::move(Outermost);
}

SourceFiles::SourceFiles(ArrayRef<std::string> ProjectRoots)
    : Roots(ProjectRoots.begin(), ProjectRoots.end()) {
  for (const std::string &Root : ProjectRoots)
    RealRoots.push_back(realPath(Root));
  keepOutermost(Roots);
  keepOutermost(RealRoots);
  // A file of no project is still named best from where the user stands.
  SmallString<256> Here;
  if (sys::fs::current_path(Here))
    return;
  addUnlessInside(Roots, std::string(Here));
  addUnlessInside(RealRoots, realPath(Here));
}

// The name of Path as seen from the first root that holds it; empty if none does. It stays absolute
// where a root before that one has a file of the same name.
static StringRef nameFrom(ArrayRef<std::string> Roots, StringRef Path) {
  for (size_t I = 0; I < Roots.size(); ++I) {
    StringRef Name = pathIn(Roots[I], Path).value_or("");
    if (Name.empty() || Roots[I] == "/")
      continue;
    bool IsTaken = any_of(Roots.take_front(I),
                          [&](StringRef Other) { return sys::fs::exists(joinPath(Other, Name)); });
    return IsTaken ? Path : Name;
  }
  return "";
}

// A link that leads out of the project is named as it is spelled: some build systems make a tree of
// links to the sources.
std::string SourceFiles::nameOf(StringRef Spelled, StringRef RealPath) const {
  if (StringRef Name = nameFrom(RealRoots, RealPath); !Name.empty())
    return Name.str();
  if (StringRef Name = nameFrom(Roots, Spelled); !Name.empty())
    return Name.str();
  return RealPath.str();
}

std::string SourceFiles::pathOfReported(StringRef Name) const {
  return absoluteIn(Roots.empty() ? StringRef("/") : StringRef(Roots.front()), Name);
}

bool SourceFiles::addReported(StringRef Name, std::optional<StringRef> Text) {
  std::string Path = pathOfReported(Name);
  std::unique_ptr<SourceFile> &File = ByRealPath[Path];
  if (File && File->isReadable() && Text)
    return File->text() == *Text;
  if (File && (File->isReadable() || !Text))
    return true;
  std::unique_ptr<MemoryBuffer> Buffer;
  if (Text) {
    Buffer = MemoryBuffer::getMemBufferCopy(*Text, Path);
    if (!Reported)
      Reported = makeIntrusiveRefCnt<vfs::InMemoryFileSystem>();
    Reported->addFile(Path, 0, MemoryBuffer::getMemBufferCopy(*Text, Path));
  }
  File = std::make_unique<SourceFile>(Path, Path, Name.str(), std::move(Buffer));
  BySpelling[Path] = File.get();
  return true;
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
    File = std::make_unique<SourceFile>(Absolute, Real, nameOf(Absolute, Real),
                                        Buffer ? std::move(*Buffer) : nullptr);
  }
  It->second = File.get();
  return *File;
}

} // namespace torchtidy
