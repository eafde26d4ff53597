// clangd reads one file at a time. What a run of torch-tidy has found with others is kept in its
// cache; it is shown as long as the text that clangd has, and the other files on the disk, are
// those of that run. It goes through clang-tidy's own context, so that configuration, NOLINT and
// severity are clangd's.
#include "JointFindings.h"
#include "RuleTable.h"
#include "SharedHeaders.h"
#include "Wrap.h"
#include "cache/ResultCache.h"
#include "model/Clang.h"
#include "support/FilePaths.h"
#include "clang/Lex/Preprocessor.h"
#include <map>
#include <set>
#include <tuple>

using namespace llvm;
using namespace clang;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;

namespace torchtidy {

#define DIAG                                                                                       \
  "_ZN5clang4tidy16ClangTidyContext4diagEN4llvm9StringRefENS_14SourceLocationES3_NS_"              \
  "13DiagnosticIDs5LevelE"
DiagnosticBuilder theirDiag(tidy::ClangTidyContext *This, StringRef Check, SourceLocation Loc,
                            StringRef Text, DiagnosticIDs::Level Level) TORCHTIDY_THEIRS(DIAG);
DiagnosticBuilder ourDiag(tidy::ClangTidyContext *This, StringRef Check, SourceLocation Loc,
                          StringRef Text, DiagnosticIDs::Level Level) TORCHTIDY_OURS(DIAG);

namespace {

class JointFindingsCheck;
// clangd makes the checks of a file, runs them and ends them on one thread.
thread_local const JointFindingsCheck *OfThread = nullptr;

class JointFindingsCheck : public tidy::ClangTidyCheck {
public:
  JointFindingsCheck(StringRef Name, tidy::ClangTidyContext *Context)
      : ClangTidyCheck(Name, Context), Context(*Context) {}
  ~JointFindingsCheck() override {
    if (OfThread == this)
      OfThread = nullptr;
  }
  JointFindingsCheck(const JointFindingsCheck &) = delete;
  JointFindingsCheck &operator=(const JointFindingsCheck &) = delete;

  bool isLanguageVersionSupported(const LangOptions &Options) const override {
    return Options.CPlusPlus;
  }

  // Before the file is parsed: what is refuted must be known when the rules run.
  void registerPPCallbacks(const SourceManager &, Preprocessor *PP, Preprocessor *) override {
    SM = &PP->getSourceManager();
    File = realPath(Context.getCurrentFile());
    Readings = ResultCache::readingsOf(sharedCacheDirectory(), File,
                                       SM->getBufferData(SM->getMainFileID()));
    for (const JointReading &R : Readings)
      for (const RefutedFinding &Each : R.Refuted)
        Refuted.insert({Each.Rule, Each.Path, Each.Offset});
    OfThread = this;
  }

  // Who matches something is told of the end.
  void registerMatchers(ast_matchers::MatchFinder *Finder) override {
    if (!Readings.empty())
      Finder->addMatcher(ast_matchers::translationUnitDecl(), this);
  }

  void onEndOfTranslationUnit() override {
    for (const JointReading &R : Readings)
      for (const ClangTidyError &E : R.Found)
        if (findRule(E.DiagnosticName) && Context.isCheckEnabled(E.DiagnosticName))
          show(E);
  }

  bool refutes(const tidy::ClangTidyContext *Asking, StringRef Rule, SourceLocation Loc) const {
    if (Refuted.empty() || Asking != &Context)
      return false;
    auto [ID, Offset] = SM->getDecomposedLoc(SM->getFileLoc(Loc));
    auto Entry = SM->getFileEntryRefForID(ID);
    return Entry &&
           Refuted.count(
               {Rule.str(),
                ID == SM->getMainFileID() ? File : realPath(absoluteHere(Entry->getName())),
                Offset}) != 0;
  }

private:
  void show(const ClangTidyError &E) {
    if (!say(E, E.Message, DiagnosticIDs::Warning))
      return;
    for (const DiagnosticMessage &Note : E.Notes)
      say(E, Note, DiagnosticIDs::Note);
  }

  bool say(const ClangTidyError &E, const DiagnosticMessage &Message, DiagnosticIDs::Level Level) {
    SourceLocation Loc = locationOf(Message);
    if (Loc.isValid()) // the text is no format
      theirDiag(&Context, E.DiagnosticName, Loc, "%0", Level) << Message.Message;
    return Loc.isValid();
  }

  SourceLocation locationOf(const DiagnosticMessage &Message) {
    FileID ID = fileAt(Message.FilePath);
    if (ID.isInvalid() || Message.FileOffset > SM->getFileIDSize(ID))
      return {};
    return SM->getLocForStartOfFile(ID).getLocWithOffset(int(Message.FileOffset));
  }

  // Headers a second time: to find where the preamble has them, all that it has would be loaded.
  FileID fileAt(const std::string &Path) {
    if (Path == File)
      return SM->getMainFileID();
    auto [It, New] = Files.try_emplace(Path);
    uint64_t Size = 0;
    if (New && !Path.empty() && !sys::fs::file_size(Path, Size))
      // What clangd knows of it may be older than its text, which clang takes for an error.
      if (auto Entry = SM->getFileManager().getOptionalFileRef(Path);
          Entry && uint64_t(Entry->getSize()) == Size)
        It->second = SM->createFileID(*Entry, SourceLocation(), SrcMgr::C_User);
    return It->second;
  }

  tidy::ClangTidyContext &Context;
  SourceManager *SM = nullptr;
  std::string File; // links resolved
  std::vector<JointReading> Readings;
  std::set<std::tuple<std::string, std::string, unsigned>> Refuted; // rule, path, offset
  std::map<std::string, FileID> Files;
};

class JointFindingsModule : public tidy::ClangTidyModule {
public:
  void addCheckFactories(tidy::ClangTidyCheckFactories &Factories) override {
    Factories.registerCheck<JointFindingsCheck>(JointFindingsCheckName);
  }
};

} // namespace

void registerJointFindings() {
  static tidy::ClangTidyModuleRegistry::Add<JointFindingsModule> Registration(
      "torch-clangd-module", "What torch-tidy found across translation units.");
}

// Where a file is open by itself, a rule finds what the other files refute. The notes of what is
// ignored are ignored as well.
DiagnosticBuilder ourDiag(tidy::ClangTidyContext *This, StringRef Check, SourceLocation Loc,
                          StringRef Text, DiagnosticIDs::Level Level) {
  if (Level != DiagnosticIDs::Note && OfThread && OfThread->refutes(This, Check, Loc))
    Level = DiagnosticIDs::Ignored;
  return theirDiag(This, Check, Loc, Text, Level);
}

} // namespace torchtidy
