#include "engine/HoistGuard.h"
#include "support/Clang.h"

using namespace clang;
using namespace llvm;

namespace torchtidy {

class HoistGuard::Callbacks : public PPCallbacks {
public:
  explicit Callbacks(HoistGuard &Guard) : Guard(Guard), SM(Guard.PP->getSourceManager()) {}

  void InclusionDirective(SourceLocation HashLoc, const Token &, StringRef FileName, bool,
                          CharSourceRange, OptionalFileEntryRef File, StringRef, StringRef,
                          const Module *, bool, SrcMgr::CharacteristicKind) override {
    if (Guard.Done || HashLoc.isInvalid() || !Guard.IsProject(HashLoc))
      return;
    content(HashLoc);
    if (File)
      Guard.OnInclude(FileName, *File, HashLoc);
  }

  void Ifndef(SourceLocation Loc, const Token &Name, const MacroDefinition &MD) override {
    see(Loc, Name, MD);
    openGuard(Loc, Name.getIdentifierInfo()->getName());
  }

  // "#if !defined(NAME)" or "#if !defined NAME" opens an include guard as well.
  void If(SourceLocation Loc, SourceRange Condition, ConditionValueKind) override {
    if (!watches(Loc) || Condition.getBegin().isInvalid())
      return;
    StringRef Text = StringRef(SM.getCharacterData(Condition.getBegin())).take_until([](char C) {
      return C == '\n' || C == '\r';
    });
    Text = Text.split("//").first.split("/*").first.trim();
    if (!Text.consume_front("!"))
      return;
    Text = Text.ltrim();
    if (!Text.consume_front("defined"))
      return;
    Text = Text.trim(" \t()");
    if (!Text.empty() &&
        Text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_$") == StringRef::npos)
      openGuard(Loc, Text);
  }

  void Endif(SourceLocation Loc, SourceLocation IfLoc) override {
    auto It = IncludeGuards.find(SM.getFileID(Loc));
    if (It == IncludeGuards.end() || It->second.IfLoc != IfLoc)
      return;
    It->second.Closed = true;
    // A file of nothing but "#ifndef X #define X #endif" exists to define X.
    if (It->second.Empty && watches(Loc))
      Guard.noteMacro(It->second.Macro, "macro", IfLoc);
  }

  void MacroDefined(const Token &Name, const MacroDirective *) override {
    SourceLocation Loc = Name.getLocation();
    if (!watches(Loc))
      return;
    auto It = IncludeGuards.find(SM.getFileID(Loc));
    StringRef Macro = Name.getIdentifierInfo()->getName();
    if (It != IncludeGuards.end() && It->second.Macro == Macro && !It->second.Closed)
      return; // told apart from "#ifndef X #define X #endif" when the #endif comes
    Guard.noteMacro(Macro, "macro", Loc);
  }

  // An #undef of what is not defined does nothing; that it is not defined by a shared header either
  // is seen when the unit is parsed after that header.
  void MacroUndefined(const Token &Name, const MacroDefinition &MD,
                      const MacroDirective *) override {
    if (!watches(Name.getLocation()))
      return;
    content(Name.getLocation());
    if (MD.getMacroInfo())
      Guard.noteMacro(Name.getIdentifierInfo()->getName(), "#undef of", Name.getLocation());
  }

  void PragmaDirective(SourceLocation Loc, PragmaIntroducerKind) override {
    if (!watches(Loc))
      return;
    content(Loc);
    StringRef Text(SM.getCharacterData(Loc));
    Text.consume_front("#");
    Text = Text.ltrim();
    Text.consume_front("pragma");
    Text = Text.ltrim();
    // These mean nothing to what follows, other than which warnings the compiler gives.
    for (StringRef Harmless :
         {"once", "region", "endregion", "mark", "warning", "GCC diagnostic", "clang diagnostic",
          "message", "GCC system_header", "clang system_header"})
      if (Text.starts_with(Harmless))
        return;
    Guard.note("a pragma", Loc);
  }

  void MacroExpands(const Token &Name, const MacroDefinition &MD, SourceRange Range,
                    const MacroArgs *) override {
    see(Range.getBegin(), Name, MD);
  }
  void Ifdef(SourceLocation Loc, const Token &Name, const MacroDefinition &MD) override {
    see(Loc, Name, MD);
  }
  void Defined(const Token &Name, const MacroDefinition &MD, SourceRange Range) override {
    see(Range.getBegin(), Name, MD);
  }

  void token(const Token &Tok) {
    if (Tok.is(tok::eof))
      return;
    SourceLocation Loc = SM.getExpansionLoc(Tok.getLocation());
    if (!watches(Loc))
      return;
    content(Loc);
    // Other declarations are looked at when they are parsed.
    if (AfterUsing && Tok.is(tok::kw_namespace))
      Guard.note("a using directive", Loc);
    AfterUsing = Tok.is(tok::kw_using);
  }

private:
  struct IncludeGuard {
    SourceLocation IfLoc;
    std::string Macro;
    bool Closed; // its #endif has been seen
    bool Empty;  // nothing stood between the #define and where we are
  };

  void openGuard(SourceLocation Loc, StringRef Macro) {
    if (watches(Loc))
      IncludeGuards.try_emplace(SM.getFileID(Loc), IncludeGuard{Loc, Macro.str(), false, true});
  }

  bool watches(SourceLocation Loc) const {
    return !Guard.Done && Guard.Reason.empty() && Loc.isValid() && Guard.IsProject(Loc);
  }

  // Something stands in the file of Loc. If that follows the #endif of what looked like an include
  // guard, it was a plain definition.
  void content(SourceLocation Loc) {
    auto It = IncludeGuards.find(SM.getFileID(Loc));
    if (It == IncludeGuards.end())
      return;
    It->second.Empty = false;
    if (It->second.Closed)
      Guard.noteMacro(It->second.Macro, "macro", It->second.IfLoc);
  }

  // Project code that asks for a macro of an external header before that header is included.
  void see(SourceLocation Loc, const Token &Name, const MacroDefinition &MD) {
    if (!watches(Loc))
      return;
    content(Loc);
    const IdentifierInfo *Identifier = Name.getIdentifierInfo();
    const MacroInfo *Info = MD.getMacroInfo();
    // One that is not defined may have been, until a later header.
    if (Info ? isOfLaterHeader(*Info) : Identifier->isFromAST() && Identifier->hadMacroDefinition())
      Guard.note(("a test of macro '" + Identifier->getName() + "'").str(), Loc);
  }

  bool isOfLaterHeader(const MacroInfo &Macro) const {
    SourceLocation Defined = Macro.getDefinitionLoc();
    return !Macro.isBuiltinMacro() && Defined.isValid() && !SM.isWrittenInBuiltinFile(Defined) &&
           !SM.isWrittenInCommandLineFile(Defined) && !Guard.IsProject(Defined) &&
           !Guard.IsThere(Defined);
  }

  HoistGuard &Guard;
  SourceManager &SM;
  bool AfterUsing = false;
  DenseMap<FileID, IncludeGuard> IncludeGuards;
};

void HoistGuard::install(Preprocessor &Preproc, Predicate Project, Predicate There,
                         IncludeHandler Handler, MacroPredicate Mentioned) {
  PP = &Preproc;
  IsProject = std::move(Project);
  IsThere = std::move(There);
  OnInclude = std::move(Handler);
  IsMentioned = std::move(Mentioned);
  auto Owned = std::make_unique<Callbacks>(*this);
  Callbacks *Hook = Owned.get();
  PP->addPPCallbacks(std::move(Owned));
  PP->setTokenWatcher([Hook](const Token &Tok) { Hook->token(Tok); });
}

void HoistGuard::note(StringRef What, SourceLocation Loc) {
  if (!Done && Reason.empty())
    Reason = describe(What, Loc);
}

void HoistGuard::noteMacro(StringRef Name, StringRef What, SourceLocation Loc) {
  if (Done || !Reason.empty())
    return;
  EarlyMacro Macro{Name.str(), describe((What + " '" + Name + "'").str(), Loc)};
  if (IsMentioned(Macro))
    Reason = std::move(Macro.Text);
}

std::string HoistGuard::describe(StringRef What, SourceLocation Loc) const {
  PresumedLoc Presumed = PP->getSourceManager().getPresumedLoc(Loc);
  if (Presumed.isInvalid())
    return What.str();
  return (What + " at " + Presumed.getFilename() + ":" + Twine(Presumed.getLine())).str();
}

} // namespace torchtidy
